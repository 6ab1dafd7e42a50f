"""The readers: each finds what there is to load for a table and gives it as batches.

A reader is a module with `find(table, cursors) -> Iterator[Batch]`; `MODULES` names it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import NamedTuple, Protocol

from ingest.contract import Table

MODULES = {"csv": "csv_files", "parquet": "parquet_files", "postgres": "postgres"}


class Record(NamedTuple):
    """One row as text, for the careful way.

    Attributes:
        position: line of the file, or number of the row, from 1.
        values: one text or none for each of the batch's columns; none if the row cannot be split.
        problem: why it cannot be split.
        raw: the row as it was read, if it cannot be split.
    """

    position: int
    values: list[str | None] | None
    problem: str | None = None
    raw: str | None = None


class Stream(NamedTuple):
    """One COPY's worth of rows.

    Attributes:
        columns: the names of the columns in the rows, in order; some may not be declared.
        options: how the chunks are written, as COPY's options.
        chunks: gives the rows as bytes for COPY.
        records: gives the same rows one by one, as text.
        extracted_at: the time as of which the source says this.
        left_out: names of the source's columns that are not in the rows.
        empty_is_null: whether an empty field is NULL even if it is quoted, as in CSV exports.
    """

    columns: list[str]
    options: str
    chunks: Callable[[], Iterator[bytes]]
    records: Callable[[], Iterator[Record]]
    extracted_at: datetime
    left_out: Sequence[str] = ()
    empty_is_null: bool = False


class Opened(Protocol):
    """A context manager that gives a stream; see `Batch.open`."""

    def __enter__(self) -> Stream: ...

    def __exit__(self, *details: object) -> None: ...


@dataclass(frozen=True)
class Batch:
    """What is loaded at once: a file, or what a database has that is new.

    Attributes:
        name: the file's or the database's name, without credentials.
        open: opens it for reading.
        content_hash: of the file's content, by which a file is known again; none for databases.
        cursor: where reading starts, as text; none reads from the start.
    """

    name: str
    open: Callable[[], Opened]
    content_hash: str | None = None
    cursor: str | None = None


def find(table: Table, full: bool, cursors: dict[str, str]) -> Iterator[Batch]:
    """Give the batches of a table.

    Args:
        table: the declared table.
        full: read everything, whatever the cursors say.
        cursors: the last cursor of each batch name.
    """
    module = import_module(f"ingest.readers.{MODULES[table.reader]}")
    yield from module.find(table, {} if full else cursors)
