"""The source of a replication: what it must have, what it publishes, and what it keeps for us."""

import contextlib
import time

from psycopg import Connection
from psycopg import errors as pg
from psycopg.sql import SQL, Identifier

from ingest.contract import Table
from replication.state import slot
from warehouse.errors import UserError

# the first one that publishes some columns of a table
OLDEST_SOURCE = 150_000
# what may stand at the source for a declared type, as nothing is lost on the way
NARROWER = {
    "integer": {"smallint"},
    "bigint": {"smallint", "integer"},
    "numeric": {"smallint", "integer", "bigint"},
}
PRESENT = """
    select attname, atttypid::regtype::text
    from pg_attribute
    where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped
    order by attnum
"""
IDENTITY = """
    select relreplident = 'f' or exists (
        select from pg_index
        where indrelid = pg_class.oid
        and case relreplident when 'd' then indisprimary when 'i' then indisreplident end
    )
    from pg_class where oid = to_regclass(%s)
"""


def place_of(table: Table) -> str:
    """Return where the rows stand at the source, and so in the warehouse, as SCHEMA.TABLE."""
    return str(table.options.get("relation", f"{table.schema}.{table.name}"))


def check(source: Connection, name: str, tables: list[Table]) -> None:
    """Make sure that a database can be replicated from.

    Args:
        source: a connection to it.
        name: the source's.
        tables: its tables that are to be live.

    Raises:
        UserError: something is missing there; says what, and what to do.
    """
    [(level, may, version)] = source.execute(
        "select current_setting('wal_level'), rolsuper or rolreplication,"
        " current_setting('server_version') from pg_roles where rolname = current_user"
    )
    if source.info.server_version < OLDEST_SOURCE:
        raise UserError(
            f"{name} runs PostgreSQL {version}; {OLDEST_SOURCE // 10_000} or newer is"
            " needed. Load it instead: unset its reader."
        )
    if level != "logical":
        raise UserError(
            f"{name} writes its log with wal_level {level}. Set wal_level = logical"
            " there, and restart it."
        )
    if not may:
        raise UserError(
            f"{name}: user {source.info.user} may not replicate. As a superuser there:"
            f" alter role {source.info.user} replication"
        )
    problems = differences(source, tables)
    for table in tables:
        [has_identity] = source.execute(IDENTITY, [place_of(table)]).fetchone() or [True]
        if not has_identity:
            problems.append(
                f"{table}: the source's {place_of(table)} has no primary key, by which changed"
                " rows are found. Add one, or: alter table … replica identity full"
            )
    if problems:
        raise UserError("\n".join(problems))


def differences(
    source: Connection, tables: list[Table], publication: str | None = None
) -> list[str]:
    """Return how a source's tables differ from the contract.

    Args:
        source: a connection to it.
        tables: those that are live, of one source.
        publication: which has to hold them; none if there need not be one yet.
    """
    problems = []
    published = {
        row[0]
        for row in source.execute(
            "select schemaname || '.' || tablename from pg_publication_tables where pubname = %s",
            [publication],
        )
    }
    for table in tables:
        place = place_of(table)
        present: dict[str, str] = dict(source.execute(PRESENT, [place]).fetchall())
        if not present:
            problems.append(f"{table}: the source has no table {place} that can be seen.")
            continue
        for column in table.columns:
            kind = present.get(column.source_name)
            if kind is None:
                problems.append(f'{table}: the source has no column "{column.name}" any more.')
            elif not _fits(kind, column.type):
                problems.append(
                    f'{table}: column "{column.name}" is {kind} at the source, but'
                    f" {column.type} in {table.file}."
                )
        if publication and place not in published:
            problems.append(
                f"{table}: the source does not publish {place} any more."
                f" Copy it anew: python -m ingest replicate setup {table.source}"
            )
    return problems


def publish(source: Connection, name: str, tables: list[Table]) -> None:
    """Publish the declared columns of the tables, and no others.

    Args:
        source: a connection to it; each statement is a transaction.
        name: of the publication.
        tables: the tables of one source.
    """
    places = SQL(", ").join(
        SQL("table {} ({})").format(
            Identifier(*place_of(table).split(".")),
            SQL(", ").join(Identifier(column.source_name) for column in table.columns),
        )
        for table in tables
    )
    try:
        if source.execute("select 1 from pg_publication where pubname = %s", [name]).fetchone():
            source.execute(SQL("alter publication {} set {}").format(Identifier(name), places))
        else:
            source.execute(
                SQL("create publication {} for {} with (publish_via_partition_root = true)").format(
                    Identifier(name), places
                )
            )
    except pg.InsufficientPrivilege as error:
        raise UserError(
            f"{tables[0].source}: {str(error).strip()}. A publication is made by the tables' owner,"
            " who may create in the database."
        ) from None


def reserve(source: Connection, name: str) -> bool:
    """Make the slot of that name if there is none that is whole; return whether it is new."""
    held = slot(source, name)
    if held and not held.is_lost:
        return False
    release(source, name)
    source.execute("select pg_create_logical_replication_slot(%s, 'pgoutput')", [name])
    return True


def release(source: Connection, name: str) -> None:
    """Drop the slot of that name if there is one, from whoever uses it."""
    for _ in range(50):
        with contextlib.suppress(pg.ObjectInUse):
            source.execute(
                "select pg_terminate_backend(active_pid) from pg_replication_slots"
                " where slot_name = %s and active",
                [name],
            )
            source.execute(
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
                " where slot_name = %s",
                [name],
            )
            return
        time.sleep(0.2)
    source_name = name.removeprefix("thinkthrift_")
    raise UserError(f"{source_name}: the slot {name} is in use and cannot be dropped.")


def _fits(kind: str, declared: str) -> bool:
    """Tell whether a type at the source loses nothing in the declared one."""
    full = {"timestamptz": "timestamp with time zone"}.get(declared, declared)
    return full == "text" or kind == full or kind in NARROWER.get(full, ())
