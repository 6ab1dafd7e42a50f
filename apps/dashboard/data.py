"""What the pages ask of the warehouse: the queries of the folder `queries`, reading only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pandas as pd
import psycopg
from psycopg import errors as pg
from psycopg.types.numeric import FloatLoader

import warehouse
from warehouse.errors import UserError

QUERIES = Path(__file__).with_name("queries")
# whoever may, becomes the role that reads marts and search without personal data
AS_BI = (
    "select set_config('role', rolname, false) from pg_roles"
    " where rolname = 'thinkthrift_bi' and pg_has_role(oid, 'set')"
)
# gives the rows of the query of that name for these values
Read = Callable[..., pd.DataFrame]


class NotReady(Exception):  # noqa: N818, it is no error of the dashboard's
    """There is nothing to show yet; the message says what to do, in Markdown."""


@contextmanager
def reading() -> Iterator[Read]:
    """Give a function that runs a query by its name, over one connection.

    Raises:
        NotReady: the warehouse does not answer, or has no marts, or keeps them from this user.
    """
    if warehouse.is_embedded() and warehouse.EMBEDDED.port() is None:
        # not started from here, for somebody has stopped it
        raise NotReady("The warehouse is stopped. Start it with `make up`, then reload this page.")
    try:
        connection = warehouse.connect()
    except UserError as error:
        raise NotReady(str(error)) from None
    with connection, _explained():
        connection.autocommit = True
        connection.adapters.register_loader("numeric", FloatLoader)  # summed by then, to be shown
        connection.execute("set default_transaction_read_only = on")
        connection.execute("set statement_timeout = '60s'")
        connection.execute(AS_BI)
        yield partial(_read, connection)


def _read(connection: psycopg.Connection, name: str, **values: object) -> pd.DataFrame:
    cursor = connection.execute((QUERIES / f"{name}.sql").read_text(), values)
    return pd.DataFrame(cursor.fetchall(), columns=[one.name for one in cursor.description or ()])


@contextmanager
def _explained() -> Iterator[None]:
    """Say what to do where a query finds no marts, or may not read them."""
    try:
        yield
    except (pg.UndefinedTable, pg.UndefinedFunction, pg.UndefinedColumn, pg.InvalidSchemaName):
        raise NotReady(
            "The warehouse has no data yet, or was built by an older version. `make demo` fills it"
            " with a made-up company; `make build` builds what has been loaded."
        ) from None
    except pg.InsufficientPrivilege as error:
        raise NotReady(
            f"This user may not read all that the page needs: {error.diag.message_primary}."
            " As a superuser run `python -m ingest roles`, then `dbt build`; see docs/access.md."
        ) from None
    except pg.QueryCanceled:
        raise NotReady("A query took longer than a minute. Take a shorter period.") from None
    except psycopg.OperationalError as error:
        raise NotReady(
            f"The warehouse does not answer any more: {str(error).strip()}\n\nStart it with"
            " `make up`, then reload this page."
        ) from None
