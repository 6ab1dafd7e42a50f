"""CSV files, split by their grammar: RFC 4180, unless the contract declares another.

A quote opens only at the start of a field, and closes only before a delimiter or the line's end. A
line that breaks this goes to quarantine by itself. Blocks of whole records are given as columns,
and as bytes for COPY, which alone would take a stray quote for an open field.
"""

import codecs
import contextlib
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.csv as pa_csv

from ingest.contract import Table
from ingest.readers import Batch, Block, Past, Record, Stream
from ingest.readers.csv_dialect import (
    BLOCK,
    LONE_CR,
    NOT_UNICODE,
    STRAY,
    Dialect,
    Read,
    decoded,
    header_of,
    skipped,
    split_header,
)  # fmt: skip
from ingest.readers.files import SourceFile, find_batches
from warehouse.errors import UserError

SUFFIXES = (".csv",)
LONGEST = 1 << 24


def find(table: Table, past: dict[str, Past]) -> Iterator[Batch]:
    """Give each CSV file of the table."""
    return find_batches(table, SUFFIXES, _open, past)


@contextlib.contextmanager
def _open(table: Table, source: SourceFile) -> Iterator[Stream]:
    dialect = Dialect.of(table)
    with source.open() as file:
        text, encoding = decoded(file, dialect.encoding, source.name)
        head, line = skipped(text, dialect)
        columns = [column.source_name for column in table.columns]
        if dialect.header:
            header, head = header_of(head, text, dialect, source.name, line)
            columns = split_header(header, dialect)
            line += header.count("\n")
        columns = [name.strip() for name in columns]
        free = {
            column.source_name.strip().casefold()
            for column in table.columns
            if table.takes_any_text(column)
        }
        used = [place for place, name in enumerate(columns) if name.casefold() not in free] or [0]
        pieces = _Pieces(dialect, len(columns), encoding, source.name, used)
        yield Stream(
            columns=columns,
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
            found = [column[row].as_py() for column in block.columns if column is not None]
            yield Record(1, found)


# a record with the number of its first line, or records with the number of lines before them
Numbered = tuple[int, bytes]
# a line that is no record, with its number and the reason
Bad = tuple[int, bytes, str]


class _Pieces:
    """Cuts a file of one dialect and width into blocks of whole records."""

    def __init__(
        self, dialect: Dialect, width: int, encoding: str, name: str, used: list[int] | None = None
    ) -> None:
        self._used = list(map(str, used or range(width)))
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
            at, good, bad = 0, list[Numbered](), list[Bad]()
            while at < len(data):
                end = self._whole(data, at)
                if end > at:
                    good.append((line, data[at:end] if at or end < len(data) else data))
                    line, at = line + data.count(b"\n", at, end), end
                is_long = len(data) - at >= LONGEST
                if at == len(data) or not (is_end or is_long or not start.match(data, at)):
                    break
                end = data.find(b"\n", at) + 1
                if not end and is_long:
                    raise UserError(
                        f"{self._name}: line {line + 1} is longer than {LONGEST >> 20} MB. Nothing"
                        " was changed. Is this CSV?"
                    )
                if not end:
                    break
                line += 1
                raw = data[at:end]
                is_lone = b"\r" in raw.removesuffix(b"\r\n") and self._sign not in raw
                bad.append((line, raw, LONE_CR if is_lone else STRAY))
                at = end
            rest = data[at:]
            if good or bad:
                yield self._block(good, bad)

    def _whole(self, data: bytes, at: int) -> int:
        """Return where the whole records end that begin at a place."""
        has_quotes = bool(self._sign) and data.find(self._sign, at) >= 0
        has_escapes = self._dialect.escape and data.find(self._dialect.escape.encode(), at) >= 0
        if has_quotes or has_escapes or data.count(b"\r") != data.count(b"\r\n"):
            match = self._dialect.patterns[1].match(data, at)
            return match.end() if match else at
        return data.rfind(b"\n") + 1

    def _block(self, pieces: list[Numbered], bad: list[Bad]) -> Block:
        """Return whole records as columns.

        Args:
            pieces: whole records, each piece with the number of lines before it.
            bad: lines between them that are no records.
        """
        data = pieces[0][1] if len(pieces) == 1 else b"".join(raw for _, raw in pieces)
        size = len(data) + sum(len(raw) for _, raw, _ in bad)
        known: list[Numbered] | None = None
        mark = self._dialect.comment.encode()
        is_marked = mark and (data.startswith(mark) or b"\n" + mark in data)
        is_plain = not is_marked and b"\0" not in data and _is_unicode(data)
        if not is_plain:
            known = []
            for number, raw in self._records(pieces):
                if b"\0" in raw:
                    bad.append((number, raw, "holds a NUL character"))
                elif not _is_unicode(raw):
                    bad.append((number, raw, self._problem))
                else:
                    known.append((number, raw))
            data = b"".join(raw for _, raw in known)
        columns, wrong = self._parsed(data, self._used)
        if wrong:
            known = known or list(self._records(pieces))
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
                found.extend(number for number, _ in self._records(pieces))
            return found[row]

        records = [
            Record(number, None, problem, raw.decode(errors="backslashreplace"))
            for number, raw, problem in sorted(bad)
        ]
        block = Block(columns, position, size, records)
        if is_plain and not wrong and self._width > 1 and self._dialect.options:
            block.raw, block.options = data, self._dialect.options
        if len(self._used) < self._width:
            block.whole = lambda: self._parsed(data, self._names)[0]
        return block

    def _parsed(self, data: bytes, used: list[str]) -> tuple[list[pa.Array | None], dict[int, int]]:
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
                column_types=kinds,
                strings_can_be_null=True,
                null_values=[""],
                check_utf8=False,
                include_columns=used,
            ),
        )
        found = {name: table.column(name).combine_chunks() for name in used}
        return [found.get(name) for name in self._names], wrong

    def _records(self, pieces: list[Numbered]) -> Iterator[Numbered]:
        """Give each record that is not empty and no comment, with the number of its first line."""
        one, mark = self._dialect.patterns[0], self._dialect.comment.encode()
        for line, data in pieces:
            number = line + 1
            for match in one.finditer(data):
                raw = match[0]
                if raw not in (b"\n", b"\r\n") and not (mark and raw.startswith(mark)):
                    yield number, raw
                number += raw.count(b"\n")


def _is_unicode(data: bytes) -> bool:
    try:
        return data.isascii() or bool(data.decode())
    except UnicodeDecodeError:
        return False
