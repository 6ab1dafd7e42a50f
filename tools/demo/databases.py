"""The demo's databases on a PostgreSQL server: made, filled, shut and opened."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

import psycopg
from psycopg import sql

from tools.demo.timeline import iso

ConnectionStrings = Callable[[str], str]
_META = "create table demo_meta (world text not null, day date not null)"
_ROWS = 2_000


class Databases:
    """The source systems' databases.

    Args:
        conninfo: returns the libpq connection string of a database on the server.
    """

    def __init__(self, conninfo: ConnectionStrings) -> None:
        self._conninfo = conninfo

    def connect(self, name: str) -> psycopg.Connection:
        """Open a connection to a database, in UTC."""
        return psycopg.connect(self._conninfo(name), options="-c timezone=UTC -c datestyle=ISO")

    @contextmanager
    def _server(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            yield connection

    def recreate(self, name: str, tables: str) -> None:
        """Drop a database if it is there, with its idle replication slots; create it anew."""
        with self._server() as server:
            server.execute(
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
                " where database = %s and not active",
                [name],
            )
            server.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )
            server.execute(
                sql.SQL("create database {} template template0 encoding 'UTF8' locale 'C'").format(
                    sql.Identifier(name)
                )
            )
        with self.connect(name) as connection:
            connection.execute(tables)
            connection.execute(_META)

    def is_open(self, name: str) -> bool | None:
        """Return whether a database lets anyone in; None if there is no such database."""
        with self._server() as server:
            row = server.execute(
                "select datallowconn from pg_database where datname = %s", [name]
            ).fetchone()
        return bool(row[0]) if row else None

    def set_open(self, name: str, is_open: bool) -> None:
        """Let connections in, or refuse them and end those that there are."""
        with self._server() as server:
            server.execute(
                sql.SQL("alter database {} allow_connections {}").format(
                    sql.Identifier(name), sql.Literal(is_open)
                )
            )
            if not is_open:
                server.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s",
                    [name],
                )

    def marker(self, name: str) -> tuple[str, int] | None:
        """Return world and day that an open database holds; None if it is none of the demo's."""
        if not self.is_open(name):
            return None
        with self.connect(name) as connection:
            [(place,)] = connection.execute("select to_regclass('public.demo_meta')")
            if place is None:
                return None
            row = connection.execute("select world, day from demo_meta").fetchone()
        return row and (row[0], row[1].toordinal())


def mark(connection: psycopg.Connection, world: str, day: int) -> None:
    """Note in a database, within the current transaction, what it holds."""
    connection.execute("delete from demo_meta")
    connection.execute("insert into demo_meta values (%s, %s)", [world, iso(day)])


def copy_rows(cursor: psycopg.Cursor, target: str, rows: Iterable[str]) -> None:
    """Load rows, which are lines of COPY's text format without their ends, in blocks."""
    stream = iter(rows)
    with cursor.copy(f"copy {target} from stdin") as copy:
        while block := list(islice(stream, _ROWS)):
            copy.write("\n".join(block) + "\n")


@contextmanager
def adding(connection: psycopg.Connection, target: str) -> Iterator[Callable[[list[str]], None]]:
    """Give a function that adds rows to a table, as `copy_rows` does, a few at a time."""
    block: list[str] = []
    with connection.cursor() as cursor, cursor.copy(f"copy {target} from stdin") as copy:

        def write() -> None:
            copy.write("".join(f"{row}\n" for row in block))
            block.clear()

        def add(rows: list[str]) -> None:
            block.extend(rows)
            if len(block) >= _ROWS:
                write()

        yield add
        write()


def upsert(connection: psycopg.Connection, table: str, key: str, rows: list[str]) -> None:
    """Insert rows, or overwrite those that have the same key."""
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"create temp table incoming (like {table}) on commit drop")
        copy_rows(cursor, "incoming", rows)
        cursor.execute(
            "select string_agg(format('%%1$I = excluded.%%1$I', attname), ', ')"
            " from pg_attribute where attrelid = %s::regclass and attnum > 0",
            [table],
        )
        [(assignments,)] = cursor
        cursor.execute(
            f"insert into {table} select * from incoming"
            f" on conflict ({key}) do update set {assignments}"
        )
        cursor.execute("drop table incoming")


def text(value: str) -> str:
    """Write a value, or nothing for an empty one, for COPY's text format."""
    return value or "\\N"
