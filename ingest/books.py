"""The books: each load's audit row, and what a command tells of a table's loads."""

import contextlib
from dataclasses import asdict, dataclass, field
from datetime import datetime

import psycopg
from psycopg import Connection

import warehouse
from ingest.contract import Table
from ingest.readers import Batch
from warehouse.errors import UnreachableError, UserError

PASSING = (UnreachableError, psycopg.OperationalError, OSError)


@dataclass
class Audit:
    """What is written of a batch into its row of `raw_ingest.loads`."""

    load_id: int
    rows_read: int
    rows_quarantined: int
    rows_unchanged: int = 0
    rows_deleted: int = 0
    bytes_read: int = 0
    content_hash: str | None = None
    cursor_after: str | None = None
    extracted_at: datetime | None = None
    message: str | None = None

    @property
    def rows_loaded(self) -> int:
        """Return how many rows were accepted, the unchanged ones included."""
        return self.rows_read - self.rows_quarantined


@dataclass
class Result:
    """What became of one table's load; the numbers are rows.

    Attributes:
        table: the declared table.
        status: loaded, unchanged, failed or unreachable.
        notes: what the user should know besides.
        is_transient: whether it failed for a reason that may pass, such as a network's.
    """

    table: Table
    status: str = "unchanged"
    read: int = 0
    loaded: int = 0
    quarantined: int = 0
    unchanged: int = 0
    deleted: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    is_transient: bool = False

    def add(self, row: Audit) -> None:
        """Add the numbers of one audit row."""
        self.status = "loaded" if self.status == "unchanged" else self.status
        self.read += row.rows_read
        self.loaded += row.rows_loaded
        self.quarantined += row.rows_quarantined
        self.unchanged += row.rows_unchanged
        self.deleted += row.rows_deleted


def begin(connection: Connection, table: Table, batch: Batch, mode: str | None = None) -> int:
    """Write the audit row of a batch, which `finish` completes in the same transaction.

    Args:
        connection: in the load's transaction.
        table: the declared table.
        batch: what is loaded.
        mode: what is recorded as the mode, if not the table's.

    Returns:
        The load's id.
    """
    [(load_id,)] = connection.execute(
        "insert into raw_ingest.loads (source_name, table_name, source_file, mode, status,"
        " started_at, cursor_before, contract_version)"
        " values (%s, %s, %s, %s, 'failed', now(), %s, %s) returning load_id",
        [table.source, table.name, batch.name, mode or table.mode, batch.cursor, table.version()],
    )
    return int(load_id)


def finish(connection: Connection, rows: list[Audit]) -> None:
    """Complete audit rows, in the load's transaction."""
    for row in rows:
        # one by one: `executemany` makes a pipeline, which hides that its connection was ended
        connection.execute(
            "update raw_ingest.loads set rows_read = %(rows_read)s, rows_loaded = %(rows_loaded)s,"
            " rows_quarantined = %(rows_quarantined)s, rows_unchanged = %(rows_unchanged)s,"
            " rows_deleted = %(rows_deleted)s, bytes_read = %(bytes_read)s,"
            " content_hash = %(content_hash)s, cursor_after = %(cursor_after)s,"
            " extracted_at = %(extracted_at)s, message = %(message)s, status = 'loaded',"
            " finished_at = clock_timestamp()"
            " where load_id = %(load_id)s",
            {**asdict(row), "rows_loaded": row.rows_loaded},
        )


def record_failure(table: Table, batch: Batch | None, error: Exception, result: Result) -> None:
    """Write a failed load's audit row, in a transaction of its own, and note it in the result."""
    tolerated = isinstance(error, UnreachableError) and table.unreachable == "warn"
    message = table.told(error)
    if not isinstance(error, UserError):
        # a location can hold a password
        place = f"{table}: {batch.name}" if batch else str(table)
        kind = "" if isinstance(error, (*PASSING, psycopg.Error)) else f"{type(error).__name__}: "
        message = f"{place}: {kind}{message}\nThat load changed nothing. Load {table} again."
    # an error can quote what is no text for PostgreSQL
    message = message.encode(errors="backslashreplace").decode().replace("\0", "\\0")
    if result.status != "failed":
        result.status = "unreachable" if tolerated else "failed"
    result.notes.append(message)
    result.is_transient = isinstance(error, PASSING)
    with contextlib.suppress(psycopg.Error, UserError), warehouse.connect() as connection:
        connection.execute(
            "insert into raw_ingest.loads (source_name, table_name, source_file, mode, status,"
            " started_at, contract_version, message)"
            " values (%s, %s, %s, %s, 'failed', clock_timestamp(), %s, %s)",
            [
                *(table.source, table.name, batch.name if batch else ""),
                *(table.mode, table.version(), message),
            ],
        )
