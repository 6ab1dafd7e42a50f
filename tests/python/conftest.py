"""Fixtures: a throwaway PostgreSQL of the embedded kind, and a checkout to run commands in."""

import contextlib
import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import commands
import psycopg
import pytest
import quick  # noqa: F401  # for what it does
from psycopg.conninfo import make_conninfo
from world import World
from xdist.scheduler import LoadScopeScheduling

from warehouse.embedded import EmbeddedServer

PROJECT = Path(__file__).resolve().parents[2]
# folders whose modules share a world or a stage: one worker has all of them
SHARING = {"access", "crash", "dashboard", "demo", "search"}
# what takes longest is begun first, so that no worker is left alone with it at the end
LONGEST = (
    "orchestration/test_orchestrator.py", "search", "crash", "replication/test_replication.py",
    "end_to_end/test_empty_sources.py", "end_to_end/test_days.py",
    "end_to_end/test_fresh_checkout.py", "end_to_end/test_beside_each_other.py",
    "project/test_faults.py", "dashboard",
    "project/test_diff.py", "benchmarks/test_bench_runs.py", "end_to_end/test_truths.py",
    "ingest/test_commands.py", "orchestration/test_daily.py", "access",
    "end_to_end/test_incremental.py", "end_to_end/test_recomputed.py",
    "end_to_end/test_documents.py",
    "end_to_end/test_planted_errors.py",
    "end_to_end/test_store_sales.py", "replication/test_same_models.py",
    "replication/test_tls.py", "packages/test_package_cases.py", "demo",
)  # fmt: skip


def group(path: str) -> str:
    """Return what is run by one worker: a folder whose modules share something, else the module.

    Args:
        path: of a module, from tests/python, or a test's id there.
    """
    folder, module = path.partition("::")[0].split("/")[-2:]
    return folder if folder in SHARING else f"{folder}/{module}"


class Scheduling(LoadScopeScheduling):
    """Gives a group of tests to one worker, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Scheduling:
    """Take the scheduling by groups; xdist's own, by marks, finds none with pytest 9."""
    return Scheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(group(item.nodeid), len(places)))


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder of what all workers share, and let signals end what the tests start."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:  # by nohup, or a shell's background
            is_interrupt = number == signal.SIGINT
            signal.signal(number, signal.default_int_handler if is_interrupt else signal.SIG_DFL)
    # what the tests start looks for modules here first
    os.environ["PYTHONPATH"] = str(Path(__file__).with_name("lean"))
    if not hasattr(config, "workerinput"):
        os.environ[commands.SHARED] = tempfile.mkdtemp(prefix="thinkthrift_shared_")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ[commands.SHARED], ignore_errors=True)


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
        """Return the PG* variables that choose this server.

        With those of `thinkthrift` dbt reads what `give_parsed` wrote, if that was called.
        """
        chosen = {
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGDATABASE": dbname,
        }
        if dbname == "thinkthrift" and self._parsed.exists():
            chosen["DBT_PARTIAL_PARSE_FILE_PATH"] = str(self._parsed)
        return chosen

    def give_parsed(self) -> None:
        """Let dbt find the project parsed, when it connects to `thinkthrift`."""
        if not self._parsed.exists():
            environment = {**os.environ, **self.environment()}
            done = commands.run("parsed", str(self._parsed), environment=environment)
            assert done.returncode == 0, done.stderr

    @property
    def _parsed(self) -> Path:
        return Path(os.environ[commands.SHARED]) / f"parsed_for_{self.port}"

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
def older_objects_stay() -> None:
    """Look for garbage in what this module makes only, not in all that the worker holds."""
    gc.collect()
    gc.freeze()


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
        if "PYTEST_XDIST_WORKER" in os.environ:  # many will start dbt; for one it may not pay
            running.give_parsed()
        yield running


@pytest.fixture(scope="session")
def _the_world(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("world"), postgres)
    yield made
    made.connection.close()


@pytest.fixture(scope="module")
def new_world(_the_world: World) -> World:
    """An empty world in the place of the last module's, so that dbt knows the project already."""
    _the_world.clear()
    return _the_world
