"""Run the search models with other vars and without parsing the project again."""

import fcntl
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

import warehouse
from apps.search import messages
from apps.search.found import Found, Row
from warehouse.errors import UserError
from warehouse.signals import ended_by_interrupts

PROJECT = warehouse.PROJECT
SHOWN = ("search_results", "search_summary")
# where dbt keeps what it parsed
KEPT = "partial_parse.msgpack"
NAMED = (*SHOWN, "search_facets")
# for somebody's open transaction on the results of the search before
LONGEST_WAIT = "3s"
# what dbt parses
CODE = (
    "models", "macros", "functions", "seeds", "snapshots", "analyses", "tests", "dbt_packages",
)  # fmt: skip
KINDS = (".sql", ".yml", ".yaml", ".csv", ".md")


class Searcher:
    """Searches one after the other; the project is parsed when its files change."""

    def __init__(self) -> None:
        target = Path(os.environ.get("DBT_TARGET_PATH", PROJECT / "target"))
        self._kept = (target / KEPT, target / "search" / KEPT)
        place = {"project-dir": PROJECT, "profiles-dir": _profiles()}
        # apart from the daily build's, so that neither makes the other parse anew
        place |= {"target-path": target / "search", "log-path": target / "search"}
        self._place = [part for name, path in place.items() for part in (f"--{name}", str(path))]
        self._manifest: Manifest | None = None
        self._state: object = None

    def find(self, given: dict[str, object]) -> Found:
        """Search, and return what was found.

        Args:
            given: the vars, by their full names; they are checked by the project's macros.

        Raises:
            UsageError: a var is wrong.
            UserError: the warehouse, the index or the project is not ready.
        """
        started = time.monotonic()
        with warehouse.connect() as connection:
            connection.autocommit = True
            self._parse()
            # no other search has this name while the connection lasts
            self._take_name(str(connection.info.backend_pid))
            try:
                self._run(given)
                with connection.transaction():
                    columns, rows = self._read(connection, "search_results")
                    _, summary = self._read(connection, "search_summary")
                occupied = self._publish(connection, given.get("search_name"))
            finally:
                self._remove(connection)
        rows.sort(key=lambda row: row["search_rank"])
        return Found(columns, rows, summary[0], time.monotonic() - started, occupied)

    def prepare(self) -> None:
        """Reach the warehouse and parse the project if need be."""
        with warehouse.connect():
            self._parse()

    def schema_of(self, name: str) -> str:
        """Return the schema of a model."""
        self._parse()
        return str(next(node.schema for node in self._nodes() if node.name == name))

    def _parse(self) -> None:
        """Take the manifest of the project as it is; dbt parses only what has changed."""
        state = _state()
        if state != self._state:
            theirs, ours = self._kept
            ours.parent.mkdir(parents=True, exist_ok=True)
            # dbt writes what it parsed into a file, which another must not read meanwhile
            with ours.with_suffix(".lock").open("w") as lock, ended_by_interrupts():
                fcntl.flock(lock, fcntl.LOCK_EX)
                if theirs.exists() and not ours.exists():
                    # what the daily build parsed will do, if that was without vars; dbt finds out
                    shutil.copy(theirs, ours)
                done = self._dbt("parse", "--no-write-json")
            if not done.success:
                raise UserError(
                    f"dbt cannot read the project: {messages.plain(done.exception)}\n"
                    "Mend it until `dbt parse` is content."
                )
            assert isinstance(done.result, Manifest)  # what `parse` gives
            self._manifest, self._state = done.result, state

    def _take_name(self, name: str) -> None:
        """Name the result relations, for this search alone; parsing fixed their names."""
        for node in self._nodes():
            if node.resource_type == "model" and node.fqn[1] == "search":
                # what dbt keeps in a node of an earlier run
                node.compiled, node.extra_ctes_injected, node.extra_ctes = False, False, []
                if node.name in NAMED:
                    node.alias = f"{node.name}__{name}"
                    parts = (node.database, node.schema, node.alias)
                    node.relation_name = ".".join(f'"{part}"' for part in parts)

    def _run(self, given: dict[str, object]) -> None:
        done = self._dbt(
            "run", "--no-write-json", "--cache-selected-only", "--select", *SHOWN, vars=given
        )
        if not done.success:
            raise messages.explained(done)

    def _dbt(self, command: str, *arguments: str, **parameters: object) -> dbtRunnerResult:
        quiet = ("--log-level", "none", "--log-level-file", "info", "--no-version-check")
        manifest = None if command == "parse" else self._manifest
        done = dbtRunner(manifest).invoke([*quiet, command, *arguments, *self._place], **parameters)
        if isinstance(done.exception, KeyboardInterrupt):  # which dbt swallows
            raise done.exception
        return done

    def _read(self, connection: psycopg.Connection, name: str) -> tuple[list[str], list[Row]]:
        """Return the columns and the rows of a result."""
        node = next(node for node in self._nodes() if node.name == name)
        query = SQL("select * from {}").format(Identifier(node.schema, node.alias))
        cursor = connection.cursor(row_factory=dict_row).execute(query)
        return [column.name for column in cursor.description or ()], cursor.fetchall()

    def _publish(self, connection: psycopg.Connection, name: object) -> str:
        """Let the results stand where others look for them; return who prevents it, if anybody.

        Args:
            connection: whose statements are transactions.
            name: the var search_name, which the project has checked.
        """
        try:
            with connection.transaction():
                connection.execute(SQL("set local lock_timeout = {}").format(LONGEST_WAIT))
                for node in self._shown():
                    public = f"{node.name}__{name}" if name else node.name
                    # as a search by plain dbt does; see dbt_project.yml
                    place = f'"{node.database}"."{node.schema}"."{public}"'
                    connection.execute(
                        "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [place]
                    )
                    connection.execute(
                        SQL("drop table if exists {} cascade").format(
                            Identifier(node.schema, public)
                        )
                    )
                    connection.execute(
                        SQL("alter table {} rename to {}").format(
                            Identifier(node.schema, node.alias), Identifier(public)
                        )
                    )
        except psycopg.errors.LockNotAvailable:
            return public
        return ""

    def _remove(self, connection: psycopg.Connection) -> None:
        """Remove the results of this search, if they are still under their own names."""
        for node in self._shown():
            with suppress(psycopg.OperationalError):  # why it is away has been said
                connection.execute(
                    SQL("drop table if exists {}").format(Identifier(node.schema, node.alias))
                )

    def _shown(self) -> list[Any]:
        return [node for node in self._nodes() if node.name in SHOWN]

    def _nodes(self) -> list[Any]:
        """Return the nodes that dbt has parsed."""
        return list(self._manifest.nodes.values()) if self._manifest else []


def _profiles() -> str:
    return os.environ.get("DBT_PROFILES_DIR", str(PROJECT))


def _state() -> object:
    """Return what changes when a file does that dbt parses."""
    files = [Path(_profiles(), "profiles.yml"), *PROJECT.glob("*.yml")]
    for part in CODE:
        for folder, _, names in os.walk(PROJECT / part):
            files += [Path(folder, name) for name in names if name.endswith(KINDS)]
    state = []
    for path in files:
        with suppress(FileNotFoundError):
            stat = path.stat()
            state.append((str(path), stat.st_mtime_ns, stat.st_size))
    return sorted(state)
