"""On a cluster, everything that is built has the content that it has on one server."""

import os
import random
import threading
import time

import pytest
from pair import Pair

from tools.benchmarks.nodes import Cluster

# each takes minutes; `make test-citus` runs them
pytestmark = pytest.mark.long
KILLS = int(os.environ.get("CLUSTER_KILLS", "2"))
SEARCHES = ("'denim jacket'", "'\"trench coat\" -red'", "null, max_price => 30", "'jaket or shoos'")
# which count loads that failed, too
LOADS = {'"marts"."rpt_load_health"', '"staging"."stg_ingest__loads"'}
BUILT = ("--exclude-resource-type", "test", "unit_test")


def build(pair: Pair) -> None:
    for world in (pair.plain, pair.spread):
        world.dbt("build", *BUILT)


def test_the_first_build(pair: Pair) -> None:
    pair.load()
    build(pair)
    assert pair.differences() == {}


def test_a_build_of_nothing_new(pair: Pair) -> None:
    build(pair)
    assert pair.differences() == {}


def test_a_week_later(pair: Pair) -> None:
    pair.plain.demo("advance", "--days", "7")
    pair.load()
    build(pair)
    assert pair.differences() == {}


@pytest.mark.parametrize("arguments", SEARCHES)
def test_a_search_by_a_function(pair: Pair, arguments: str) -> None:
    for function in ("search_listings", "search_listing_facets", "search_listing_summary"):
        rows = [
            world.rows(f"select * from search.{function}({arguments})")
            for world in (pair.plain, pair.spread)
        ]
        assert rows[0] == rows[1]
        assert rows[0], f"{function}({arguments}) finds nothing"


def test_large_tables_are_on_the_workers(pair: Pair) -> None:
    rows = pair.spread.rows(
        "select shouldhaveshards, sum(shard_size) from pg_dist_node"
        " inner join citus_shards using (nodename, nodeport)"
        " where citus_table_type = 'distributed' group by nodename, nodeport, shouldhaveshards"
    )
    sizes = [float(size) for _, size in rows]
    assert len(sizes) >= 2
    assert max(sizes) < 1.3 * min(sizes)


def test_dbt_finds_no_fault(pair: Pair) -> None:
    pair.spread.dbt("test")


@pytest.fixture(scope="module")
def took() -> dict[str, float]:
    """How many seconds the last load and build of a day took on the cluster."""
    return {"load": 20.0, "build": 60.0}


@pytest.mark.parametrize("turn", range(KILLS))
def test_a_worker_that_dies(
    pair: Pair, cluster: Cluster, took: dict[str, float], turn: int
) -> None:
    chance = random.Random(turn)
    worker = chance.choice(cluster.nodes[1:])
    moment = chance.uniform(0, took["load"] + took["build"])
    of_build = moment - took["load"]

    def load_and_lose() -> None:
        timer = threading.Timer(moment, worker.kill)
        timer.start()
        pair.spread.load(expect=None)
        timer.join()
        worker.start()

    pair.plain.demo("advance", "--days", "1")
    began = time.monotonic()
    if of_build < 0:
        pair.load(before=load_and_lose)
    else:
        pair.load()
        took["load"] = (time.monotonic() - began) / 2
    pair.plain.dbt("build", *BUILT)
    if of_build >= 0:
        timer = threading.Timer(of_build, worker.kill)
        timer.start()
        pair.spread.run("dbt.cli.main", "build", *BUILT, expect=None)
        timer.join()
        worker.start()
    began = time.monotonic()
    pair.spread.dbt("build", *BUILT)
    took["build"] = time.monotonic() - began
    assert {name: what for name, what in pair.differences().items() if name not in LOADS} == {}
