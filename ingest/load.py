"""Loading: one transaction holds a load's rows, its cursor and its audit row."""

import contextlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Identifier

import warehouse
from ingest import census, erasing, filling, quarantine, readers
from ingest import landing as landings
from ingest.books import Audit, Result, begin, finish, record_failure
from ingest.contract import Table
from ingest.cursors import as_of, furthest
from ingest.filling import Tick
from ingest.history import History
from ingest.landing import Landing, Stamp
from ingest.readers import Batch
from ingest.readers.files import SourceFile
from ingest.settings import READERS
from ingest.spreading import recover
from ingest.tables import ensure
from warehouse.errors import UsageError, UserError

# how much is loaded in one transaction, if it comes in small files
UNIT_FILES = 500
UNIT_BYTES = 64 << 20


def load_table(
    table: Table,
    full: bool = False,
    tick: Tick = lambda size: None,
    accept: Callable[[SourceFile], bool] = lambda file: True,
) -> Result:
    """Load what is new of one table, which is made if it is missing; never raises an error.

    Args:
        table: the declared table.
        full: read everything again, whatever is known from loads before. What a database no longer
            has is deleted. Files that were appended before stay appended.
        tick: is called with the number of bytes read, as they are read.
        accept: tells whether a file is to be loaded now; of a replaced table, all must be.
    """
    result, started = Result(table), time.monotonic()
    try:
        if table.problem:
            raise UsageError(table.problem)
        with locked(table) as connection:
            if table.distributed_by:
                recover(connection)
            ensure(connection, [table])
            if table.reader == "live":
                _account(connection, table, result)
                return result
            for unit in _units(connection, table, full, accept):
                _load_unit(connection, table, unit, full, tick, result)
            _analyze(connection, table)
    except Exception as error:  # whatever a source does, the others are loaded
        record_failure(table, None, error, result)
    finally:
        result.seconds = time.monotonic() - started
    return result


def _account(connection: Connection, table: Table, result: Result) -> None:
    """Write an audit row of the changes that replication brought since the last one."""
    live = readers.module(table)
    live.check(table)
    with connection.transaction():
        load_id = begin(connection, table, Batch(name="live"))
        changes, deletions = live.account(connection, table, load_id)
        erasing.from_what_came_live(connection, table, load_id)
        row = Audit(load_id, changes, 0, rows_deleted=deletions)
        finish(connection, [row])
    result.add(row)


@contextlib.contextmanager
def locked(table: Table) -> Iterator[Connection]:
    """Connect to the warehouse, alone with this table: another load of it waits, or is waited for.

    Raises:
        UserError: the warehouse does not answer.
    """
    with warehouse.connect(application_name=f"thinkthrift ingest {table}") as connection:
        connection.autocommit = True
        # ends with the connection
        connection.execute("select pg_advisory_lock(hashtext(%s))", [f"ingest {table}"])
        connection.execute(
            "set datestyle to 'ISO, YMD'; set intervalstyle to 'postgres';"
            " set client_min_messages to notice"
        )
        yield connection


def _units(
    connection: Connection, table: Table, full: bool, accept: Callable[[SourceFile], bool]
) -> Iterator[list[Batch]]:
    """Give the batches that belong into one transaction: all of a replaced table, else some."""
    history = History(connection, table, full)
    batches = readers.find(table, {} if full else history.last)
    if table.mode == "replace":
        whole = list(batches)
        is_ready = all(batch.file is None or accept(batch.file) for batch in whole)
        if whole and is_ready and not history.is_current(whole):
            yield whole
        return
    unit: list[Batch] = []
    size = 0
    for batch in batches:
        if batch.file is None:
            yield [batch]
        elif accept(batch.file) and not history.knows(batch.file):
            unit.append(batch)
            size += batch.file.size
        if size > UNIT_BYTES or len(unit) == UNIT_FILES:
            yield unit
            unit, size = [], 0
    if unit:
        yield unit


def _load_unit(
    connection: Connection, table: Table, unit: list[Batch], full: bool, tick: Tick, result: Result
) -> None:
    """Load some batches in one transaction, or leave everything as it was and record why."""
    try:
        with connection.transaction(), contextlib.ExitStack() as asked:
            rows = _load(connection, table, unit, tick, result, asked)
        for row in rows:
            result.add(row)
    except Exception as error:
        if connection.closed:
            raise
        if len(unit) == 1 or table.mode == "replace":
            record_failure(table, unit[0], error, result)
            return
        for batch in unit:  # one is bad: the others are not to wait for it
            _load_unit(connection, table, [batch], full, tick, result)


