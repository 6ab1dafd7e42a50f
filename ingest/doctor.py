"""The doctor: whether the warehouse and every source can be reached, and safely."""

from collections.abc import Iterator
from typing import NamedTuple

from psycopg import Connection

import warehouse
from ingest import readers
from ingest.contract import Table
from ingest.readers import postgres
from warehouse import tls
from warehouse.errors import UserError


class Finding(NamedTuple):
    """What became of one connection.

    Attributes:
        name: warehouse, or the name of the source.
        place: what is at the other end, without secrets.
        tls: how it is protected; empty if that is not known.
        problem: what is wrong and what to do; empty if all is well.
    """

    name: str
    place: str
    tls: str = ""
    problem: str = ""


def examine(tables: list[Table]) -> Iterator[Finding]:
    """Try every connection and give what was found, the warehouse's first.

    Args:
        tables: the declared tables, of whose sources each is tried once.
    """
    try:
        with warehouse.connect() as connection:
            yield _protection("warehouse", f"{connection.info.host}", connection)
    except UserError as error:
        yield Finding("warehouse", "", problem=str(error))
        return
    for source, table in {table.source: table for table in reversed(tables)}.items():
        try:
            yield from _examine_source(source, table)
        except UserError as error:
            yield Finding(source, "", problem=table.told(error))


def _examine_source(source: str, table: Table) -> Iterator[Finding]:
    if table.reader in ("postgres", "live"):
        for name, conninfo in postgres.databases(table):
            with postgres.connect(table, name, conninfo) as connection:
                yield _protection(source, name, connection)
        return
    batch = next(readers.find(table, {}), None)
    if batch is None:
        yield Finding(source, "", problem=f"{table}: there is nothing at {table.variable()}.")
        return
    if batch.file is None:
        # what asks page by page asks for none before its first record is wanted
        with batch.open() as stream:
            next(stream.read(), None)
    yield Finding(source, batch.name)


def _protection(name: str, place: str, connection: Connection) -> Finding:
    """Return how safe an open connection to PostgreSQL is."""
    found = tls.encryption(connection)
    described = found.protocol or "off"
    if found.protocol:
        described += ", verified" if found.is_verified else ", not verified"
    problem = ""
    if not found.is_safe:
        what = "is not encrypted" if not found.protocol else "may be to an impostor"
        problem = (
            f"{name}: the connection to {place} {what}. Set sslmode=verify-full and sslrootcert"
            " in its location, or PGSSLMODE and PGSSLROOTCERT for all."
        )
    return Finding(name, place, f"{described}{', on this machine' * found.is_local}", problem)
