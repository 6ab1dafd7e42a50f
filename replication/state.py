"""How a replication stands: what the warehouse's server and the source's say of it."""

import contextlib
import re
from collections.abc import Iterator
from typing import NamedTuple

from psycopg import Connection
from psycopg import errors as pg
from psycopg.rows import class_row
from psycopg.sql import SQL, Identifier

import warehouse

# of the embedded server's log: process, kind and text; and how much of its end is searched
ENTRY = re.compile(r"\[(\d+)\] (LOG|ERROR): +(.*)")
LOG_END = 1 << 20
STATE = """
    select
        subenabled as is_enabled,
        (select count(*) from pg_subscription_rel where srsubid = subscriptions.oid) as tables,
        (select count(*) from pg_subscription_rel
            where srsubid = subscriptions.oid and srsubstate = 'r') as copied,
        exists (select from pg_stat_subscription
            where subid = subscriptions.oid and pid is not null) as is_at_work,
        apply_error_count + sync_error_count as errors,
        (select sum(tuples_processed) from pg_stat_progress_copy) as rows_copied
    from pg_subscription as subscriptions
    inner join pg_database on pg_database.oid = subdbid and datname = current_database()
    left join pg_stat_subscription_stats as errors on errors.subid = subscriptions.oid
    where subscriptions.subname = %s
"""
SLOT = """
    select
        coalesce(wal_status, 'lost') = 'lost' as is_lost,
        cast(coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0) as bigint) as held,
        cast(coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn), 0) as bigint)
            as behind,
        (select cast(extract(epoch from coalesce(replay_lag, interval '0')) as float)
            from pg_stat_replication where pid = active_pid) as seconds
    from pg_replication_slots
    where slot_name = %s and database = current_database()
"""


class Subscription(NamedTuple):
    """What the warehouse's server says of a subscription; the numbers are of tables and errors."""

    is_enabled: bool
    tables: int
    copied: int
    is_at_work: bool
    errors: int
    rows_copied: int | None

    def word(self) -> str:
        """Return its state in one word."""
        if not self.is_enabled:
            return "paused"
        if not self.is_at_work:
            return "connecting"
        return "streaming" if self.copied == self.tables else "copying"


class Slot(NamedTuple):
    """What the source keeps for a subscription, in bytes of its log and seconds."""

    is_lost: bool
    held: int
    behind: int
    seconds: float | None


class Status(NamedTuple):
    """How a replication stands.

    Attributes:
        state: streaming, copying, paused, stopped, connecting, or not set up.
        behind: bytes of the source's log that are not applied yet; none if nobody knows.
        seconds: how long the last change took to be applied; none if nothing is connected.
        held: bytes of the source's log that are kept for the warehouse.
        problems: what somebody has to do.
    """

    state: str
    behind: int | None
    seconds: float | None
    held: int | None
    problems: list[str]


def subscription(connection: Connection, name: str) -> Subscription | None:
    """Return the state of a subscription of the warehouse; none if there is none."""
    with connection.cursor(row_factory=class_row(Subscription)) as cursor:
        return cursor.execute(STATE, [name]).fetchone()


def slot(source: Connection, name: str) -> Slot | None:
    """Return the state of a replication slot of a source; none if there is none."""
    with source.cursor(row_factory=class_row(Slot)) as cursor:
        return cursor.execute(SLOT, [name]).fetchone()


def reason(subscription: str) -> str:
    """Return the last error of a subscription's workers, or where to find it."""
    log = warehouse.EMBEDDED.data / "log"
    if not warehouse.is_embedded() or not log.exists():
        return "the log of the warehouse's server says why."
    workers: set[str] = set()
    error = f"see {log}"
    for process, kind, text in ENTRY.findall(log.read_text(errors="replace")[-LOG_END:]):
        if kind == "LOG" and f'subscription "{subscription}"' in text:
            workers.add(process)
        elif kind == "ERROR" and process in workers:
            error = text
    return error


@contextlib.contextmanager
def unlogged(connection: Connection) -> Iterator[None]:
    """Keep statements that hold a password out of the server's log; only a superuser can."""
    with contextlib.suppress(pg.InsufficientPrivilege):
        connection.execute("set log_statement to 'none'")
        connection.execute("set log_min_error_statement to 'panic'")
        connection.execute("set log_min_duration_statement to -1")
    try:
        yield
    finally:
        for name in ("log_statement", "log_min_error_statement", "log_min_duration_statement"):
            connection.execute(SQL("reset {}").format(Identifier(name)))
