"""CSV files: passed on to COPY as they are; read record by record only where COPY refuses."""

import contextlib
import csv
from collections.abc import Iterator
from typing import BinaryIO

from psycopg.sql import SQL, Literal

from ingest.contract import Table
from ingest.readers import Batch, Line, Past, Record, Stream
from ingest.readers.files import SourceFile, find_batches
from warehouse.errors import UserError

SUFFIXES = (".csv",)
BLOCK = 1 << 18
LONGEST = 1 << 24
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# A quote that is never closed would otherwise swallow the rest of the file as one field.
csv.field_size_limit(LONGEST)


def find(table: Table, past: dict[str, Past]) -> Iterator[Batch]:
    """Give each CSV file of the table."""
    return find_batches(table, SUFFIXES, _open, past)


@contextlib.contextmanager
def _open(table: Table, source: SourceFile) -> Iterator[Stream]:
    delimiter = str(table.options.get("delimiter", ","))
    with source.open() as file:
        header = _read_header(file, source.name)
    lines = header.count("\n")
    try:
        columns = next(csv.reader([header], delimiter=delimiter))
    except csv.Error as error:
        problem = f"the first line is not CSV: {error}."
        if "\r" in header.removesuffix("\r\n"):
            problem = "a line ends in CR alone. Save the file with LF or CRLF at the ends of lines."
        raise UserError(f"{source.name}: {problem}") from None

    def chunks() -> Iterator[bytes]:
        with source.open() as file:
            _read_header(file, source.name)
            while block := file.read(BLOCK):
                yield block

    def records() -> Iterator[Record | Line]:
        with source.open() as file:
            _read_header(file, source.name)
            yield from _records(file, lines, len(columns), delimiter)

    options = SQL("format csv, null '', delimiter {}").format(Literal(delimiter))
    yield Stream(
        columns=[name.strip() for name in columns],
        options=options.as_string(),
        chunks=chunks,
        records=records,
        split=lambda line: _split(line, len(columns), delimiter),
        extracted_at=source.modified_at,
        empty_is_null=True,
    )


def reread(table: Table, record: str, columns: list[str]) -> Iterator[Record]:
    """Split a record again that was once unreadable; `columns` are those of its file."""
    delimiter = str(table.options.get("delimiter", ","))
    yield _split(Line(1, record.encode()), len(columns), delimiter)


def _read_header(file: BinaryIO, name: str) -> str:
    """Return the header, which may span lines, and leave the file behind it."""
    header = file.readline().removeprefix(BYTE_ORDER_MARK)
    while header.count(b'"') % 2 and (line := file.readline()):
        header += line
    if not header.strip():
        raise UserError(f"{name}: the first line is empty; it should name the columns.")
    try:
        return header.decode()
    except UnicodeDecodeError:
        raise UserError(f"{name}: the first line is not UTF-8. Save the file as UTF-8.") from None


def _records(file: BinaryIO, position: int, width: int, delimiter: str) -> Iterator[Record | Line]:
    """Give each record with the number of its first line; empty lines are no records.

    Args:
        file: stands behind the header.
        position: how many lines the header has.
        width: how many columns it names.
        delimiter: between the fields.
    """
    separator, commas = delimiter.encode(), width - 1
    while lines := file.readlines(BLOCK):
        block = b"".join(lines)
        # a line that COPY is given must not hold what ends it, or what fails all of it
        is_plain = b"\0" not in block and b"\\." not in block and _is_utf_8(block)
        rest = iter(lines)
        for line in rest:
            position += 1
            if b'"' not in line:
                if line.count(separator) == commas and is_plain and (commas or not line.isspace()):
                    yield Line(position, line)
                elif not line.isspace():
                    yield _split(Line(position, line), width, delimiter)
                continue
            quoted = line.split(b'"')
            if is_plain and len(quoted) % 2 and b"".join(quoted[::2]).count(separator) == commas:
                yield Line(position, line)
                continue
            first = position
            # a record goes on for as long as a quote is open
            parts, size, is_open = [line], len(line), line.count(b'"') % 2
            while is_open and size < LONGEST and (more := next(rest, b"") or file.readline()):
                parts.append(more)
                size += len(more)
                is_open ^= more.count(b'"') % 2
                position += 1
            whole = Line(first, b"".join(parts))
            record = _split(whole, width, delimiter)
            yield record if record.problem or b"\\." in whole.raw else whole


def _is_utf_8(line: bytes) -> bool:
    try:
        return line.isascii() or bool(line.decode())
    except UnicodeDecodeError:
        return False


def _split(line: Line, width: int, delimiter: str) -> Record:
    """Split a line into its fields, or say why that cannot be."""
    position, raw = line
    text = raw.decode("utf-8", "backslashreplace").replace("\0", "\\0")
    try:
        values = next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        return Record(position, None, f"this is not CSV: {error}", text)
    problem = None
    if b"\0" in raw:
        problem = "holds a NUL character"
    elif not _is_utf_8(raw):
        problem = "is not UTF-8"
    elif len(values) != width:
        problem = f"has {len(values)} fields where the header names {width} columns"
    if problem:
        return Record(position, None, problem, text)
    return Record(position, [value or None for value in values])
