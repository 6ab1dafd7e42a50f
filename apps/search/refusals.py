"""What the server refuses, as sentences that say what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors

from apps.search.messages import NOT_BUILT
from warehouse.errors import UserError

# for a build that is replacing the results, or another search that writes them
LONGEST_WAIT = "60s"


@contextmanager
def explained() -> Iterator[None]:
    """Turn what the server refuses into sentences.

    Raises:
        UserError: the server refused something; the message says what to do.
    """
    try:
        yield
    except (errors.InvalidSchemaName, errors.UndefinedTable, errors.UndefinedFunction):
        raise UserError(NOT_BUILT) from None
    except (errors.UndefinedColumn, errors.DatatypeMismatch) as error:
        raise UserError(
            f"The results of an earlier version are in the way: {error.diag.message_primary}. Build"
            " them again: dbt build --selector search; drop those with a name of their own."
        ) from None
    except errors.LockNotAvailable:
        raise UserError(
            f"Another transaction has held the results for {LONGEST_WAIT}. Search again later, or"
            " keep results of your own: name=…"
        ) from None
    except errors.InsufficientPrivilege as error:
        raise UserError(
            f"{error.diag.message_primary}. Results and searches are kept in the warehouse: with a"
            " role of your own, search with DBT_TARGET=analyst. See docs/access.md"
        ) from None
    except psycopg.OperationalError as error:
        raise UserError(f"The search failed: {str(error).strip()}") from None
