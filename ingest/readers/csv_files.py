"""CSV files, split by their grammar: RFC 4180, unless the contract declares another.

A quote opens only at the start of a field, and closes only before a delimiter or the line's end. A
line that breaks this goes to quarantine by itself. Blocks of whole records are given as columns,
and as bytes for COPY, which alone would take a stray quote for an open field.
"""

import codecs
import contextlib
import re
from collections.abc import Iterator
from itertools import accumulate, compress, repeat
from operator import methodcaller

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
LINE = re.compile(rb"[^\n]*\n")
EMPTY = {b"\n", b"\r\n"}


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
        used = table.checked_places(columns)
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
            whole = self._by_record if self._is_intricate(data) else self._whole
            at, good, bad = 0, list[Numbered](), list[Bad]()
            while at < len(data):
                end = whole(data, at)
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

    def _is_intricate(self, data: bytes) -> bool:
        """Tell whether only a pattern of records finds their ends."""
        has_escapes = self._dialect.escape and self._dialect.escape.encode() in data
        return bool(has_escapes) or data.count(b"\r") != data.count(b"\r\n")

    def _by_record(self, data: bytes, at: int) -> int:
        match = self._dialect.patterns[1].match(data, at)
        return match.end() if match else at

    def _whole(self, data: bytes, at: int) -> int:
        """Return where the whole records end that begin at a place."""
        if not self._sign or data.find(self._sign, at) < 0:
            return data.rfind(b"\n") + 1
        match = self._dialect.quoted.match(data, at)
        stop = match.end() if match else at
        # a line ends a record if no quote is open there: if as many follow as close
        end, is_open = stop, False
        while (last := data.rfind(b"\n", at, end)) >= 0:
            is_open ^= data.count(self._sign, last, end) % 2 == 1
            if not is_open:
                return last + 1
            end = last
        return at

    def _block(self, pieces: list[Numbered], bad: list[Bad]) -> Block:
        """Return whole records as columns.

        Args:
            pieces: whole records, each piece with the number of lines before it.
            bad: lines between them that are no records.
        """
        data = pieces[0][1] if len(pieces) == 1 else b"".join(raw for _, raw in pieces)
        size = len(data) + sum(len(raw) for _, raw, _ in bad)
        mark = self._dialect.comment.encode()
        is_marked = mark and (data.startswith(mark) or b"\n" + mark in data)
        known: tuple[list[int], list[bytes]] | None = None
        if is_marked or b"\0" in data or not _is_unicode(data):
            good = list[Numbered]()
            for number, raw in zip(*self._records(pieces), strict=True):
                if b"\0" in raw:
                    bad.append((number, raw, "holds a NUL character"))
                elif not _is_unicode(raw):
                    bad.append((number, raw, self._problem))
                else:
                    good.append((number, raw))
            known = [number for number, _ in good], [raw for _, raw in good]
            data = b"".join(known[1])
        columns, wrong = self._parsed(data, self._used)
        if wrong:
            numbers, raws = known or self._records(pieces)
            for row, count in wrong.items():
                problem = f"has {count} fields where {self._expected}"
                if raws[row].strip(b" \t\r\n") or self._dialect.delimiter.encode() in raws[row]:
                    bad.append((numbers[row], raws[row], problem))
            kept = [row not in wrong for row in range(len(raws))]
            known = list(compress(numbers, kept)), list(compress(raws, kept))
            data = b"".join(known[1])

        def records() -> tuple[list[int], list[bytes]]:
            nonlocal known
            known = known or self._records(pieces)
            return known

        read = [
            Record(number, None, problem, raw.decode(errors="backslashreplace"))
            for number, raw, problem in sorted(bad)
        ]
        block = Block(columns, lambda row: records()[0][row], size, read)
        if self._width > 1 and (options := self._dialect.options(data)):
            block.raw, block.options = data, options
            block.records = lambda: records()[1]
            block.parse = lambda data: self._parsed(data, self._names)[0]
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

    def _records(self, pieces: list[Numbered]) -> tuple[list[int], list[bytes]]:
        """Return each record that is not empty and no comment, and the number of its first line."""
        one, mark = self._dialect.patterns[0], self._dialect.comment.encode()
        numbers, found = list[int](), list[bytes]()
        for line, data in pieces:
            is_whole = bool(self._sign and self._sign in data) or bool(self._dialect.escape)
            raws = (one if is_whole else LINE).findall(data)
            counts = map(methodcaller("count", b"\n"), raws) if is_whole else repeat(1, len(raws))
            numbers += list(accumulate(counts, initial=line + 1))[:-1]
            found += raws
        if EMPTY.isdisjoint(found) and not mark:
            return numbers, found
        kept = [raw not in EMPTY and not (mark and raw.startswith(mark)) for raw in found]
        return list(compress(numbers, kept)), list(compress(found, kept))


def _is_unicode(data: bytes) -> bool:
    try:
        return data.isascii() or bool(data.decode())
    except UnicodeDecodeError:
        return False
