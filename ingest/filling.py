"""Filling a landing: what fits the contract is copied block by block, the rest is quarantined.

A block's values are compared with their declared meaning first. What is good is copied, as it was
read where nothing had to be changed. What PostgreSQL still refuses, such as a number that is too
large, is found by asking it about each value (`pg_input_is_valid`).
"""

import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import Connection
from psycopg import errors as pg
from psycopg.sql import SQL, Composed, Identifier

from ingest import forgotten, values
from ingest.contract import Column
from ingest.landing import Landing, Stamp
from ingest.readers import Block, Record, Stream
from ingest.readers.copy_text import as_text
from warehouse.errors import UsageError

Tick = Callable[[int], None]
# PostgreSQL takes any text for these
UNCHECKED = ("text", "varchar", "character varying")


class Count(NamedTuple):
    """What became of a batch: rows read and quarantined, and its size in bytes."""

    read: int
    quarantined: int
    size: int


def fill(
    connection: Connection,
    landing: Landing,
    stamp: Stamp,
    columns: Sequence[Column | None],
    stream: Stream,
    tick: Tick,
) -> Count:
    """Copy a batch into the landing, its bad rows into quarantine.

    A block is copied while the next one is read.

    Args:
        connection: in a transaction in which the batch was stamped.
        landing: where to.
        stamp: of the batch.
        columns: the declared column for each of the stream's, see `match`.
        stream: the opened batch.
        tick: is called with the size of each block.
    """
    filling = _Filling(connection, landing, stamp, columns, stream.columns)
    read = quarantined = size = 0
    with ThreadPoolExecutor(1) as pool:
        copying = None
        for block in stream.read():
            prepared = filling.prepare(block)
            if copying:
                quarantined += copying.result()
            copying = pool.submit(filling.copy, prepared)
            if not stream.is_apart:
                copying.result()
            read += block.count + len(block.bad)
            size += block.size
            tick(block.size)
        if copying:
            quarantined += copying.result()
    return Count(read, quarantined, size)


class _Prepared(NamedTuple):
    """A checked block, and its good rows as COPY's `options` say."""

    block: Block
    checked: values.Checked
    data: bytes
    options: str


