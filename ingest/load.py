"""Loading: one transaction holds a load's rows, its cursor and its audit row."""

import contextlib
import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from ingest import landing as landings
from ingest import readers, warehouse
from ingest.contract import Table
from ingest.errors import IngestError, UnreachableError
from ingest.landing import Tick
from ingest.readers import Batch


@dataclass
class Result:
    """What became of one table's load; the numbers are rows.

    Attributes:
        table: the declared table.
        status: loaded, unchanged, failed, unreachable, or `no reader` where its reader is to come.
        notes: what the user should know besides.
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

    def add(self, row: dict) -> None:
        """Add the numbers of one audit row."""
        self.status = "loaded" if self.status == "unchanged" else self.status
        for name in ("read", "loaded", "quarantined", "unchanged", "deleted"):
            setattr(self, name, getattr(self, name) + row[f"rows_{name}"])


def load_table(table: Table, full: bool = False, tick: Tick = lambda size: None) -> Result:
    """Load what is new of one table; never raises for what is the data's or the source's fault.

    Args:
        table: the declared table; it exists in the warehouse.
        full: read everything again, whatever is known from loads before. What a database no longer
            has is deleted. Files that were appended before stay appended.
        tick: is called with the number of bytes read, as they are read.
    """
    result, started = Result(table), time.monotonic()
    if table.reader not in readers.MODULES:
        result.status = "no reader"
        return result
    try:
        with warehouse.connect(application_name=f"thinkthrift ingest {table}") as connection:
            connection.autocommit = True
            # waits for another load of the same table; ends with the connection
            connection.execute("select pg_advisory_lock(hashtext(%s))", [f"ingest {table}"])
            for unit in _units(connection, table, full):
                _load_unit(connection, table, unit, full, tick, result)
            if result.loaded or result.deleted:
                connection.execute(SQL("analyze {}").format(Identifier(table.schema, table.name)))
    except (IngestError, psycopg.Error, OSError) as error:
        _record_failure(table, None, error, result)
    result.seconds = time.monotonic() - started
    return result


def _units(connection: Connection, table: Table, full: bool) -> Iterator[list[Batch]]:
    """Give the batches that belong into one transaction: all of a replaced table's, else each."""
    cursors = dict(
        connection.execute(
            "select distinct on (source_file) source_file, cursor_after from raw_ingest.loads"
            " where source_name = %s and table_name = %s and cursor_after is not null"
            " and status = 'loaded' order by source_file, load_id desc",
            [table.source, table.name],
        ).fetchall()
    )
    batches = readers.find(table, full, cursors)
    if table.mode == "replace":
        yield list(batches)
    else:
        yield from ([batch] for batch in batches)


def _load_unit(
    connection: Connection, table: Table, unit: list[Batch], full: bool, tick: Tick, result: Result
) -> None:
    """Load some batches in one transaction, or leave everything as it was and record why."""
    content = _content_hash(unit)
    if not unit or (content and _is_known(connection, table, content, unit, full)):
        return
    try:
        with connection.transaction():
            rows = _load(connection, table, unit, content, full, tick, result)
        for row in rows:
            result.add(row)
    except (IngestError, psycopg.Error, OSError) as error:
        if connection.closed:
            raise
        _record_failure(table, unit[0], error, result)


def _load(
    connection: Connection,
    table: Table,
    unit: list[Batch],
    content: str | None,
    full: bool,
    tick: Tick,
    result: Result,
) -> list[dict]:
    """Do the work of `_load_unit` inside its transaction and return the audit rows."""
    connection.execute("set local datestyle to 'ISO, YMD'; set local intervalstyle to 'postgres'")
    rows: dict[int, dict] = {}
    landing = None
    if table.mode == "replace":
        connection.execute(
            "delete from raw_ingest.quarantine where source_name = %s and table_name = %s",
            [table.source, table.name],
        )
    for batch in unit:
        load_id = _begin(connection, table, batch, content)
        landing = landing or landings.make(connection, table, load_id)
        with batch.open() as stream:
            landings.stamp(connection, landing, load_id, batch.name, stream.extracted_at)
            columns = landings.match(table, batch, stream.columns)
            count = landings.fill(connection, landing, columns, stream, tick)
            extra = [name for name, c in zip(stream.columns, columns, strict=True) if c is None]
        rows[load_id] = {
            "load_id": load_id,
            "rows_read": count.read,
            "rows_quarantined": count.quarantined,
            "rows_unchanged": 0,
            "rows_deleted": 0,
            "bytes_read": count.size,
            "cursor_after": None,
            "message": _undeclared(table, batch, [*extra, *stream.left_out], result),
        }
    for repeated_in, repeats in landings.enforce_key(connection, landing).items():
        rows[repeated_in]["rows_quarantined"] += repeats
    last = rows[load_id]
    if table.cursor:
        last["cursor_after"] = _cursor(connection, table, landing, unit[-1])
    is_whole = full and unit[-1].content_hash is None
    last["rows_unchanged"], last["rows_deleted"] = landings.publish(connection, landing, is_whole)
    for row in rows.values():
        row["rows_loaded"] = row["rows_read"] - row["rows_quarantined"]
        connection.execute(
            "update raw_ingest.loads set rows_read = %(rows_read)s, rows_loaded = %(rows_loaded)s,"
            " rows_quarantined = %(rows_quarantined)s, rows_unchanged = %(rows_unchanged)s,"
            " rows_deleted = %(rows_deleted)s, bytes_read = %(bytes_read)s,"
            " cursor_after = %(cursor_after)s, message = %(message)s, status = 'loaded',"
            " finished_at = clock_timestamp() where load_id = %(load_id)s",
            row,
        )
    _check_share(connection, table, list(rows.values()))
    return list(rows.values())