def _load(
    connection: Connection,
    table: Table,
    unit: list[Batch],
    tick: Tick,
    result: Result,
    asked: contextlib.ExitStack,
) -> list[Audit]:
    """Do the work of `_load_unit` inside its transaction and return the audit rows.

    A database whose rows are merged stays open until `asked` is closed.
    """
    rows: dict[int, Audit] = {}
    landing: Landing | None = None
    if table.mode == "replace":
        connection.execute(
            "delete from raw_ingest.quarantine where source_name = %s and table_name = %s",
            [table.source, table.name],
        )
    for batch in unit:
        load_id = begin(connection, table, batch)
        landing = landing or landings.make(connection, table, load_id, len(unit) == 1)
        with contextlib.ExitStack() as opened:
            content_hash = opened.enter_context(_hashing(batch.file))
            stream = opened.enter_context(batch.open())
            stamp = Stamp(load_id, batch.name, as_of(connection, table, batch, stream, result))
            landings.mark(connection, landing, stamp)
            columns = landings.match(table, batch, stream.columns)
            count = filling.fill(connection, landing, stamp, columns, stream, tick)
            extra = [name for name, c in zip(stream.columns, columns, strict=True) if c is None]
            rows[load_id] = Audit(
                load_id,
                count.read,
                count.quarantined,
                bytes_read=batch.file.size if batch.file else count.size,
                content_hash=content_hash(),
                cursor_after=furthest(connection, landing, batch, stream, result),
                extracted_at=stamp.extracted_at,
                message=_undeclared(table, batch, [*extra, *stream.left_out], result),
            )
            if stream.source:  # it is asked again, as of the same moment
                asked.enter_context(opened.pop_all())
    if landing is None:
        return []
    landings.label(connection, landing)
    moved = [landings.enforce_key(connection, landing)]
    if READERS[table.reader].is_final and table.mode == "merge":
        raw = Identifier(table.schema, table.name)
        moved.append(quarantine.take_contradictions(connection, table, landing.place, raw))
    for moved_in, count_moved in (pair for each in moved for pair in each.items()):
        rows[moved_in].rows_quarantined += count_moved
    if table.mode != "replace" and any(row.rows_quarantined for row in rows.values()):
        quarantine.forget_older(connection, table, list(rows))
    last = rows[load_id]
    is_whole = unit[-1].is_whole
    last.rows_unchanged, last.rows_deleted = landings.publish(connection, landing, stamp, is_whole)
    if stream.source:
        outcome = census.settle(connection, table, stamp, stream.source, is_whole)
        last.rows_deleted += outcome.deleted
        if outcome.note:
            result.notes.append(outcome.note)
    finish(connection, list(rows.values()))
    _check_share(connection, table, list(rows.values()))
    return list(rows.values())


def _analyze(connection: Connection, table: Table) -> None:
    """Renew the planner's statistics, which the models' joins need, if the rows are newer.

    A small sample will do. If it fails, the next load does it: the rows are there already.
    """
    with contextlib.suppress(psycopg.Error):
        raw = Identifier(table.schema, table.name)
        [(is_old,)] = connection.execute(
            "select coalesce(max(finished_at) > (select last_analyze from pg_stat_all_tables"
            " where relid = %s::regclass), count(*) > 0) from raw_ingest.loads"
            " where source_name = %s and table_name = %s and status = 'loaded'",
            [raw.as_string(), table.source, table.name],
        )
        if is_old:
            connection.execute("set default_statistics_target to 20")
            connection.execute(SQL("analyze {}").format(raw))


@contextlib.contextmanager
def _hashing(file: SourceFile | None) -> Iterator[Callable[[], str | None]]:
    """Hash a file while it is loaded; gives a function that waits for the hash.

    Raises:
        UserError: the file was written to meanwhile.
    """
    with ThreadPoolExecutor(1) as pool:
        if file is None:
            yield lambda: None
            return
        hashing = pool.submit(file.content_hash)
        if file.store:
            hashing.result()  # it was copied from the store for this
        yield hashing.result
        file.check_unchanged()


def _undeclared(table: Table, batch: Batch, columns: list[str], result: Result) -> str | None:
    """Report, or refuse, columns that the data has and the contract does not."""
    if not columns:
        return None
    if table.undeclared == "fail":
        raise UserError(
            f"{table}: {batch.name} has columns that are not declared: {', '.join(columns)}."
            f" Nothing was changed. Declare them in {table.file}, or set undeclared: report."
        )
    message = f"not declared, so left out: {', '.join(columns)}"
    note = f"{table}: {batch.name}: {message}"
    if note not in result.notes:
        result.notes.append(note)
    return message


def _check_share(connection: Connection, table: Table, rows: list[Audit]) -> None:
    """Refuse a load of which more is bad than the table allows."""
    read = sum(row.rows_read for row in rows)
    bad = sum(row.rows_quarantined for row in rows)
    if bad <= read * table.max_quarantined:
        return
    examples = connection.execute(
        "select source_file || ', ' || position || ': ' || reason from raw_ingest.quarantine"
        " where load_id = any (%s) order by quarantine_id limit 3",
        [[row.load_id for row in rows]],
    ).fetchall()
    raise UserError(
        f"{table}: {bad} of {read} rows break the contract, more than the share of"
        f" {table.max_quarantined:g} that max_quarantined allows. Nothing was changed. The first:\n"
        + "\n".join(f"  {example}" for (example,) in examples)
    )
