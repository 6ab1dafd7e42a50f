"""Live replication: PostgreSQL's own logical replication from a source into the warehouse.

A source whose reader is `live` is not loaded. The warehouse subscribes to a publication of it, and
finds the rows' places by name: they stand in the same schema as at the source. Triggers keep every
version of a row in `raw_ingest.changes`.
https://www.postgresql.org/docs/current/logical-replication.html
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from psycopg import Connection
from psycopg import errors as pg
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Composable, Identifier, Literal

import warehouse
from ingest import tables
from ingest.contract import Table
from ingest.readers import postgres
from replication import changes, published, state
from replication.state import Status
from warehouse.errors import UnreachableError, UsageError, UserError

# what libpq would find for itself where the client runs, but not where the server runs
PASSED_ON = ("host", "hostaddr", "port", "dbname", "user", "sslmode", "sslrootcert")
AGAIN = "Nothing is lost, it is tried again and again. Mend what stands in its way."
# seconds in which a worker that fails has failed again
RETRIES = 4


class Replication:
    """The replication of one source.

    Attributes:
        source: its name.
        tables: the raw tables that are live.
        name: of the publication, the slot and the subscription.
    """

    def __init__(self, source: str, declared: list[Table]) -> None:
        """Take a source's name and all declared tables.

        Raises:
            UsageError: the source is not declared as live.
        """
        self.source = source
        self.tables = [table for table in declared if table.source == source]
        self.name = f"thinkthrift_{source}"
        other = [str(table) for table in self.tables if table.reader != "live"]
        if other:
            raise UsageError(
                f"{', '.join(other)}: the reader is not live, so there is nothing to replicate.\n"
                f"Set {source.upper()}_READER=live, for this command and for load and dbt alike."
            )

    def setup(self, tell: Callable[[str], None] = lambda text: None) -> None:
        """Make what is missing on both sides, and wait until all tables are copied.

        Args:
            tell: is called with how far the copy is.

        Raises:
            UserError: a side lacks what replication needs, or the copy fails.
        """
        with self._warehouse() as connection, self._source() as (source, conninfo):
            self._check_warehouse(connection)
            published.check(source, self.source, self.tables)
            tables.ensure(connection, self.tables)
            published.publish(source, self.name, self.tables)
            is_new = published.reserve(source, self.name)
            changes.record(connection, self.tables)
            self._subscribe(connection, conninfo, is_new)
            self._wait(connection, tell)

    def status(self) -> Status:
        """Return how the replication stands; see `Status`.

        Raises:
            UserError: the warehouse does not answer.
        """
        with self._warehouse() as connection:
            found = state.subscription(connection, self.name)
        if found is None:
            setup = f"Set it up: python -m ingest replicate setup {self.source}"
            return Status("not set up", None, None, None, [setup])
        problems: list[str] = []
        slot, is_stuck = None, False
        try:
            with self._source() as (source, _):
                slot = state.slot(source, self.name)
                problems += published.differences(source, self.tables, self.name)
        except UnreachableError as error:
            problems.append(str(error))
        else:
            if slot is None or slot.is_lost:
                problems.append(
                    f"The source holds no slot {self.name} any more, so changes were missed."
                    f" Copy all anew: python -m ingest replicate setup {self.source}"
                )
            # errors are counted for ever; where nothing waits, none stands in the way
            is_stuck = bool(slot and slot.behind and found.errors) and self._fails_again(found)
            if is_stuck:
                reason = state.reason(self.name)
                problems.append(f"A change cannot be applied: {reason}\n{AGAIN}")
        word = "stopped" if is_stuck else found.word()
        if slot is None:
            return Status(word, None, None, None, problems)
        return Status(word, slot.behind, slot.seconds, slot.held, problems)

    def _fails_again(self, before: state.Subscription) -> bool:
        """Tell whether a worker, which tries again each second, goes on failing."""
        if not before.is_enabled:
            return False
        time.sleep(RETRIES)
        with self._warehouse() as connection:
            now = state.subscription(connection, self.name)
        return now is not None and now.errors > before.errors

    def pause(self) -> None:
        """Stop applying changes; the source keeps them until `resume`."""
        self._alter(SQL("disable"))

    def resume(self) -> None:
        """Go on where `pause` stopped."""
        self._alter(SQL("enable"))

    def drop(self) -> str | None:
        """Remove subscription, slot and publication; the rows and their history stay.

        Returns:
            What is left to do at a source that does not answer, or none.
        """
        with self._warehouse() as connection:
            self._unsubscribe(connection)
        try:
            with self._source() as (source, _):
                published.release(source, self.name)
                source.execute(SQL("drop publication if exists {}").format(Identifier(self.name)))
        except UnreachableError as error:
            return (
                f"{error}\nThe source keeps its log for us until there, as its owner, you run:\n"
                f"  select pg_drop_replication_slot('{self.name}');\n"
                f"  drop publication if exists {self.name};"
            )
        return None

    def guard(self, warn: int, limit: int) -> tuple[str, bool]:
        """Look at what the source keeps for us, and let go of it before its disk fills.

        Args:
            warn: bytes of the source's log from which on to warn.
            limit: bytes from which on the slot is dropped.

        Returns:
            What was found, and whether all is well.

        Raises:
            UnreachableError: the source does not answer.
        """
        with self._source() as (source, _):
            slot = state.slot(source, self.name)
            if slot is None:
                return f"{self.source}: the source keeps nothing: there is no slot.", False
            found = f"{self.source}: the source keeps {slot.held:,} bytes of its log for us"
            if slot.held >= limit:
                published.release(source, self.name)
                return (
                    f"{found}, {limit:,} or more: the slot was dropped. Copy all anew, once the"
                    f" warehouse is well: python -m ingest replicate setup {self.source}"
                ), False
            if slot.held >= warn:
                return f"{found}, {warn:,} or more; at {limit:,} the slot is dropped.", False
            return f"{found}.", True

    def check(self) -> None:
        """Make sure that what arrives is whole; pause if the source's tables look otherwise.

        Raises:
            UserError: it is not; says what to do.
        """
        status = self.status()
        if status.problems and status.state not in ("paused", "not set up"):
            with self._warehouse() as connection, self._source() as (source, _):
                if published.differences(source, self.tables, self.name):
                    self._alter(SQL("disable"), connection)
        if status.state in ("paused", "stopped", "not set up") or status.problems:
            advice = status.problems or [f"python -m ingest replicate resume {self.source}"]
            raise UserError(
                f"The live replication of {self.source} is {status.state}: {' '.join(advice)}"
            )

    @contextlib.contextmanager
    def _warehouse(self) -> Iterator[Connection]:
        with warehouse.connect() as connection:
            connection.autocommit = True
            yield connection

    @contextlib.contextmanager
    def _source(self) -> Iterator[tuple[Connection, str]]:
        """Connect to the source, and give the connection string by which its server is reached."""
        found = list(postgres.databases(self.tables[0]))
        if len(found) != 1:
            raise UsageError(
                f"{self.tables[0].variable()} names {len(found)} databases; one can be live."
            )
        [(name, conninfo)] = found
        with postgres.connect(self.tables[0], name, conninfo) as connection:
            connection.autocommit = True
            given = connection.info.get_parameters()
            kept = {key: given[key] for key in PASSED_ON if key in given}
            if kept.get("sslrootcert") not in (None, "system") and warehouse.is_embedded():
                copy = warehouse.EMBEDDED.share(Path(kept["sslrootcert"]), f"{self.source}.crt")
                kept["sslrootcert"] = str(copy)
            yield connection, make_conninfo(**kept, password=connection.info.password)

    def _check_warehouse(self, connection: Connection) -> None:
        [(keeps, may, workers, others)] = connection.execute(
            "select current_setting('track_commit_timestamp')::bool,"
            " rolsuper or pg_has_role('pg_create_subscription', 'usage'),"
            " current_setting('max_logical_replication_workers')::int,"
            " (select count(*) from pg_subscription where subname <> %s)"
            " from pg_roles where rolname = current_user",
            [self.name],
        )
        if workers < others + 2:
            raise UserError(
                f"The warehouse has max_logical_replication_workers = {workers}. It follows"
                f" {others} other sources, and this one takes 2. Set it to {others + 2} or more,"
                " and restart it."
            )
        if not keeps:
            mend = "Set track_commit_timestamp = on and restart it."
            if warehouse.is_embedded():
                mend = "Restart it: python -m ingest warehouse down; python -m ingest warehouse up"
            raise UserError(f"The warehouse does not keep the time of commits. {mend}")
        if not may:
            raise UserError(
                "The warehouse's user may not subscribe. As a superuser there:"
                " grant pg_create_subscription, create on database … to that user"
            )

    def _subscribe(self, connection: Connection, conninfo: str, is_new: bool) -> None:
        """Subscribe from the slot's beginning with a copy, or go on with the subscription."""
        name = Identifier(self.name)
        found = state.subscription(connection, self.name)
        if found and is_new:
            self._unsubscribe(connection)
            found = None
        try:
            with state.unlogged(connection):
                if found:
                    self._alter(SQL("connection {}").format(Literal(conninfo)), connection)
                    self._alter(SQL("enable"), connection)
                    self._alter(SQL("refresh publication"), connection)
                    return
                with connection.transaction():
                    changes.restart(connection, self.tables)
                    connection.execute(
                        SQL(
                            "create subscription {} connection {} publication {} with"
                            " (create_slot = false, slot_name = {}, streaming = on)"
                        ).format(name, Literal(conninfo), name, Literal(self.name))
                    )
        except pg.ConnectionFailure as error:
            raise UnreachableError(
                f"The warehouse's server cannot reach {self.source}: {str(error).strip()}"
            ) from None

    def _unsubscribe(self, connection: Connection) -> None:
        """Drop the subscription, but not the slot, whose source may be away."""
        if state.subscription(connection, self.name):
            self._alter(SQL("disable"), connection)
            self._alter(SQL("set (slot_name = none)"), connection)
            connection.execute(SQL("drop subscription {}").format(Identifier(self.name)))

    def _wait(self, connection: Connection, tell: Callable[[str], None]) -> None:
        """Wait until every table is copied and follows the source."""
        errors: int | None = None
        while found := state.subscription(connection, self.name):
            errors = found.errors if errors is None else errors
            if found.errors > errors:
                raise UserError(
                    f"{self.source}: the copy fails: {state.reason(self.name)}\n"
                    "It is tried again and again. Mend what stands in its way, and look again:"
                    " python -m ingest replicate status"
                )
            if found.copied == found.tables:
                return
            tell(
                f"{self.source}: {found.copied} of {found.tables} tables copied,"
                f" {int(found.rows_copied or 0):,} rows of the next"
            )
            time.sleep(0.5)

    def _alter(self, change: Composable, connection: Connection | None = None) -> None:
        with contextlib.ExitStack() as stack:
            connection = connection or stack.enter_context(self._warehouse())
            try:
                connection.execute(
                    SQL("alter subscription {} {}").format(Identifier(self.name), change)
                )
            except pg.UndefinedObject:
                raise UserError(
                    f"{self.source} is not replicated. Set it up: python -m ingest replicate setup"
                    f" {self.source}"
                ) from None
