"""What a load does with a live table: it counts what replication brought since the last one."""

from ingest.contract import Table
from replication.changes import account
from replication.subscription import Replication

__all__ = ["account", "check"]


def check(table: Table) -> None:
    """Make sure that what arrives is whole.

    Raises:
        UserError: it is not; says what to do.
    """
    Replication(table.source, [table]).check()
