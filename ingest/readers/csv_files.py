"""CSV files: passed on to COPY as they are; read record by record only where COPY refuses."""

import contextlib
import csv
from collections.abc import Iterator
from typing import BinaryIO

from psycopg.sql import SQL, Literal

from ingest.contract import Table
from ingest.errors import IngestError
from ingest.readers import Batch, Past, Record, Stream
from ingest.readers.files import SourceFile, find_batches

BLOCK = 1 << 18
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# A quote that is never closed would otherwise swallow the rest of the file as one field.
csv.field_size_limit(1 << 24)


def find(table: Table, past: dict[str, Past]) -> Iterator[Batch]:
    """Give each CSV file of the table."""
    return find_batches(table, (".csv",), _open, past)


@contextlib.contextmanager
def _open(table: Table, source: SourceFile) -> Iterator[Stream]:
    delimiter = str(table.options.get("delimiter", ","))
    with source.open() as file:
        header = _read_header(file, source.name)
    lines = len(header.splitlines())
    columns = next(csv.reader(header.splitlines(keepends=True), delimiter=delimiter))

    def chunks() -> Iterator[bytes]:
        with source.open() as file:
            _read_header(file, source.name)
            while block := file.read(BLOCK):
                yield block

    def records() -> Iterator[Record]:
        with source.open() as file:
            _read_header(file, source.name)
            yield from _records(file, lines, len(columns), delimiter)

    options = SQL("format csv, null '', delimiter {}").format(Literal(delimiter))
    yield Stream(
        columns=[name.strip() for name in columns],
        options=options.as_string(),
        chunks=chunks,
        records=records,
        extracted_at=source.modified_at,
        empty_is_null=True,
    )


def _read_header(file: BinaryIO, name: str) -> str:
    """Return the header, which may span lines, and leave the file behind it."""
    header = file.readline().removeprefix(BYTE_ORDER_MARK)
    while header.count(b'"') % 2 and (line := file.readline()):
        header += line
    if not header.strip():
        raise IngestError(f"{name}: the first line is empty; it should name the columns.")
    try:
        return header.decode()
    except UnicodeDecodeError:
        raise IngestError(f"{name}: the first line is not UTF-8. Save the file as UTF-8.") from None


def _records(file: BinaryIO, lines: int, width: int, delimiter: str) -> Iterator[Record]:
    """Give each record with the number of its first line; empty lines are no records.

    Args:
        file: stands behind the header.
        lines: how many lines the header has.
        width: how many columns it names.
        delimiter: between the fields.
    """
    taken: list[str] = []

    def watched() -> Iterator[str]:
        for line in file:
            # what is not UTF-8 stays visible as lone surrogates
            taken.append(line.decode("utf-8", "surrogateescape"))
            yield taken[-1].replace("\0", "\ufffd")

    reader = csv.reader(watched(), delimiter=delimiter, strict=True)
    while True:
        position = lines + 1
        try:
            values = next(reader, None)
            problem = None
        except csv.Error as error:
            values, problem = [], f"this is not CSV: {error}"
        if values is None:
            return
        raw = "".join(taken)
        lines += len(taken)
        taken.clear()
        if not raw.strip() and problem is None:
            continue
        shown = raw.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        if "\0" in raw:
            problem, shown = "holds a NUL character", shown.replace("\0", "\\0")
        elif shown != raw:
            problem = "is not UTF-8"
        elif problem is None and len(values) != width:
            problem = f"has {len(values)} fields where the header names {width} columns"
        if problem:
            yield Record(position, None, problem, shown)
        else:
            yield Record(position, [value or None for value in values])
