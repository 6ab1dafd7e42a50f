"""CSV files, split by their grammar: RFC 4180, unless the contract declares another.

A quote opens only at the start of a field, and closes only before a delimiter or the line's end. A
line that breaks this goes to quarantine by itself. Blocks of whole records are given as columns,
and as bytes for COPY, which alone would take a stray quote for an open field.
"""

import codecs
import contextlib
import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.csv as pa_csv
from psycopg.sql import SQL, Composable, Literal

from ingest.contract import Table
from ingest.readers import Batch, Block, Past, Record, Stream
from ingest.readers.files import SourceFile, find_batches
from warehouse.errors import UsageError, UserError

SUFFIXES = (".csv",)
BLOCK = 1 << 20
LONGEST_HEADER = 1 << 20
LONGEST = 1 << 24
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

    @property
    def options(self) -> str:
        """Return how COPY reads it; empty if it does not."""
        if self.escape or not self.quote:
            return ""
        parts: Composable = SQL("format csv, null '', delimiter {}, quote {}, force_null").format(
            Literal(self.delimiter), Literal(self.quote)
        )
        return parts.as_string().replace("{", "{{").replace("}", "}}") + " ({columns})"


def find(table: Table, past: dict[str, Past]) -> Iterator[Batch]:
    """Give each CSV file of the table."""
    return find_batches(table, SUFFIXES, _open, past)


@contextlib.contextmanager
def _open(table: Table, source: SourceFile) -> Iterator[Stream]:
    dialect = Dialect.of(table)
    with source.open() as file:
        text, encoding = _decoded(file, dialect.encoding, source.name)
        head, line = _skipped(text, dialect)
        columns = [column.source_name for column in table.columns]
        if dialect.header:
            header, head = _header(head, text, dialect, source.name, line)
            columns = _split_header(header, dialect)
            line += header.count("\n")
        pieces = _Pieces(dialect, len(columns), encoding, source.name)
        yield Stream(
            columns=[name.strip() for name in columns],
            records=None,
            blocks=lambda: pieces.blocks(text, head, line),
            extracted_at=source.modified_at,
        )


def reread(table: Table, record: str, columns: list[str]) -> Iterator[Record]:
    """Split a record again that was once unreadable; `columns` are those of its file."""
    pieces = _Pieces(Dialect.of(table), len(columns), "utf-8", "the record")
    for block in pieces.blocks(lambda size: b"", record.encode(), 1):
        yield from block.bad
        for row in range(block.count):
            yield Record(1, [column[row].as_py() for column in block.columns])


Read = Callable[[int], bytes]


def _decoded(file: BinaryIO, encoding: str, name: str) -> tuple[Read, str]:
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


def _skipped(read: Read, dialect: Dialect) -> tuple[bytes, int]:
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


def _header(head: bytes, read: Read, dialect: Dialect, name: str, line: int) -> tuple[str, bytes]:
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


def _split_header(header: str, dialect: Dialect) -> list[str]:
    """Return the names in a header that is known to be whole."""
    quoting: dict[str, Any] = {"quoting": csv.QUOTE_NONE}
    if dialect.quote:
        quoting = {"quotechar": dialect.quote}
    csv.field_size_limit(LONGEST)
    rows = csv.reader(
        [header], delimiter=dialect.delimiter, escapechar=dialect.escape or None, **quoting
    )
    return next(rows)


