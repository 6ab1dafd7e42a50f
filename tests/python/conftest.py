"""Fixtures: a throwaway PostgreSQL of the embedded kind, and a checkout to run commands in."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from world import World

from warehouse.embedded import EmbeddedServer

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Postgres:
    """A running server, and how to reach its databases."""

    host: str
    port: str
    user: str
    password: str

    def conninfo(self, dbname: str | None = None) -> str:
        """Return the connection string of a database, by default `thinkthrift`."""
        return make_conninfo(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=dbname or "thinkthrift",
        )

    def uri(self, dbname: str) -> str:
        """Return the same as a URI, as a source's location."""
        return f"postgresql://{self.user}:{self.password}@{self.host}:{self.port}/{dbname}"

    def environment(self, dbname: str = "thinkthrift") -> dict[str, str]:
        """Return the PG* variables that choose this server."""
        return {
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGDATABASE": dbname,
        }

    def connect(self, dbname: str) -> psycopg.Connection:
        """Connect to a database; each statement is a transaction."""
        return psycopg.connect(self.conninfo(dbname), autocommit=True)

    def create(self, dbname: str, template: str = "template1") -> None:
        """Make a database like the template in place of one that has the name."""
        with self.connect("postgres") as connection:
            connection.execute(f'drop database if exists "{dbname}" with (force)')
            connection.execute(f'create database "{dbname}" template "{template}"')


def _chosen() -> dict[str, str]:
    """Return the variables that choose a warehouse, dbt's target or a source."""
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith(("PG", "DBT_")) or name.endswith("_LOCATION")
    }


CHOSEN = _chosen()


@pytest.fixture(scope="module", autouse=True)
def same_environment() -> Iterator[None]:
    """Fail if a module's tests leave the next one another environment, as `_chosen` sees it."""
    yield
    assert _chosen() == CHOSEN


@pytest.fixture(scope="session")
def server_of_version():
    """Give a context manager that runs a server of a major version."""
    return _running


@contextlib.contextmanager
def _running(version: int) -> Iterator[Postgres]:
    """Run a server of the embedded kind, of a major version, for as long as the context lasts."""
    # not in pytest's own folder, which another run of pytest takes from the server's user
    folder = Path(tempfile.mkdtemp(prefix="thinkthrift_test_"))
    server = EmbeddedServer(folder, version)
    running = Postgres(**server.parameters())
    with psycopg.connect(running.conninfo("postgres"), autocommit=True) as connection:
        # nothing here needs to survive a crash of the machine
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"alter system set {setting} = off")
        connection.execute("select pg_reload_conf()")
    try:
        yield running
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A throwaway server with a database `thinkthrift`.

    POSTGRES_VERSION=16 takes the oldest version that is supported.
    """
    with _running(int(os.environ.get("POSTGRES_VERSION", "18"))) as running:
        running.create("thinkthrift")
        yield running


@pytest.fixture(scope="session")
def _the_world(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("world"), postgres, "world")
    yield made
    made.connection.close()


@pytest.fixture(scope="module")
def new_world(_the_world: World) -> World:
    """An empty world in the place of the last module's, so that dbt knows the project already."""
    _the_world.clear()
    return _the_world
