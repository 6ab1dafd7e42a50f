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
# a table and its partitions, and what PostgreSQL asks before a published row may be changed
MEMBERS = """
    with members as (
        select to_regclass(%(place)s) as relid
        union
        select relid from pg_partition_tree(to_regclass(%(place)s))
    )
    select
        relid::text,
        relkind,
        relpersistence,
        relreplident,
        array(
            select attname::text from pg_attribute
            where attrelid = relid and attnum > 0 and attgenerated <> ''
        ),
        array(
            select attname::text
            from pg_index inner join pg_attribute on attrelid = indrelid and attnum = any (indkey)
            where indrelid = relid and indimmediate and indisvalid
            and case relreplident when 'd' then indisprimary when 'i' then indisreplident end
        )
    from members inner join pg_class on pg_class.oid = relid
    order by relid::text
"""
KINDS = {"v": "a view", "m": "a materialized view", "f": "a foreign table"}
FREE = """
    select
        'max_replication_slots',
        current_setting('max_replication_slots')::int,
        (select count(*) from pg_replication_slots where slot_name <> %(name)s)
    union all
    select
        'max_wal_senders',
        current_setting('max_wal_senders')::int,
        (select count(*) from pg_stat_replication where application_name <> %(name)s)
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
        problems += harms(source, table)
    # one copies the tables beside the one that follows
    for setting, most, used in source.execute(FREE, {"name": f"thinkthrift_{name}"}):
        if most < used + 2:
            problems.append(
                f"{name}: {used} of its {setting} = {most} are in use, and 2 more are needed."
                f" Raise {setting} there, and restart it."
            )
    if problems:
        raise UserError("\n".join(problems))


def harms(source: Connection, table: Table) -> list[str]:
    """Return why writes to a table would fail, or would be lost, once its columns are published.

    PostgreSQL refuses to change a row of a published table if its replica identity has columns
    that are not published; see https://www.postgresql.org/docs/current/sql-createpublication.html

    Args:
        source: a connection to its database.
        table: which is to be live.
    """
    problems = []
    declared = {column.source_name for column in table.columns}
    for name, kind, persistence, identity, generated, key in source.execute(
        MEMBERS, {"place": _quoted(table)}
    ):
        lacking = sorted(set(key) - declared)
        made = sorted(set(generated) & (declared | set(key)))
        if kind in KINDS:
            problem = f"is {KINDS[kind]}, which cannot be followed. Declare the table below it."
        elif persistence != "p":
            problem = (
                "keeps no log of its changes, so they would be lost. There: alter table"
                f" {name} set logged"
            )
        elif made:
            problem = (
                f"generates {', '.join(made)}, which cannot be published. Take it out of"
                f" {table.file} and of the key."
            )
        elif identity == "f":
            problem = (
                "has replica identity full, with which no row could be updated once some columns"
                f" are published. There, with a primary key: alter table {name} replica identity"
                " default"
            )
        elif not key and kind == "r":
            problem = (
                "has no key by which a changed row is found, so that the source could not update"
                f" any more. There: a primary key that is not deferrable; or alter table {name}"
                " replica identity using index, of columns that are unique and never null"
            )
        elif lacking:
            problem = (
                f"finds changed rows by {', '.join(lacking)}, too, so that the source could not"
                f" update any more. Declare it in {table.file}."
            )
        else:
            continue
        problems.append(f"{table}: the source's {name} {problem}")
    return problems


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
        present: dict[str, str] = dict(source.execute(PRESENT, [_quoted(table)]).fetchall())
        others = {name.casefold(): name for name in present}
        if not present:
            problems.append(f"{table}: the source has no table {place} that can be seen.")
            continue
        for column in table.columns:
            kind = present.get(column.source_name)
            if kind is None:
                other = others.get(column.source_name.casefold())
                hint = f' It has "{other}", whose case is another.' if other else ""
                problems.append(
                    f'{table}: the source has no column "{column.name}" any more.{hint}'
                )
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


def _quoted(table: Table) -> str:
    """Return where the rows stand at the source as SQL, for names in any case."""
    return Identifier(*place_of(table).split(".")).as_string()


def _fits(kind: str, declared: str) -> bool:
    """Tell whether a type at the source loses nothing in the declared one."""
    full = {"timestamptz": "timestamp with time zone"}.get(declared, declared)
    return full == "text" or kind == full or kind in NARROWER.get(full, ())