class _Pieces:
    """Cuts a file of one dialect and width into blocks of whole records."""

    def __init__(self, dialect: Dialect, width: int, encoding: str, name: str) -> None:
        self._dialect, self._width, self._name = dialect, width, name
        self._problem = NOT_UNICODE.format(encoding="UTF-8" if encoding == "utf-8" else encoding)
        self._names = list(map(str, range(width)))
        self._sign = dialect.quote.encode()
        names = "the header names" if dialect.header else "the contract declares"
        self._expected = f"{names} {width} columns"

    def blocks(self, read: Read, rest: bytes, line: int) -> Iterator[Block]:
        """Give the blocks.

        Args:
            read: gives the next bytes; nothing at the end.
            rest: bytes that were read already.
            line: how many lines stand before them.
        """
        _, _, start = self._dialect.patterns
        is_end = False
        while not is_end:
            more = read(max(BLOCK, len(rest)))
            data, is_end = rest + more, not more
            if is_end and data and not data.endswith(b"\n"):
                data += b"\n"
            at = 0
            while at < len(data):
                end = self._whole(data, at)
                if end > at:
                    yield self._block(data[at:end] if at or end < len(data) else data, line)
                    line, at = line + data.count(b"\n", at, end), end
                if at == len(data) or (
                    not is_end and len(data) - at < LONGEST and start.match(data, at)
                ):
                    break
                end = data.find(b"\n", at) + 1
                if not end:
                    raise UserError(
                        f"{self._name}: line {line + 1} is longer than {LONGEST >> 20} MB. Nothing"
                        " was changed. Is this CSV?"
                    )
                line += 1
                raw = data[at:end]
                is_lone = b"\r" in raw.removesuffix(b"\r\n") and self._sign not in raw
                yield self._set_aside([(line, raw, LONE_CR if is_lone else STRAY)])
                at = end
            rest = data[at:]

    def _whole(self, data: bytes, at: int) -> int:
        """Return where the whole records end that begin at a place."""
        has_quotes = bool(self._sign) and data.find(self._sign, at) >= 0
        has_escapes = self._dialect.escape and data.find(self._dialect.escape.encode(), at) >= 0
        if has_quotes or has_escapes or data.count(b"\r") != data.count(b"\r\n"):
            match = self._dialect.patterns[1].match(data, at)
            return match.end() if match else at
        return data.rfind(b"\n") + 1

    def _block(self, data: bytes, line: int) -> Block:
        """Return whole records as columns."""
        size, bad = len(data), list[tuple[int, bytes, str]]()
        known: list[tuple[int, bytes]] | None = None
        mark = self._dialect.comment.encode()
        is_marked = mark and (data.startswith(mark) or b"\n" + mark in data)
        is_plain = not is_marked and b"\0" not in data and _is_unicode(data)
        if not is_plain:
            known = []
            for number, raw in self._records(data, line):
                if b"\0" in raw:
                    bad.append((number, raw, "holds a NUL character"))
                elif not _is_unicode(raw):
                    bad.append((number, raw, self._problem))
                else:
                    known.append((number, raw))
            data = b"".join(raw for _, raw in known)
        columns, wrong = self._parsed(data)
        if wrong:
            known = known or list(self._records(data, line))
            for row, count in wrong.items():
                problem = f"has {count} fields where {self._expected}"
                if (
                    known[row][1].strip(b" \t\r\n")
                    or self._dialect.delimiter.encode() in known[row][1]
                ):
                    bad.append((*known[row], problem))
            known = [record for row, record in enumerate(known) if row not in wrong]
        found: list[int] = [number for number, _ in known] if known is not None else []

        def position(row: int) -> int:
            if not found:
                found.extend(number for number, _ in self._records(data, line))
            return found[row]

        is_raw = is_plain and not wrong and self._width > 1
        options = self._dialect.options if is_raw else ""
        block = Block(columns, position, size, raw=data if options else b"", options=options)
        block.bad = self._set_aside(sorted(bad)).bad
        return block

    def _parsed(self, data: bytes) -> tuple[list[pa.Array], dict[int, int]]:
        """Return the columns of records, and the widths of those that have another."""
        wrong: dict[int, int] = {}

        def skip(row: pa_csv.InvalidRow) -> str:
            wrong[row.number - 1] = row.actual_columns
            return "skip"

        kinds = dict.fromkeys(self._names, pa.string())
        if not data.strip(b"\r\n"):
            return [pa.array([], pa.string()) for _ in self._names], wrong
        if data.startswith(codecs.BOM_UTF8):
            data = (
                b"\n" + data
            )  # Arrow would leave it out, which is right at a file's beginning only
        table = pa_csv.read_csv(
            pa.BufferReader(data),
            pa_csv.ReadOptions(
                use_threads=False, column_names=self._names, block_size=len(data) + 1
            ),
            pa_csv.ParseOptions(
                delimiter=self._dialect.delimiter,
                quote_char=self._dialect.quote or False,
                escape_char=self._dialect.escape or False,
                newlines_in_values=True,
                invalid_row_handler=skip,
            ),
            pa_csv.ConvertOptions(
                column_types=kinds, strings_can_be_null=True, null_values=[""], check_utf8=False
            ),
        )
        return [column.combine_chunks() for column in table.columns], wrong

    def _records(self, data: bytes, line: int) -> Iterator[tuple[int, bytes]]:
        """Give each record that is not empty and no comment, with the number of its first line."""
        one, mark = self._dialect.patterns[0], self._dialect.comment.encode()
        for match in one.finditer(data):
            raw = match[0]
            if raw not in (b"\n", b"\r\n") and not (mark and raw.startswith(mark)):
                yield line + 1, raw
            line += raw.count(b"\n")

    def _set_aside(self, bad: list[tuple[int, bytes, str]]) -> Block:
        """Return records that cannot be read as a block without rows."""
        records = [
            Record(number, None, problem, raw.decode(errors="backslashreplace"))
            for number, raw, problem in bad
        ]
        size = sum(len(raw) for _, raw, _ in bad)
        return Block([pa.array([], pa.string()) for _ in self._names], int, size, records)


def _is_unicode(data: bytes) -> bool:
    try:
        return data.isascii() or bool(data.decode())
    except UnicodeDecodeError:
        return False
