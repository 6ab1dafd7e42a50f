"""A warehouse that a loader and a transformer have built, and people who may only read it."""

import os
from collections.abc import Callable, Iterator

import psycopg
import pytest
from access.people import MEMBERS, PASSWORD, acting
from access.planted import plant
from psycopg.conninfo import make_conninfo
from world import World

from warehouse.roles import Group, add_member

# as a superuser may have left them before there were roles
LEFT_BY_A_SUPERUSER = """
    create schema marts;
    create table marts.dim_stores (store_id text);
    create schema staging;
    create view staging.stg_shop__orders as select 1 as order_id;
    create schema search;
    create function search.search_edit_distance(typed text, known text) returns integer
    language sql as 'select 0';
"""
# what somebody granted by hand on a relation that dbt does not make anew
GRANTED_BY_HAND = """
    grant select on marts.fct_order_lines to thinkthrift_analyst, thinkthrift_bi;
    create table test_failures.kept as select 1 as one;
    alter table test_failures.kept owner to thinkthrift_transformer;
    create table bob_search.search_results as select 1 as one;
    alter table bob_search.search_results owner to bob;
"""


@pytest.fixture(scope="session")
def world(server_of_version, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A small world in a server of its own, for roles belong to servers.

    A superuser began it; a loader and a transformer, who are no more than that, did the rest.
    """
    with server_of_version(int(os.environ.get("POSTGRES_VERSION", "18"))) as server:
        made = World(tmp_path_factory.mktemp("world"), server)
        made.keep_artifacts()
        made.demo("create", "--lines", "500", "--seed", "5")
        made.load("marketplace", "shop", "stores", "catalog")
        made.connection.execute(LEFT_BY_A_SUPERUSER)
        made.run("ingest", "roles")
        for name, group in MEMBERS.items():
            add_member(made.connection, Group(group), name, PASSWORD)
        acting(made, "feeder").load(
            "--full", "marketplace", "history", "events", "logistics", "store_mail"
        )
        made.planted = plant(made.connection)
        builder = acting(made, "builder")
        builder.dbt("build", "--exclude-resource-type", "test", "unit_test")
        made.connection.execute(GRANTED_BY_HAND)
        builder.dbt(
            "build", "--select", "fct_order_lines", "dim_channels", "--exclude", "test_type:unit"
        )
        yield made
        made.connection.close()


@pytest.fixture(scope="session")
def planted(world) -> list[str]:
    """What tells each personal value that was planted in the sources."""
    return world.planted


@pytest.fixture(scope="session")
def _opened() -> Iterator[dict[str, psycopg.Connection]]:
    opened: dict[str, psycopg.Connection] = {}
    yield opened
    for connection in opened.values():
        connection.close()


@pytest.fixture
def connect(world: World, _opened: dict) -> Iterator[Callable[[str], psycopg.Connection]]:
    """Give a function that returns a user's connection; what a test does is rolled back."""

    def connected(name: str) -> psycopg.Connection:
        if name not in _opened:
            user = {} if name == "superuser" else {"user": name, "password": PASSWORD}
            waits = "-c lock_timeout=10s"
            _opened[name] = psycopg.connect(make_conninfo(world.conninfo(), options=waits, **user))
        return _opened[name]

    yield connected
    for connection in _opened.values():
        connection.rollback()
