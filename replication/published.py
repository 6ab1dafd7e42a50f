"""What a source must have to be live, and how its tables differ from the contract."""

from psycopg import Connection

from ingest.contract import Table
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
    level, may, version = source.execute(
        "select current_setting('wal_level'), rolsuper or rolreplication,"
        " current_setting('server_version') from pg_roles where rolname = current_user"
    ).fetchone()
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
        present = dict(source.execute(PRESENT, [place]).fetchall())
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


def _fits(kind: str, declared: str) -> bool:
    """Tell whether a type at the source loses nothing in the declared one."""
    full = {"timestamptz": "timestamp with time zone"}.get(declared, declared)
    return full == "text" or kind == full or kind in NARROWER.get(full, ())
