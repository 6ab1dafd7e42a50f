"""Reads a file as a load would, without a warehouse: what is accepted, and what is set aside."""

import datetime as dt
from pathlib import Path
from typing import NamedTuple

from ingest import readers, values
from ingest.contract import Table
from ingest.readers import Record
from ingest.readers.files import SourceFile


class Read(NamedTuple):
    """What became of a file.

    Attributes:
        columns: the names found.
        rows: the accepted rows by position: texts as they were read, of all columns.
        refused: the rows whose values are refused, by position.
        bad: the records that could not be read.
    """

    columns: list[str]
    rows: list[tuple[int | str, list[str | None]]]
    refused: list[tuple[int | str, list[str | None]]]
    bad: list[Record]


def read_file(table: Table, path: Path) -> Read:
    """Read one file by the table's reader, and compare it with the contract."""
    opened = readers.module(table)._open
    now = dt.datetime.now(dt.timezone.utc)
    source = SourceFile(path.name, str(path), path.stat().st_size, now)
    declared = {column.source_name.casefold(): column for column in table.columns}
    found = Read([], [], [], [])
    with opened(table, source) as stream:
        columns = [declared.get(name.strip().casefold()) for name in stream.columns]
        meanings = [column and values.meaning(column, table.options) for column in columns]
        found.columns.extend(stream.columns)
        for block in stream.read():
            if block.whole:
                block.columns = block.whole()
            checked = values.check(block.columns, meanings)
            for row in range(block.count):
                into = found.refused if row in checked.reasons else found.rows
                texts = [column[row].as_py() for column in block.columns]
                into.append((block.position(row), texts))
            found.bad.extend(block.bad)
    return found
