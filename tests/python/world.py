"""A demo world with a warehouse of its own, and the commands that a user would type."""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import commands
from commands import PROJECT as PROJECT

from tools.demo.catalog import Catalog
from tools.demo.serve import CatalogServer, serving
from tools.demo.state import load_complete

FILE_SOURCES = ("marketplace", "history", "events", "logistics", "store_mail")


class World:
    """A demo world in a folder and a warehouse of its own."""

    def __init__(self, folder: Path, postgres) -> None:
        self.folder, self._postgres, self._database = folder, postgres, "thinkthrift"
        self.make_database()
        postgres.give_parsed()
        self.environment = {
            **os.environ,
            **postgres.environment(),
            **{f"{name.upper()}_LOCATION": str(folder / "demo" / name) for name in FILE_SOURCES},
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
            "DBT_LOG_LEVEL_FILE": "none",
            # a second for each command, which few tests need; see `keep_artifacts`
            "DBT_WRITE_JSON": "false",
            "DBT_PROFILES_DIR": str(PROJECT),
        }
        self.environment.pop("DBT_TARGET", None)
        self._first_environment = dict(self.environment)

    def make_database(self, template: str = "template1") -> None:
        """Make the warehouse's database like the template."""
        self._postgres.create(self._database, template)
        self.connection = self._postgres.connect(self._database)

    def conninfo(self) -> str:
        """Return the connection string of the warehouse."""
        return self._postgres.conninfo(self._database)

    def keep_artifacts(self) -> None:
        """Let dbt write its manifest and results from now on."""
        self.environment["DBT_WRITE_JSON"] = "true"

    def clear(self) -> None:
        """Remove everything, and forget what the environment was given."""
        self.environment = dict(self._first_environment)
        self.connection.close()
        shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True)
        self.make_database()

    def run(
        self,
        module: str,
        *arguments: str,
        expect: int | None = 0,
        environment: dict[str, str] | None = None,
    ) -> str:
        """Run `python -m module arguments` in the checkout; return what it printed.

        Args:
            module: such as `ingest`.
            arguments: of the command line.
            expect: the exit code that it must end with; none if any will do.
            environment: the world's own, if none is given.
        """
        done = commands.run(module, *arguments, environment=environment or self.environment)
        output = done.stdout + done.stderr
        assert expect in (None, done.returncode), output[-4000:]
        assert "Traceback" not in output
        return output

    def demo(self, *arguments: str) -> str:
        """Run a command of the demo on this world's folder."""
        return self.run("tools.demo", *arguments, "--folder", str(self.folder / "demo"))

    def load(self, *arguments: str, expect: int | None = 0) -> str:
        """Load from all sources or the named ones, while the catalog answers if there is one."""
        if not (self.folder / "demo" / "state.json").exists():
            return self.run("ingest", "load", *arguments, expect=expect)
        with self.catalog() as environment:
            return self.run("ingest", "load", *arguments, expect=expect, environment=environment)

    @contextlib.contextmanager
    def catalog(self) -> Iterator[dict[str, str]]:
        """Serve the catalog for as long as the context lasts; gives the environment with it."""
        state = load_complete(self.folder / "demo")
        with serving(CatalogServer(0, lambda: Catalog(state.world(), state.day))) as address:
            yield {"CATALOG_LOCATION": address, **self.environment}

    def dbt(self, *arguments: str, expect: int = 0) -> str:
        return self.run("dbt.cli.main", "--no-use-colors", *arguments, expect=expect)

    def rows(self, query: str, *values: object) -> list[tuple]:
        return self.connection.execute(query, values).fetchall()

    def truths(self) -> dict:
        return json.loads((self.folder / "demo" / "truths.json").read_text(), parse_float=Decimal)

    def listed(self, name: str) -> list[dict]:
        """Return one of the lists of planted truths."""
        path = self.folder / "demo" / "truths" / f"{name}.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()]

    def checksums(self) -> dict[str, tuple]:
        """Return row count and checksum of every relation in marts and snapshots."""
        names = self.rows(
            "select table_schema, table_name from information_schema.tables"
            " where table_schema in ('marts', 'snapshots') order by 1, 2"
        )
        return {
            f"{schema}.{name}": self.rows(
                f"select count(*), md5(string_agg(md5(t::text), '' order by md5(t::text)))"
                f" from {schema}.{name} as t"
            )[0]
            for schema, name in names
        }
