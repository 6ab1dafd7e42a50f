"""The readers: each finds what there is to load for a table and gives it as batches.

A reader is a module with `find(table, past) -> Iterator[Batch]`, named in `contract.READERS`. Rows
that arrive as bytes which COPY understands are passed on as they are (`Stream.chunks`); all others,
and those that COPY refused, are given one by one as text (`Stream.records`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from ingest.contract import READERS, Table

if TYPE_CHECKING:
    from ingest.readers.files import SourceFile


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


class Line(NamedTuple):
    """One row as COPY takes it, which need not be split unless PostgreSQL refuses it.

    Attributes:
        position: as of a record.
        raw: the row in the form that the stream's options tell, its end of line included.
    """

    position: int | str
    raw: bytes


@dataclass
class Stream:
    """An opened batch.

    Attributes:
        columns: the names of the columns in the rows, in order; some may not be declared.
        records: gives the rows one by one; called once if there are no chunks, else at most once
            after the chunks.
        extracted_at: the time as of which the source says this.
        chunks: gives the rows as bytes for COPY; none if there is no such form.
        split: makes a record of a line; needed if lines are among the records.
        options: how chunks and lines are written, as COPY's options.
        empty_is_null: whether an empty field of the chunks is NULL even if it is quoted.
        left_out: names of the source's columns that are not in the rows; may grow while reading.
        cursor: gives, after all was read, where the next load starts, if that is no column's value.
        is_apart: whether records can be read while others are copied into the warehouse.
    """

    columns: list[str]
    records: Callable[[], Iterator[Record | Line]]
    extracted_at: datetime
    chunks: Callable[[], Iterator[bytes]] | None = None
    split: Callable[[Line], Record] | None = None
    options: str = ""
    empty_is_null: bool = False
    left_out: list[str] = field(default_factory=list)
    cursor: Callable[[], str | None] | None = None
    is_apart: bool = True

    def record(self, row: Record | Line) -> Record:
        """Return a row as a record: a line is split."""
        if isinstance(row, Record):
            return row
        assert self.split, "a stream that gives lines says how they are split"
        return self.split(row)


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
