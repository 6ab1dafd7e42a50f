"""A small warehouse with roles, the dashboard in front of it, and a browser."""

import os
from collections.abc import Callable, Iterator

import pytest
from access.people import PASSWORD, acting
from streamlit.testing.v1 import AppTest
from world import World

from apps.dashboard import page
from apps.dashboard.browser import browsing, serving
from warehouse.roles import Group, add_member

TESTED = "rpt_load_health"


@pytest.fixture(scope="session")
def world(server_of_version, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A small world in a server of its own, for roles belong to servers; some tests have run."""
    with server_of_version(18) as server:
        made = World(tmp_path_factory.mktemp("world"), server)
        made.run("ingest", "roles")
        add_member(made.connection, Group.bi, "viewer", PASSWORD)
        add_member(made.connection, Group.loader, "feeder", PASSWORD)
        made.demo("create", "--lines", "900", "--seed", "5")
        made.load()
        made.dbt("build", "--exclude-resource-type", "test", "unit_test")
        made.dbt("test", "--select", f"{TESTED},test_type:data")
        yield made
        made.connection.close()


@pytest.fixture
def here(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The same, whose variables this process has, so that pages can be drawn in it."""
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DBT_TARGET", raising=False)
    page._cached.clear()
    return world


@pytest.fixture(scope="session")
def draw() -> Callable[[str], AppTest]:
    """Give a function that draws a page without a browser."""

    def drawn(name: str) -> AppTest:
        script = (
            "from apps.dashboard.page import draw\n"
            f"from apps.dashboard.views import {name}\ndraw({name})"
        )
        return AppTest.from_string(script, default_timeout=60).run()

    return drawn


@pytest.fixture(scope="session")
def address(world: World) -> Iterator[str]:
    """Where the dashboard is, for which a login of the role bi reads the warehouse."""
    with serving({**os.environ, **acting(world, "viewer").environment}) as served:
        yield served


@pytest.fixture
def browser() -> Iterator[object]:
    """A page of a headless browser, which notes the errors that it tells."""
    with browsing() as opened:
        opened.errors = []
        opened.on("pageerror", lambda error: opened.errors.append(str(error)))

        def note(said: object) -> None:
            # below a page's own address Streamlit looks for its server first
            if said.type == "error" and "/_stcore/" not in said.location["url"]:
                opened.errors.append(said.text)

        opened.on("console", note)
        yield opened
