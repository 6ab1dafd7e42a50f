"""PostgreSQL databases: COPY out of the one is passed on, as bytes, to COPY into the other."""

import contextlib
import os
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import partial

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Composable, Identifier, Literal

from ingest import warehouse
from ingest.contract import Table
from ingest.errors import IngestError, UnreachableError, UsageError
from ingest.readers import Batch, Line, Past, Record, Stream

BLOCK = 1 << 16
# text is written in the one way that every server reads alike
SESSION = (
    "set time zone 'UTC'; set datestyle to 'ISO, YMD'; set intervalstyle to 'postgres';"
    " set extra_float_digits to 1"
)
ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def find(table: Table, past: dict[str, Past]) -> Iterator[Batch]:
    """Give one batch for each database of the location.

    The location is one connection string or several with blanks between; what one leaves out is
    the warehouse's, and the database's name may be a glob.
    """
    for location in table.location.split():
        for name, conninfo in _databases(table, location):
            cursor = past[name].cursor if table.cursor and name in past else None
            opened = partial(_open, table, name, conninfo, cursor)
            yield Batch(name=name, open=opened, cursor=cursor, is_whole=cursor is None)


def _databases(table: Table, location: str) -> Iterator[tuple[str, str]]:
    """Give the name and the connection string of each database that a location stands for."""
    try:
        given = conninfo_to_dict(location)
    except psycopg.ProgrammingError:
        raise UsageError(
            f"{table}: {table.variable()} is not a PostgreSQL connection string.\n"
            "Write it like postgresql://user@host:5432/database"
        ) from None
    host = given.get("host")
    base = conninfo_to_dict(warehouse.conninfo()) if not host else {}
    # psql and dbt show where a connection comes from
    parameters = {**base, **given, "application_name": "thinkthrift ingest"}
    pattern = str(parameters.get("dbname", ""))
    server = f"{host}/" if host else ""
    if not re.search(r"[*?\[]", pattern):
        yield server + pattern, make_conninfo(**parameters)
        return
    maintenance = make_conninfo(
        **{**parameters, "dbname": os.environ.get("PGDATABASE", "postgres")}
    )
    with _connect(table, server, maintenance) as connection:
        found = connection.execute("select datname from pg_database order by datname").fetchall()
    databases = [name for (name,) in found if fnmatchcase(name, pattern)]
    if not databases:
        raise UnreachableError(f'{table}: no database on {host or "the server"} is "{pattern}".')
    for name in databases:
        yield server + name, make_conninfo(**{**parameters, "dbname": name})


def _connect(table: Table, name: str, conninfo: str) -> psycopg.Connection:
    try:
        return psycopg.connect(conninfo, connect_timeout=10)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise UnreachableError(f"{table}: {name} cannot be reached: {reason}") from None


@contextlib.contextmanager
def _open(table: Table, name: str, conninfo: str, cursor: str | None) -> Iterator[Stream]:
    relation = str(table.options.get("relation", table.name))
    with _connect(table, name, conninfo) as source:
        source.execute(SESSION)
        source.commit()
        source.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        source.read_only = True
        found = source.execute(
            "select attname from pg_attribute"
            " where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum",
            [relation],
        ).fetchall()
        if not found:
            raise IngestError(f'{table}: {name} has no table "{relation}" that can be seen.')
        present = [column for (column,) in found]
        declared = {column.source_name for column in table.columns}
        columns = [column for column in present if column in declared]
        query = _copy(table, relation, columns, cursor)

        def chunks() -> Iterator[bytes]:
            block = bytearray()
            with source.cursor().copy(query) as copy:
                for row in copy:
                    block += row
                    if len(block) > BLOCK:
                        yield bytes(block)
                        block.clear()
            yield bytes(block)

        def records() -> Iterator[Line]:
            with source.cursor().copy(query) as copy:
                for position, row in enumerate(copy, 1):
                    yield Line(position, bytes(row))

        yield Stream(
            columns=columns,
            left_out=[column for column in present if column not in declared],
            options="format text",
            chunks=chunks,
            records=records,
            split=_split,
            extracted_at=source.execute("select now()").fetchone()[0],
        )


def _copy(table: Table, relation: str, columns: list[str], cursor: str | None) -> Composable:
    """Return the COPY that reads what is at or behind the cursor less the look-back."""
    where = SQL("")
    if cursor is not None:
        kind = table.column(table.cursor).type
        span = "interval" if kind.startswith(("timestamp", "date")) else kind
        where = SQL("where {column} >= cast({cursor} as {kind}) - cast({back} as {span})").format(
            column=Identifier(table.column(table.cursor).source_name),
            cursor=Literal(cursor),
            kind=SQL(kind),
            back=Literal(str(table.options.get("lookback", 0))),
            span=SQL(span),
        )
    return SQL("copy (select {} from {} {}) to stdout").format(
        SQL(", ").join(map(Identifier, columns)), Identifier(*relation.split(".")), where
    )


def _split(line: Line) -> Record:
    """Return the fields of a line of COPY's text format."""
    fields = line.raw.decode().removesuffix("\n").split("\t")
    return Record(line.position, [_unescape(field) for field in fields])


def _unescape(field: str) -> str | None:
    """Return the value of one field of COPY's text format."""
    if field == r"\N":
        return None
    return re.sub(r"\\(.)", lambda match: ESCAPES.get(match[1], match[1]), field)
