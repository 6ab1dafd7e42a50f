"""The readers: each finds what there is to load for a table and gives it as batches.

A reader is a module with `find(table, past) -> Iterator[Batch]`, named in `contract.READERS`. A
batch is read as blocks of rows, with a column of text for each of the source's. What the text means
is the contract's business, not the reader's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
from psycopg import Connection
from psycopg.sql import Composable

from ingest.contract import Table
from ingest.settings import READERS

if TYPE_CHECKING:
    from ingest.readers.files import SourceFile

# how much text makes a block of records, at most: characters, and records
BLOCK_SIZE = 1 << 21
BLOCK_RECORDS = 8_000


class Record(NamedTuple):
    """One row as text.

    Attributes:
        position: line of the file, number of the row from 1, or whatever names its place.
        values: one text or none for each of the stream's columns; none if the row is not readable.
        problem: why it is not readable.
        raw: the row as it was read, if it is not readable.
    """

    position: int | str
    values: Sequence[str | None] | None
    problem: str | None = None
    raw: str | None = None


@dataclass
class Block:
    """Rows that were read together.

    Attributes:
        columns: the text of each of the stream's columns; null is NULL.
        position: says where a row stood, by its number in the block from 0.
        size: of what was read, in bytes or characters.
        bad: records that are not readable, which are not among the rows.
        raw: the same rows in the form that `options` tells COPY; empty if there is none.
        options: how raw is written, as COPY's options.
        whole: gives all columns, if some were left out of `columns`, as none, since any text will
            do there.
        records: gives what raw has of each row; none if it cannot be told.
        parse: gives the columns of some of these.
    """

    columns: list[pa.Array | None]
    position: Callable[[int], int | str]
    size: int
    bad: list[Record] = field(default_factory=list)
    raw: bytes = b""
    options: str = ""
    whole: Callable[[], list[pa.Array | None]] | None = None
    records: Callable[[], list[bytes]] | None = None
    parse: Callable[[bytes], list[pa.Array | None]] | None = None

    @property
    def count(self) -> int:
        """Return the number of its readable rows."""
        return next((len(column) for column in self.columns if column is not None), 0)


@dataclass
class Source:
    """A source's table, in the transaction in which its rows were read.

    Attributes:
        connection: to the source.
        place: the table.
        names: by each declared column that the source has, what it is called there.
        numbers: the declared columns that are numbers there, by their names.
    """

    connection: Connection
    place: Composable
    names: dict[str, str]
    numbers: set[str]


@dataclass
class Stream:
    """An opened batch.

    Attributes:
        columns: the names of the columns in the rows, in order; some may not be declared.
        records: gives the rows one by one; called once.
        extracted_at: the time as of which the source says this.
        blocks: gives the rows in blocks, in the place of `records`; called once.
        left_out: names of the source's columns that are not in the rows; may grow while reading.
        cursor: gives, after all was read, where the next load starts, if that is no column's value.
        source: the database's table, to compare it with the raw table after the load; none if it is
            none.
        is_apart: whether blocks can be read while others are copied into the warehouse.
    """

    columns: list[str]
    records: Callable[[], Iterator[Record]] | None
    extracted_at: datetime
    blocks: Callable[[], Iterator[Block]] | None = None
    left_out: list[str] = field(default_factory=list)
    cursor: Callable[[], str | None] | None = None
    source: Source | None = None
    is_apart: bool = True

    def read(self) -> Iterator[Block]:
        """Give the rows in blocks."""
        if self.blocks:
            return self.blocks()
        return _gather(self.columns, self.records() if self.records else iter(()))


def _gather(columns: list[str], records: Iterator[Record]) -> Iterator[Block]:
    """Give records as blocks.

    Args:
        columns: the names of the values, in their order.
        records: the records, one by one.
    """
    group: list[Record] = []
    size = 0
    for record in records:
        values = record.values if record.values is not None else [record.raw]
        size += sum(map(len, filter(None, values)))
        group.append(record)
        if size > BLOCK_SIZE or len(group) == BLOCK_RECORDS:
            yield _block(columns, group, size)
            group, size = [], 0
    if group:
        yield _block(columns, group, size)


def _block(columns: list[str], records: list[Record], size: int) -> Block:
    bad = [record for record in records if record.values is None]
    good = [record for record in records if record.values is not None] if bad else records
    try:
        arrays = [
            pa.array([record.values[place] for record in good], pa.string())  # type: ignore[index]
            for place in range(len(columns))
        ]
    except UnicodeEncodeError:  # half of a surrogate pair
        kept = []
        for record in good:
            text = "".join(filter(None, record.values or ()))
            if text == text.encode(errors="replace").decode():
                kept.append(record)
            else:
                raw = json.dumps(dict(zip(columns, record.values or (), strict=True)))
                bad.append(Record(record.position, None, "is not valid Unicode", raw))
        return _block(columns, kept + bad, size)
    return Block(arrays, lambda row: good[row].position, size, bad)


class Past(NamedTuple):
    """What the last successful load of a batch of this name recorded."""

    cursor: str | None
    content_hash: str | None
    contract_version: str


def _nothing() -> AbstractContextManager[Stream]:
    """Stand for what is not opened: rows that replication brought, or quarantine kept."""
    raise NotImplementedError("this batch is not read from its source")


@dataclass(frozen=True)
class Batch:
    """What is loaded at once: a file, or what a database, mailbox or interface has that is new.

    Attributes:
        name: the file's or the database's name, without credentials.
        open: opens it for reading.
        file: the file, by whose content it is known again; none if it is no file.
        cursor: where reading starts, as text; none reads from the start.
        is_whole: whether it is everything that the source has, so that what is missing was deleted.
    """

    name: str
    open: Callable[[], AbstractContextManager[Stream]] = field(default=_nothing)
    file: SourceFile | None = None
    cursor: str | None = None
    is_whole: bool = False


def find(table: Table, past: dict[str, Past]) -> Iterator[Batch]:
    """Give the batches of a table.

    Args:
        table: the declared table.
        past: what is known of each batch from the loads before; empty to read everything.
    """
    yield from module(table).find(table, past)


def module(table: Table) -> ModuleType:
    """Return the module that reads a table; the contract names it, so that others can be added."""
    return import_module(READERS[table.reader].module)
