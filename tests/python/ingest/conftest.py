"""A warehouse of its own for each test, and a short way to declare a raw table."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ingest import tables
from ingest.books import Result
from ingest.contract import Column, Table
from ingest.load import load_table


class Warehouse:
    """A fresh database and what a test asks it."""

    def __init__(self, conninfo: str) -> None:
        self.connection = psycopg.connect(conninfo, autocommit=True)

    def rows(self, query: str, *values: object) -> list[tuple]:
        """Return the rows of a query."""
        return self.connection.execute(query, values).fetchall()

    def load(self, table: Table, full: bool = False) -> Result:
        """Create the table if it is missing and load it."""
        tables.ensure(self.connection, [table])
        return load_table(table, full)

    def last_load(self) -> dict:
        """Return the newest audit row."""
        cursor = self.connection.cursor(row_factory=psycopg.rows.dict_row)
        return cursor.execute("select * from raw_ingest.loads order by load_id desc").fetchone()

    def quarantine(self) -> list[tuple[str, str, dict]]:
        """Return position, reason and payload of each quarantined row, without the hints."""
        return self.rows(
            "select position, regexp_replace(reason, ' \\(expected [^()]*\\)', '', 'g'), payload"
            " from raw_ingest.quarantine order by quarantine_id"
        )


@pytest.fixture
def warehouse(postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Warehouse]:
    postgres.create("thinkthrift")
    for name, value in postgres.environment().items():
        monkeypatch.setenv(name, value)
    fresh = Warehouse(postgres.conninfo())
    yield fresh
    fresh.connection.close()


@pytest.fixture
def declare(tmp_path: Path):
    """Give a function that declares the table `test.items`, by default a replaced CSV."""

    def make(columns: str = "item_id bigint, name text, price numeric, sold_on date", **settings):
        defaults = {
            "source": "test",
            "name": "items",
            "schema": "raw_test",
            "file": "models/staging/test/_test__sources.yml",
            "columns": tuple(
                Column(name, kind, name)
                for name, kind in (column.split(maxsplit=1) for column in columns.split(", "))
            ),
            "reader": "csv",
            "location": str(tmp_path),
            "mode": "replace",
            "key": ("item_id",),
            "siblings": ("items",),
        }
        return Table(**{**defaults, **settings})

    return make


@pytest.fixture
def write(tmp_path: Path):
    """Give a function that writes a file into the table's location."""

    def make(content: str | bytes, name: str = "items.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make
