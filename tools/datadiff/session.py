"""The schemas in which versions are built: one comparison at a time, and nothing left behind."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.sql import SQL, Identifier

from tools.datadiff import versions
from warehouse.errors import UserError


@contextmanager
def alone(connection: psycopg.Connection, keep: bool = False) -> Iterator[None]:
    """Begin and end without the schemas of a comparison, and let no other run at once.

    Args:
        connection: to the warehouse; each of its statements becomes a transaction.
        keep: whether the schemas stay at the end.

    Raises:
        UserError: another comparison is running.
    """
    connection.autocommit = True
    [(is_free,)] = connection.execute("select pg_try_advisory_lock(hashtext('datadiff'))")
    if not is_free:
        raise UserError("Another comparison is running in this warehouse; wait for its end.")
    _drop(connection)
    try:
        yield
    finally:
        if not keep:
            _drop(connection)
            shutil.rmtree(versions.BASE, ignore_errors=True)


def _drop(connection: psycopg.Connection) -> None:
    names = connection.execute(
        "select nspname from pg_namespace where nspname ~ '^diff_(base|head)(_|$)'"
    ).fetchall()
    for (name,) in names:
        connection.execute(SQL("drop schema {} cascade").format(Identifier(name)))
