"""What the audit says of the raw tables: their last loads and how fresh they are."""

from psycopg import Connection
from psycopg.rows import dict_row

from ingest.contract import Table
from warehouse.console import complain, console, grid

LAST = """
    select
        source_name || '.' || table_name,
        max(finished_at) filter (where status = 'loaded'),
        now() - max(finished_at) filter (where status = 'loaded'),
        sum(rows_read),
        sum(rows_loaded),
        (select count(*) from raw_ingest.quarantine
            where quarantine.source_name = loads.source_name
            and quarantine.table_name = loads.table_name),
        (array_agg(status order by load_id desc))[1],
        (array_agg(message order by load_id desc))[1]
    from raw_ingest.loads
    group by source_name, table_name
"""
LOADS = """
    select
        load_id, source_name || '.' || table_name as name, source_file, mode, status,
        to_char(started_at, 'YYYY-MM-DD HH24:MI:SS') as started, loaded_by,
        extract(epoch from finished_at - started_at) as seconds, bytes_read, rows_read,
        rows_loaded, rows_quarantined, rows_unchanged, rows_deleted, cursor_before, cursor_after,
        contract_version, message
    from raw_ingest.loads
    where source_name || '.' || table_name = any (%s)
    order by load_id desc
    limit %s
"""
LOAD = """\
load {load_id}: {name} from {source_file}, {mode}: {status}
  started {started} UTC by {loaded_by}, took {seconds:.1f} s, contract {contract_version}
  {rows_read:,} rows read, {rows_loaded:,} loaded, {rows_quarantined:,} quarantined,\
 {rows_unchanged:,} unchanged, {rows_deleted:,} deleted; {bytes_read:,} bytes"""


def show_last(connection: Connection, tables: list[Table]) -> None:
    """Print a line for each table: its last load, how fresh it is, its rows over all loads."""
    found = {row[0]: row[1:] for row in connection.execute(LAST)}
    made = grid("table", "last load (UTC)", "age", "freshness", "outcome")
    for name in ("rows read", "rows loaded", "in quarantine"):
        made.add_column(name, justify="right")
    failures = []
    for table in tables:
        if str(table) not in found:
            made.add_row(str(table), "never", "", "", "", "0", "0", "0")
            continue
        last, age, read, loaded, bad, state, message = found[str(table)]
        when = f"{last:%Y-%m-%d %H:%M:%S}" if last else "never"
        made.add_row(str(table), when, str(age or "").split(".")[0], table.freshness(age), state,
                     f"{read:,}", f"{loaded:,}", f"{bad:,}")  # fmt: skip
        if state == "failed":
            failures.append(message)
    console.print(made)
    for message in failures:
        complain.print(message)
    if not found:
        console.print("Nothing has been loaded yet. Load everything: python -m ingest load")


def show_loads(connection: Connection, tables: list[Table], count: int) -> None:
    """Print the audit of the last loads, the newest first."""
    cursor = connection.cursor(row_factory=dict_row)
    for load in cursor.execute(LOADS, [[str(table) for table in tables], count]):
        console.print(LOAD.format(**load))
        if load["cursor_after"]:
            before = load["cursor_before"] or "none"
            console.print(f"  cursor {before} -> {load['cursor_after']}")
        if load["message"]:
            console.print(f"  {load['message']}")
