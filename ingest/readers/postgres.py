"""PostgreSQL databases: COPY out of the one is passed on, as bytes, to COPY into the other."""

import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from fnmatch import fnmatchcase
from functools import partial
from queue import Empty, Full, Queue
from threading import Event
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

import warehouse
from ingest.contract import Table
from ingest.readers import Batch, Past, Source, Stream
from ingest.readers.copy_text import as_columns
from warehouse import tls
from warehouse.errors import UnreachableError, UsageError, UserError

BLOCK = 1 << 22
# text is written in the one way that every server reads alike
SESSION = (
    "set time zone 'UTC'; set datestyle to 'ISO, YMD'; set intervalstyle to 'postgres';"
    " set extra_float_digits to 1"
)
# a blank, and the beginning of another connection string; keywords have blanks between, too
ANOTHER = r"\s+(?=postgres(?:ql)?://)"


def find(table: Table, past: dict[str, Past]) -> Iterator[Batch]:
    """Give one batch for each database of the location.

    The location is one connection string or several URIs with blanks between; what one leaves out
    is the warehouse's, and the database's name may be a glob.
    """
    for name, conninfo in databases(table):
        cursor = past[name].cursor if table.cursor and name in past else None
        opened = partial(_open, table, name, conninfo, cursor)
        yield Batch(name=name, open=opened, cursor=cursor, is_whole=cursor is None)


def databases(table: Table) -> Iterator[tuple[str, str]]:
    """Give the name and the connection string of each database that the location stands for."""
    for location in re.split(ANOTHER, table.location.strip()):
        yield from _databases(table, location)


def _databases(table: Table, location: str) -> Iterator[tuple[str, str]]:
    try:
        given = conninfo_to_dict(location)
    except psycopg.ProgrammingError:
        raise UsageError(
            f"{table}: {table.variable()} is not a PostgreSQL connection string.\n"
            "Write it like postgresql://user@host:5432/database"
        ) from None
    host = given.get("host") or given.get("hostaddr") or given.get("service")
    base = conninfo_to_dict(warehouse.conninfo()) if not host else {}
    # psql and dbt show where a connection comes from
    parameters: dict[str, Any] = {**base, **given, "application_name": "thinkthrift ingest"}
    pattern = str(parameters.get("dbname", ""))
    server = f"{host}/" if host else ""
    if not re.search(r"[*?\[]", pattern):
        yield server + pattern, make_conninfo(**parameters)
        return
    maintenance = make_conninfo(
        **{**parameters, "dbname": os.environ.get("PGDATABASE", "postgres")}
    )
    with connect(table, server, maintenance) as connection:
        found = connection.execute("select datname from pg_database order by datname").fetchall()
    matching = [name for (name,) in found if fnmatchcase(name, pattern)]
    if not matching:
        raise UnreachableError(f'{table}: no database on {host or "the server"} is "{pattern}".')
    for name in matching:
        yield server + name, make_conninfo(**{**parameters, "dbname": name})


def connect(table: Table, name: str, conninfo: str) -> psycopg.Connection:
    """Connect to a source's database.

    Raises:
        UnreachableError: it does not answer, or one side refuses the other; says what to do.
    """
    try:
        return psycopg.connect(conninfo, connect_timeout=10)
    except psycopg.OperationalError as error:
        reason = tls.explain(error, conninfo)
        raise UnreachableError(f"{table}: {name} cannot be reached: {reason}") from None


@contextmanager
def _open(table: Table, name: str, conninfo: str, cursor: str | None) -> Iterator[Stream]:
    relation = str(table.options.get("relation", table.name))
    with connect(table, name, conninfo) as source:
        _begin(source)
        place = _place(table, source, name, relation)
        found = source.execute(
            "select attname from pg_attribute"
            " where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum",
            [place.as_string()],
        ).fetchall()
        [(extracted_at,)] = source.execute("select now()")
        present = [column for (column,) in found]
        known = _known(table, present)
        columns = [column for column in present if column in known.values()]
        wanted = SQL(", ").join(map(Identifier, columns))
        query = SQL("select {} from {} {}").format(wanted, place, _since(table, cursor, known))
        parts = _parts(
            table, source, place.as_string(), SQL("select {} from {}").format(wanted, place)
        )

        def chunks() -> Iterator[bytes]:
            if len(parts) > 1 and cursor is None:
                again = partial(connect, table, name, conninfo)
                yield from _read_parts(source, again, parts)
            else:
                yield from _blocks(source, query)

        yield Stream(
            columns=columns,
            records=None,
            left_out=[column for column in present if column not in columns],
            source=_source(table, source, place, known),
            blocks=lambda: as_columns(chunks(), len(columns), table.checked_places(columns)),
            extracted_at=extracted_at,
        )


def _begin(source: psycopg.Connection) -> None:
    """Make what follows one look at the source, at one moment, written alike by every server."""
    source.execute(SESSION)
    source.commit()
    source.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    source.read_only = True


def _blocks(source: psycopg.Connection, query: Composable) -> Iterator[bytes]:
    """Give the rows of a query as COPY writes them, many at once."""
    block = bytearray()
    with source.cursor().copy(_copy(query)) as copy:
        for row in copy:
            block += row
            if len(block) > BLOCK:
                yield bytes(block)
                block.clear()
    yield bytes(block)


