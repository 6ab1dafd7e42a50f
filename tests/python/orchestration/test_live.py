"""Live marts: what comes is built at once, and what failed meanwhile is told and made up for."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
import pytest
from orchestration.servers import wait_for
from psycopg.conninfo import make_conninfo
from world import PROJECT, World

SOLD = "select cast(sum(line_count) as integer) from marts.rpt_daily_sales where channel = 'shop'"


class Live:
    """`python -m apps.orchestration live`, at work on a world."""

    def __init__(self, world: World) -> None:
        self.log = world.folder / "live.log"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "apps.orchestration", "live", "--every", "0.5"],
            cwd=PROJECT, env=world.environment, stdout=self.log.open("w"),
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    def lines(self) -> list[str]:
        """Return what it has said, while it is at work."""
        assert self._process.poll() is None, self.log.read_text()
        return self.log.read_text().splitlines()

    def says(self, text: str, times: int = 1) -> bool:
        """Tell whether it has said something so often."""
        return sum(text in line for line in self.lines()) >= times

    def stop(self) -> int:
        """Press Ctrl-C, which a terminal sends to all of its processes; return the exit code."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGINT)
        return self._process.wait(timeout=300)


@pytest.fixture(scope="module")
def world(new_world: World) -> World:
    new_world.demo("create", "--lines", "900", "--seed", "5")
    new_world.load()
    return new_world


@pytest.fixture(scope="module")
def live(world: World) -> Iterator[Live]:
    made = Live(world)
    wait_for(lambda: made.says("s to build everything"))
    yield made
    made.stop()


def sell(world: World, order_item_id: int) -> None:
    """Sell in the shop what somebody bought before, and load it."""
    with psycopg.connect(make_conninfo(world.conninfo(), dbname="demo_shop")) as shop:
        shop.execute(
            "insert into order_items (order_item_id, order_id, sku, quantity, unit_price,"
            " updated_at) select %s, order_id, sku, 1, 10, now() from order_items limit 1",
            [order_item_id],
        )
    world.load("shop")


def test_what_is_sold_is_in_the_marts(world: World, live: Live) -> None:
    [(before,)] = world.rows(SOLD)
    said = len(live.lines())
    sell(world, 9_000_001)
    wait_for(lambda: live.says("s to build shop.order_items"))
    assert world.rows(SOLD) == [(before + 1,)]
    # once is enough
    time.sleep(3)
    assert len(live.lines()) == said + 1


@pytest.mark.long
def test_a_build_that_failed_is_told_and_made_up_for(world: World, live: Live) -> None:
    [(before,)] = world.rows(SOLD)
    with psycopg.connect(world.conninfo(), autocommit=True) as day:
        day.execute("select pg_advisory_lock(hashtext('thinkthrift day'))")
        sell(world, 9_000_002)
        wait_for(lambda: live.says("Another daily run is building this warehouse"))
    assert world.rows(SOLD) == [(before,)]
    wait_for(lambda: world.rows(SOLD) == [(before + 1,)])


def test_it_ends_by_ctrl_c_after_the_build_that_runs(world: World, live: Live) -> None:
    [(before,)] = world.rows(SOLD)
    sell(world, 9_000_003)
    builds = (
        "select count(*) > 0 from pg_stat_activity"
        " where datname = current_database() and application_name = 'dbt'"
    )
    wait_for(lambda: world.rows(builds) == [(True,)])
    assert live.stop() == 0
    assert world.rows(SOLD) == [(before + 1,)]
    assert live.log.read_text().endswith("stopped; no build is left half done\n")
