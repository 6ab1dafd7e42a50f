"""A warehouse before a load, a source with something new, and what clean loads make of it."""

import time
from pathlib import Path

import psycopg
from crash.cases import Case, Site
from crash.loaders import PATIENCE, Task, count, load
from psycopg.sql import SQL, Identifier

from ingest import tables
from ingest.books import Result
from ingest.contract import Table
from ingest.settings import READERS

# How often the load is done for the states: a database without changes is loaded again each time,
# and two kills and a re-run can each end in a commit.
DEPTH = 3


class Stage:
    """The stage of one case; it is entered as a context manager.

    Attributes:
        site: where the source is.
        environment: by which a process finds the warehouse, and its folder for temporary files.
        table: the declared table.
        states: of the warehouse before the load, after it, and after it was repeated.
        seconds: how long a clean load takes.
    """

    def __init__(self, case: Case, server: dict[str, str], folder: Path) -> None:
        """Take a case, the libpq parameters of a server, and an empty folder."""
        self.case, self.server = case, server
        self.database = "_".join(["crash", *case.name.split()])
        self.site = Site(folder / "source", {**server, "dbname": f"{self.database}_source"})
        self._temporary = folder / "temporary"
        self.environment = environment(server, self.database)
        self.environment["TMPDIR"] = str(self._temporary)
        self._source = case.source(self.site)
        self._loaders = (
            f"datname = '{self.database}' and application_name like 'thinkthrift ingest %'"
        )

    def __enter__(self) -> "Stage":
        self.reconnect()
        for folder in (self.site.folder, self._temporary):
            folder.mkdir()
        for database in (self.database, self.site.database["dbname"]):
            self._replace(database)
        self.table = self.case.table(next(self._source))
        with self.connect() as connection:
            tables.ensure(connection, [self.table])
        assert self.loaded().status == "loaded"
        self._replace(f"{self.database}_saved", f"template {self.database} strategy file_copy")
        self.states = [self.state()]
        next(self._source)
        for repeat in range(DEPTH):
            task = self.load()
            result = task.result()
            assert result.notes == [], result.notes
            if not repeat:
                assert (result.status, result.quarantined) == ("loaded", self.case.quarantined)
                self.seconds = task.seconds
            self.states.append(self.state())
        assert self.states[1]["rows"][0] == self.case.rows
        assert self.states[0] != self.states[1]
        self.restore()
        return self

    def __exit__(self, *_: object) -> None:
        self._source.close()
        for end in ("", "_saved", "_source"):
            self._administration.execute(
                f"drop database if exists {self.database}{end} with (force)"
            )
        self._administration.close()

    def load(self, *settings: object) -> Task:
        """Start a load in a process of its own; settings: see `loaders.load`."""
        return Task(self.environment, load, self.table, *settings)

    def loaded(self) -> Result:
        """Load in a process of its own and return what became of it."""
        return self.load().result()

    def bytes_of_a_load(self) -> int:
        """Load, and return how many bytes were read, as `tick` is told."""
        return Task(self.environment, count, self.table).result()

    def left_behind(self) -> list[Path]:
        """Return the temporary files of the loads."""
        return list(self._temporary.iterdir())

    def restore(self) -> None:
        """Put the warehouse back to how it was before the load."""
        self._replace(self.database, f"template {self.database}_saved strategy file_copy")

    def reconnect(self) -> None:
        """Connect to the server, also after it was away."""
        self._administration = connect({**self.server, "dbname": "postgres"})

    def connect(self) -> psycopg.Connection:
        """Open a connection to the warehouse."""
        return connect({**self.server, "dbname": self.database})

    def state(self) -> dict[str, object]:
        """Return everything about the table that must not depend on kills."""
        with self.connect() as connection:
            return state(connection, self.table)

    def doing(self) -> str:
        """Return the first word of what a loader lets the warehouse do now."""
        found = self._administration.execute(
            f"select state, query from pg_stat_activity where {self._loaders}"
        ).fetchone()
        if found is None:
            return "no connection"
        activity, query = found
        return query.split()[0].lower() if activity == "active" and query else "between"

    def terminate(self) -> bool:
        """End the loaders' connections to the warehouse; return whether there were any."""
        ended = self._administration.execute(
            f"select pg_terminate_backend(pid) from pg_stat_activity where {self._loaders}"
        ).fetchall()
        return bool(ended)

    def settle(self) -> None:
        """Wait until the warehouse has noticed that loaders are gone."""
        wait_for(
            self._administration,
            f"select not exists (select from pg_stat_activity where {self._loaders})",
        )

    def _replace(self, database: str, how: str = "") -> None:
        self._administration.execute(f"drop database if exists {database} with (force)")
        self._administration.execute(f"create database {database} {how}")


def environment(server: dict[str, str], database: str) -> dict[str, str]:
    """Return the PG* variables by which a process finds the warehouse."""
    parameters = {**server, "database": database}
    return {f"PG{name.upper()}": value for name, value in parameters.items()}


def connect(parameters: dict[str, str]) -> psycopg.Connection:
    """Open a connection that commits each statement."""
    return psycopg.connect(**parameters, autocommit=True)


def state(connection: psycopg.Connection, table: Table) -> dict[str, object]:
    """Return everything about the table that must not depend on kills: no ids, no times."""
    place = Identifier(table.schema, table.name)
    # a file says when it was written; of other sources the time of reading is noted
    metadata = ["_source_file", "_extracted_at"][: 1 + READERS[table.reader].is_files]
    columns = [*(column.name for column in table.columns), *metadata]
    rows = connection.execute(
        SQL(
            "select count(*), coalesce(sum(hashtextextended(cast(row({}) as text), 0)), 0)"
            " from {} as raw"
        ).format(SQL(", ").join(map(Identifier, columns)), place)
    ).fetchone()
    strays = connection.execute(
        SQL(
            "select count(*) from {} as raw where not exists (select from raw_ingest.loads"
            " where loads.load_id = _load_id and loads.source_file = _source_file"
            " and started_at = _loaded_at and status = 'loaded')"
        ).format(place)
    ).fetchone()[0]
    names = [table.source, table.name]
    audit = connection.execute(
        "select source_file, mode, rows_read, rows_loaded, rows_quarantined, rows_unchanged,"
        " rows_deleted, bytes_read, cursor_before, cursor_after, content_hash, contract_version,"
        " message from raw_ingest.loads where source_name = %s and table_name = %s"
        " and status = 'loaded' order by load_id",
        names,
    ).fetchall()
    quarantine = connection.execute(
        "select quarantine.source_file, position, reason, cast(payload as text)"
        " from raw_ingest.quarantine inner join raw_ingest.loads using (load_id)"
        " where quarantine.source_name = %s and quarantine.table_name = %s and status = 'loaded'"
        " order by quarantine_id",
        names,
    ).fetchall()
    # the name of a partition ends in the number of its load
    relations = connection.execute(
        "select regexp_replace(relname, '__\\d+', '__N'), relkind from pg_class"
        " where relnamespace = cast(%s as regnamespace) or relpersistence = 't' order by 1",
        [table.schema],
    ).fetchall()
    return {
        "rows": rows,
        "rows that belong to no load": strays,
        "audit": audit,
        "quarantine": quarantine,
        "relations": relations,
    }


def wait_for(connection: psycopg.Connection, question: str) -> None:
    """Ask until the answer is true."""
    end = time.monotonic() + PATIENCE
    while not connection.execute(question).fetchone()[0]:
        assert time.monotonic() < end, f"waited in vain: {question}"
        time.sleep(0.002)
