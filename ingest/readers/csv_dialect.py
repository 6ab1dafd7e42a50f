"""How a CSV file is written: its dialect, its encoding, and what stands before its first row."""

import codecs
import csv
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, BinaryIO

from psycopg.sql import SQL, Composable, Literal

from ingest.contract import Table
from warehouse.errors import UsageError, UserError

BLOCK = 1 << 22
LONGEST_HEADER = 1 << 20
MARKS = {
    codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip
STRAY = (
    "this is not CSV: a quote must open at the start of a field and close before a delimiter or the"
    " end of the line. Double it inside of a quoted field, or declare quote or escape"
)
LONE_CR = "a line ends in CR alone. Save the file with LF or CRLF at the ends of lines"
NOT_UNICODE = "is not {encoding}; declare its encoding, such as windows-1252"


@dataclass(frozen=True)
class Dialect:
    """How a table's files are written; the fields are the settings of the same name."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    comment: str = ""
    encoding: str = ""
    header: bool = True
    skip_lines: int = 0
    files: str | list[str] = field(default="")

    @staticmethod
    def of(table: Table) -> "Dialect":
        """Return the dialect that a table declares.

        Raises:
            UsageError: a setting is not understood.
        """

        def check(setting: str, is_good: bool, wanted: str) -> None:
            if not is_good:
                raise UsageError(
                    f"{table.file}: {table}: {setting} {given[setting]!r} should be {wanted}."
                )

        own = Dialect.__dataclass_fields__
        given = {name: value for name, value in table.options.items() if name in own}
        for setting in {"delimiter", "quote", "escape", "comment"} & given.keys():
            given[setting] = given[setting] or ""
            # of one byte, and none that means something else
            is_one = re.fullmatch(r"[\t !-~]", str(given[setting])) is not None
            is_none = given[setting] == "" and setting != "delimiter"
            check(setting, is_one or is_none, "one character, such as a tab or ;")
        signs = [given.get("delimiter", ","), given.get("quote", '"'), given.get("comment", "")]
        if len({*filter(None, signs)}) < len([*filter(None, signs)]):
            raise UsageError(f"{table.file}: {table}: delimiter, quote and comment should differ.")
        if "header" in given:
            check("header", isinstance(given["header"], bool), "true or false")
        if "skip_lines" in given:
            count = given["skip_lines"]
            check("skip_lines", type(count) is int and 0 <= count <= 10_000, "a number of lines")
        if "encoding" in given:
            try:
                is_text = codecs.lookup(given["encoding"])._is_text_encoding
            except (LookupError, TypeError):
                is_text = False
            check("encoding", is_text, "an encoding that Python knows, such as windows-1252")
        return Dialect(**given)

    @cached_property
    def quoted(self) -> re.Pattern[bytes]:
        """Return what matches up to the first quote that breaks the rules, without an escape.

        Unlike a pattern of records, it takes all between two quoted fields at once.
        """
        sign, quote = (re.escape(mark.encode()) for mark in (self.delimiter, self.quote))
        inner = b"[^" + quote + b"]*"
        field = b"(?<![^%b\\n])%b%b(?:%b%b%b)*%b(?=[%b\\r\\n])" % (
            sign, quote, inner, quote, quote, inner, quote, sign
        )  # fmt: skip
        return re.compile(b"(?:%b%b)*%b" % (inner, field, inner))

    @cached_property
    def patterns(self) -> tuple[re.Pattern[bytes], re.Pattern[bytes], re.Pattern[bytes]]:
        """Return what one record matches, as many as there are, and the start of one."""
        sign = re.escape(self.delimiter.encode())
        quote, escape = re.escape(self.quote.encode()), re.escape(self.escape.encode())
        plain = b"[^" + quote + escape + rb"\r\n]"
        inner = b"[^" + quote + escape + b"]"
        pair = quote + quote
        bare = plain + b"*"
        if escape:
            pair = b"(?:" + pair + b"|" + escape + b"(?s:.))"
            bare = b"(?:" + plain + b"|" + escape + rb"[^\r\n])*"
        if not quote:
            record = bare + rb"\r?\n"
            return re.compile(record), re.compile(b"(?:%b)*" % record), re.compile(bare + rb"\r?\Z")
        opened = b"(?<![^" + sign + rb"\n])" + quote + inner + b"*(?:" + pair + inner + b"*)*"
        whole = opened + quote + b"(?=[" + sign + rb"\r\n])"
        fields = bare + b"(?:" + whole + bare + b")*"
        record = fields + rb"\r?\n"
        start = fields + b"(?:" + opened + quote + b"?" + escape + b"?" + rb")?\r?\Z"
        return re.compile(record), re.compile(b"(?:%b)*" % record), re.compile(start)

    def options(self, data: bytes) -> str:
        """Return how COPY reads whole records: as its text format, the faster, where that will do.

        Empty if COPY cannot read the dialect.
        """
        if self.escape or not self.quote:
            return ""
        sign, force = Literal(self.delimiter), ""
        # COPY refuses a few delimiters in its text format
        is_plain = not self.delimiter.isalnum() and self.delimiter not in ".\\"
        if is_plain and not any(mark in data for mark in (self.quote.encode(), b"\\", b"\r")):
            parts: Composable = SQL("format text, null '', delimiter {}").format(sign)
        else:
            parts = SQL("format csv, null '', delimiter {}, quote {}, force_null").format(
                sign, Literal(self.quote)
            )
            force = " ({columns})"
        return parts.as_string().replace("{", "{{").replace("}", "}}") + force


Read = Callable[[int], bytes]


def decoded(file: BinaryIO, encoding: str, name: str) -> tuple[Read, str]:
    """Return a function that reads a file as UTF-8, and the encoding that it has.

    A byte that the encoding does not know stays as it is, by which its line is found not to be
    UTF-8.
    """
    start = file.read(4)
    mark = next((mark for mark in MARKS if start.startswith(mark)), b"")
    encoding = codecs.lookup(MARKS.get(mark) or encoding or "utf-8").name
    is_plain = encoding in ("utf-8", "utf-8-sig", "ascii")
    pending = start.removeprefix(mark) if is_plain else start
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")

    def read(size: int) -> bytes:
        nonlocal pending
        found, pending = pending + file.read(size), b""
        if is_plain:
            return found
        while True:
            try:
                text = decoder.decode(found, not found)
            except UnicodeDecodeError as error:
                raise UserError(
                    f"{name} is not {encoding}: {error.reason}. Nothing was changed. Declare the"
                    " encoding that it has."
                ) from None
            if text or not found:
                return text.encode(errors="surrogateescape")
            found = file.read(size)

    return read, encoding


def skipped(read: Read, dialect: Dialect) -> tuple[bytes, int]:
    """Return the beginning of a file without the lines that do not count, and how many they are."""
    head, count = read(BLOCK), 0
    mark = dialect.comment.encode()
    while head:
        end = head.find(b"\n")
        is_more = count < dialect.skip_lines or (mark and head.startswith(mark))
        if not is_more:
            break
        if end < 0:
            more = read(BLOCK)
            if not more:
                return b"", count + 1
            # what is skipped need not be kept
            head = (mark if count >= dialect.skip_lines else b"") + more
            continue
        head, count = head[end + 1 :] or read(BLOCK), count + 1
    return head, count


def header_of(head: bytes, read: Read, dialect: Dialect, name: str, line: int) -> tuple[str, bytes]:
    """Return the first record, and what was read behind it."""
    one, _, start = dialect.patterns
    while not (match := one.match(head)):
        is_open = start.match(head) and len(head) < LONGEST_HEADER
        if not is_open or not (more := read(max(BLOCK, len(head)))):
            break
        head += more
    if not match and head and not head.endswith(b"\n"):
        head += b"\n"
        match = one.match(head)
    first = head[:LONGEST_HEADER].partition(b"\n")[0]
    where = f"{name}: the header in line {line + 1}" if line else f"{name}: the first line"
    if not first.strip():
        raise UserError(f"{where} is empty; it should name the columns.")
    if not match and b"\r" in first.removesuffix(b"\r"):
        raise UserError(f"{name}: {LONE_CR}.")
    if len(first) == LONGEST_HEADER or (match and match.end() > LONGEST_HEADER):
        raise UserError(f"{where} is longer than {LONGEST_HEADER >> 20} MB. Is this CSV?")
    if not match:
        raise UserError(f"{where}: {STRAY}.")
    try:
        return match[0].decode(), head[match.end() :]
    except UnicodeDecodeError:
        problem = NOT_UNICODE.format(encoding=dialect.encoding or "UTF-8")
        raise UserError(f"{where} {problem}.") from None


def split_header(header: str, dialect: Dialect) -> list[str]:
    """Return the names in a header that is known to be whole."""
    quoting: dict[str, Any] = {"quoting": csv.QUOTE_NONE}
    if dialect.quote:
        quoting = {"quotechar": dialect.quote}
    csv.field_size_limit(LONGEST_HEADER)
    rows = csv.reader(
        [header], delimiter=dialect.delimiter, escapechar=dialect.escape or None, **quoting
    )
    return next(rows)