def _begin(connection: Connection, table: Table, batch: Batch, content: str | None) -> int:
    """Write the audit row of a batch, which is finished in the same transaction; return its id."""
    return connection.execute(
        "insert into raw_ingest.loads (source_name, table_name, source_file, mode, status,"
        " started_at, cursor_before, content_hash, contract_version)"
        " values (%s, %s, %s, %s, 'failed', clock_timestamp(), %s, %s, %s) returning load_id",
        [
            table.source,
            table.name,
            batch.name,
            table.mode,
            batch.cursor,
            content,
            table.version(),
        ],
    ).fetchone()[0]


def _content_hash(unit: list[Batch]) -> str | None:
    """Return one hash for the files of a unit, or none if they are no files."""
    hashes = sorted(batch.content_hash for batch in unit if batch.content_hash)
    if len(hashes) < 2:
        return hashes[0] if hashes else None
    return hashlib.sha256("".join(hashes).encode()).hexdigest()


def _is_known(
    connection: Connection, table: Table, content: str, unit: list[Batch], full: bool
) -> bool:
    """Tell whether this content need not be loaded again."""
    if table.mode == "append":
        known = connection.execute(
            "select 1 from raw_ingest.loads where source_name = %s and table_name = %s"
            " and status = 'loaded' and content_hash = %s limit 1",
            [table.source, table.name, content],
        )
        return known.fetchone() is not None
    last = connection.execute(
        "select content_hash, contract_version from raw_ingest.loads where source_name = %s"
        " and table_name = %s and status = 'loaded' and (source_file = %s or %s)"
        " order by load_id desc limit 1",
        [table.source, table.name, unit[0].name, table.mode == "replace"],
    ).fetchone()
    return not full and last == (content, table.version())


def _cursor(
    connection: Connection, table: Table, landing: landings.Landing, batch: Batch
) -> str | None:
    """Return the furthest cursor that was seen, now or before, as text."""
    kind = table.column(table.cursor).type
    return connection.execute(
        SQL("select cast(greatest(max({}), cast(%s as {})) as text) from {}").format(
            Identifier(table.cursor), SQL(kind), landing.place
        ),
        [batch.cursor],
    ).fetchone()[0]


def _undeclared(table: Table, batch: Batch, columns: list[str], result: Result) -> str | None:
    """Report columns that the data has and the contract does not."""
    if not columns:
        return None
    message = f"not declared, so left out: {', '.join(columns)}"
    note = f"{table}: {batch.name}: {message}"
    if note not in result.notes:
        result.notes.append(note)
    return message


def _check_share(connection: Connection, table: Table, rows: list[dict]) -> None:
    """Refuse a load of which more is bad than the table allows."""
    read = sum(row["rows_read"] for row in rows)
    bad = sum(row["rows_quarantined"] for row in rows)
    if bad <= read * table.max_quarantined:
        return
    examples = connection.execute(
        "select source_file || ', ' || position || ': ' || reason from raw_ingest.quarantine"
        " where load_id = any (%s) order by quarantine_id limit 3",
        [[row["load_id"] for row in rows]],
    ).fetchall()
    raise IngestError(
        f"{table}: {bad} of {read} rows break the contract, more than the share of"
        f" {table.max_quarantined:g} that max_quarantined allows. Nothing was changed. The first:\n"
        + "\n".join(f"  {example}" for (example,) in examples)
    )


def _record_failure(table: Table, batch: Batch | None, error: Exception, result: Result) -> None:
    """Write a failed load's audit row, in a transaction of its own, and note it in the result."""
    tolerated = isinstance(error, UnreachableError) and table.unreachable == "warn"
    message = str(error).strip()
    if not isinstance(error, IngestError):
        message = f"{table}: {batch.name if batch else table.location}: {message}"
    if result.status != "failed":
        result.status = "unreachable" if tolerated else "failed"
    result.notes.append(message)
    with contextlib.suppress(psycopg.Error, IngestError), warehouse.connect() as connection:
        connection.execute(
            "insert into raw_ingest.loads (source_name, table_name, source_file, mode, status,"
            " started_at, contract_version, message)"
            " values (%s, %s, %s, %s, 'failed', clock_timestamp(), %s, %s)",
            [
                table.source,
                table.name,
                batch.name if batch else "",
                table.mode,
                table.version(),
                message,
            ],
        )