class _Filling:
    """Copies the blocks of one batch."""

    def __init__(
        self,
        connection: Connection,
        landing: Landing,
        stamp: Stamp,
        columns: Sequence[Column | None],
        names: list[str],
    ) -> None:
        self._connection, self._landing, self._stamp = connection, landing, stamp
        self._names = [name or f"(column {number})" for number, name in enumerate(names, 1)]
        self._declared = [column for column in columns if column]
        self._columns, self._is_all = columns, None not in columns
        self._forgotten = forgotten.filter_of(connection, landing.table)
        self._is_old = connection.info.server_version < 180_000
        table = landing.table
        try:
            self.meanings = [
                values.meaning(column, table.options) if column else None for column in columns
            ]
        except ValueError as error:
            raise UsageError(f"{table.file}: {table}: {error}.") from None

    def prepare(self, block: Block) -> _Prepared:
        """Check a block, and write its good rows as COPY takes them."""
        if self._forgotten:
            self._forgotten.clear(block, self._columns)
        checked = values.check(block.columns, self.meanings)
        if self._is_all and not checked.is_rewritten and (data := self._raw(block, checked)):
            return _Prepared(block, checked, data, block.options)
        return self._from_columns(block, checked)

    def _raw(self, block: Block, checked: values.Checked) -> bytes:
        """Return a block as it was read, but for its bad rows; nothing if that cannot be had."""
        if self._is_old and block.options.startswith("format csv") and b"\\." in block.raw:
            return b""  # which ended the data until version 18
        if not checked.reasons:
            return block.raw
        if not block.records:
            return b""
        records = block.records().copy()
        for row in checked.reasons:
            records[row] = b""
        return b"".join(records)

    def _from_columns(self, block: Block, checked: values.Checked) -> _Prepared:
        if block.whole:
            block.columns, block.whole = block.whole(), None
            checked = values.check(block.columns, self.meanings)
        columns = checked.columns
        if checked.reasons:
            rows = [row for row in range(block.count) if row not in checked.reasons]
            columns = [column.take(pa.array(rows, pa.int64())) for column in columns]
        return _Prepared(block, checked, as_text(columns), "format text")

    def copy(self, prepared: _Prepared) -> int:
        """Copy the good rows of a block; return how many went to quarantine."""
        block, checked, data, options = prepared
        if not self._try(data, options):
            if block.whole:
                return self.copy(self._from_columns(block, checked))
            self._copy_some(checked.columns, checked.reasons)
        return self._set_aside(block, checked.reasons)

    def _copy_some(self, columns: list[pa.Array], reasons: dict[int, list[str]]) -> None:
        """Copy what PostgreSQL takes of the good rows, of which it refuses some."""
        rows = pa.array([row for row in range(len(columns[0])) if row not in reasons], pa.int64())
        for row, problems in self._refused(columns, rows).items():
            reasons.setdefault(row, []).extend(problems)
        rows = pa.array([row for row in rows.to_pylist() if row not in reasons], pa.int64())
        if not self._try_rows(columns, rows):
            self._copy_halves(columns, rows, reasons)

    def _try_rows(self, columns: list[pa.Array], rows: pa.Array) -> bool:
        """Copy some rows; tell whether PostgreSQL took them."""
        return self._try(as_text([column.take(rows) for column in columns]), "format text")

    def _try(self, data: bytes, options: str) -> bool:
        """Copy what is in one of COPY's forms; tell whether PostgreSQL took it."""
        if not data:
            return True
        try:
            with (
                self._connection.transaction(),
                self._connection.cursor() as cursor,
                cursor.copy(self._copy_in(options)) as copy,
            ):
                copy.write(data)
        except (psycopg.DataError, pg.IntegrityError) as error:
            self._problem = error.diag.message_primary or str(error)
            return False
        return True

    def _copy_in(self, options: str) -> Composed:
        """Return the COPY into the landing's declared columns."""
        target = SQL(", ").join(Identifier(column.name) for column in self._declared)
        return SQL("copy {} ({}) from stdin with ({})").format(
            self._landing.place, target, SQL(options.format(columns=target.as_string()))
        )

    def _refused(self, columns: list[pa.Array], rows: pa.Array) -> dict[int, list[str]]:
        """Return the rows that hold what PostgreSQL does not take for the declared type."""
        found: dict[int, list[str]] = {}
        meanings = [meant for meant in self.meanings if meant]
        for column, meant in zip(columns, meanings, strict=True):
            texts = column.take(rows)
            for place in pc.indices_nonzero(pc.match_substring(texts, "\0")).to_pylist():
                problem = f"{meant.column.source_name} holds a NUL character"
                found.setdefault(rows[place].as_py(), []).append(problem)
            if meant.column.type in UNCHECKED:
                continue
            safe = pc.replace_substring(texts, "\0", "\\0").to_pylist()
            for (place,) in self._connection.execute(
                "select place - 1 from unnest(%s::text[]) with ordinality as given (value, place)"
                " where not pg_input_is_valid(value, %s)",
                [safe, meant.column.type],
            ):
                problem = values.complaint(meant, safe[place])
                found.setdefault(rows[place].as_py(), []).append(problem)
        return found

    def _copy_halves(
        self, columns: list[pa.Array], rows: pa.Array, reasons: dict[int, list[str]]
    ) -> None:
        """Copy rows of which some are refused for another reason than their types: find which."""
        if len(rows) > 1:
            middle = len(rows) // 2
            for half in (rows[:middle], rows[middle:]):
                if not self._try_rows(columns, half):
                    self._copy_halves(columns, half, reasons)
        elif len(rows):
            reasons[rows[0].as_py()] = [f"PostgreSQL refuses it: {self._problem}"]

    def _set_aside(self, block: Block, reasons: dict[int, list[str]]) -> int:
        """Write bad rows into quarantine; return how many."""
        if not reasons and not block.bad:
            return 0
        table, stamp = self._landing.table, self._stamp
        same = [stamp.load_id, table.source, table.name, stamp.source_file, stamp.extracted_at]
        with self._connection.cursor().copy(
            "copy raw_ingest.quarantine (load_id, source_name, table_name, source_file,"
            " extracted_at, position, reason, payload, found_columns) from stdin"
        ) as copy:
            for position, *kept in self._kept(block, reasons):
                copy.write_row([*same, str(position), *kept])
        return len(reasons) + len(block.bad)

    def _kept(self, block: Block, reasons: dict[int, list[str]]) -> list[tuple[Any, ...]]:
        """Return position, reason, payload and names of columns of what goes to quarantine."""
        kept: list[tuple[Any, ...]] = [self._unreadable(record) for record in block.bad]
        rows = sorted(reasons)
        for row, texts in zip(rows, self._texts_of(block, rows), strict=True):
            position, reason = block.position(row), "; ".join(reasons[row])
            if self._forgotten and self._forgotten.is_named_in([*texts, reason]):
                texts, reason = [None] * len(texts), forgotten.ERASED
            payload = json.dumps(dict(zip(self._names, texts, strict=True)))
            if "\\u0000" in payload and any("\0" in text for text in texts if text):
                kept.append(self._unreadable(Record(position, None, reason, payload)))
            else:
                kept.append((position, reason, payload, None))
        if all(isinstance(position, int) for position, *_ in kept):
            kept.sort(key=lambda row: row[0])
        return kept

    def _texts_of(self, block: Block, rows: list[int]) -> Iterable[Sequence[str | None]]:
        """Return the texts of some rows, in all of their columns."""
        if block.whole and block.records and block.parse:  # some were not parsed
            records = block.records()
            columns = block.parse(b"".join(records[row] for row in rows))
        else:
            place = pa.array(rows, pa.int64())
            columns = [column.take(place) for column in block.columns if column is not None]
        return zip(*(column.to_pylist() for column in columns if column is not None), strict=True)

    def _unreadable(self, record: Record) -> tuple[Any, ...]:
        """Return what is kept of a record that could not be split into its values."""
        raw = (record.raw or "").encode(errors="backslashreplace").decode().replace("\0", "\\0")
        problem = (record.problem or "").encode(errors="backslashreplace").decode()
        payload = json.dumps({"record": raw})
        return record.position, problem.replace("\0", "\\0"), payload, self._names