def _parts(
    table: Table, source: psycopg.Connection, relation: str, query: Composable
) -> list[Composable]:
    """Return queries that together read a table, each a range of its pages."""
    count = table.options.get("parallel", 1)
    if not isinstance(count, int) or not 1 <= count <= 32:
        raise UsageError(f'{table.file}: {table}: parallel "{count}" is no number from 1 to 32.')
    [(pages, kind)] = source.execute(
        "select pg_relation_size(oid) / current_setting('block_size')::int, relkind"
        " from pg_class where oid = to_regclass(%s)",
        [relation],
    )
    if kind != "r":
        return [query]  # a view or a partitioned table has no pages of its own
    count = min(count, max(pages, 1))
    bounds = [f"({pages * part // count},0)" for part in range(count)]
    # the last part goes on to what the table has gained meanwhile
    ends = [SQL("and ctid < {}").format(Literal(bound)) for bound in bounds[1:]] + [SQL("")]
    return [
        SQL("{} where ctid >= {} {}").format(query, Literal(start), end)
        for start, end in zip(bounds, ends, strict=True)
    ]


def _read_parts(
    source: psycopg.Connection, connect: Callable[[], psycopg.Connection], parts: list[Composable]
) -> Iterator[bytes]:
    """Give the rows of several queries, each read over a connection of its own.

    Args:
        source: in a transaction, whose view of the data all of them get.
        connect: opens another connection to the source.
        parts: the queries.
    """
    [(snapshot,)] = source.execute("select pg_export_snapshot()")
    blocks: Queue[bytes | None] = Queue(maxsize=2 * len(parts))
    stop = Event()

    def read(query: Composable) -> None:
        try:
            with connect() as worker:
                _begin(worker)
                worker.execute(SQL("set transaction snapshot {}").format(Literal(snapshot)))
                for block in _blocks(worker, query):
                    while not stop.is_set():
                        with suppress(Full):
                            blocks.put(block, timeout=0.1)
                            break
                    if stop.is_set():
                        worker.close()
                        return
        finally:
            blocks.put(None)

    with ThreadPoolExecutor(len(parts)) as pool:
        try:
            running = [pool.submit(read, part) for part in parts]
            for _ in parts:
                yield from iter(blocks.get, None)
            for part in running:
                part.result()
        finally:
            stop.set()
            while any(not part.done() for part in running):
                with suppress(Empty):
                    blocks.get(timeout=0.1)


def _copy(query: Composable) -> Composed:
    return SQL("copy ({}) to stdout").format(query)


def _place(table: Table, source: psycopg.Connection, name: str, relation: str) -> Identifier:
    """Return the relation of that name: as it is written, else whatever its case."""
    *schema, own = relation.split(".")
    found = source.execute(
        "select nspname, relname from pg_class"
        " inner join pg_namespace on pg_namespace.oid = relnamespace"
        " where relkind in ('r', 'p', 'v', 'm', 'f') and lower(relname) = lower(%(own)s)"
        " and case when %(schema)s::text is null then pg_table_is_visible(pg_class.oid)"
        " else lower(nspname) = lower(%(schema)s) end"
        " order by relname = %(own)s desc, nspname = %(schema)s desc, relname limit 1",
        {"own": own, "schema": ".".join(schema) or None},
    ).fetchone()
    if not found:
        raise UserError(f'{table}: {name} has no table "{relation}" that can be seen.')
    return Identifier(*found)


def _known(table: Table, present: list[str]) -> dict[str, str]:
    """Return by the declared name what the source calls a column: as written, else of any case."""
    folded = {column.casefold(): column for column in present}
    exact = {column: column for column in present}
    wanted = [column.source_name for column in table.columns]
    return {
        name: found
        for name in wanted
        if (found := exact.get(name) or folded.get(name.strip().casefold()))
    }


def _source(
    table: Table, source: psycopg.Connection, place: Identifier, known: dict[str, str]
) -> Source | None:
    """Return what the raw table is compared with after the load; none if it is not merged."""
    if table.mode != "merge" or not table.key:
        return None
    numbers = source.execute(
        "select attname from pg_attribute inner join pg_type on pg_type.oid = atttypid"
        " where attrelid = %s::regclass and attnum > 0 and not attisdropped and typcategory = 'N'",
        [place.as_string()],
    ).fetchall()
    names = {
        column.name: known[column.source_name]
        for column in table.columns
        if column.source_name in known
    }
    of_numbers = {name for (name,) in numbers}
    return Source(
        source, place, names, {column for column, name in names.items() if name in of_numbers}
    )


def _since(table: Table, cursor: str | None, known: dict[str, str]) -> Composable:
    """Return the condition that picks what is at or behind the cursor less the look-back.

    A row without a value there could have changed at any time, so that it is always read.
    """
    if cursor is None or table.cursor is None:
        return SQL("")
    kind = table.column(table.cursor).type
    span = "interval" if kind.startswith(("timestamp", "date")) else kind
    name = table.column(table.cursor).source_name
    return SQL(
        "where ({column} >= cast({cursor} as {kind}) - cast({back} as {span}) or {column} is null)"
    ).format(
        column=Identifier(known.get(name, name)),
        cursor=Literal(cursor),
        kind=SQL(kind),
        back=Literal(str(table.options.get("lookback", 0))),
        span=SQL(span),
    )
