"""Fixtures: a cluster, and a warehouse on it beside a plain one, both of the same sources.

CITUS_TARBALL names a build of Citus for the embedded server's PostgreSQL. With PGHOST set, the
database that the PG* variables name is used instead. It has to be empty, and the coordinator's.
CLUSTER_LINES (1,000) and CLUSTER_WORKERS (2) make it larger; CLUSTER_KILLS (2) is how often a
worker is killed.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pair import Pair, Spread
from world import PROJECT, World

from tools.benchmarks.nodes import Cluster

TARBALL = Path(
    os.environ.get("CITUS_TARBALL") or PROJECT / "../shared/citus/citus-14.0.1-pg18.tar.gz"
)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A coordinator and workers of the tests' own."""
    if os.environ.get("PGHOST"):
        pytest.skip("PGHOST names a cluster, whose nodes are not ours to stop")
    if not TARBALL.exists():
        pytest.skip("CITUS_TARBALL names no build of Citus")
    folder = Path(tempfile.mkdtemp(prefix="thinkthrift_cluster_"))
    made = Cluster(folder, TARBALL, int(os.environ.get("CLUSTER_WORKERS", "2")))
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def coordinator(request: pytest.FixtureRequest) -> dict[str, str]:
    """How to reach the coordinator that the environment chooses, else one of the tests' own."""
    if not os.environ.get("PGHOST"):
        return request.getfixturevalue("cluster").nodes[0].parameters()
    defaults = {"HOST": "", "PORT": "5432", "USER": "postgres", "PASSWORD": ""}
    return {name.lower(): os.environ.get(f"PG{name}", value) for name, value in defaults.items()}


@pytest.fixture(scope="module")
def pair(coordinator: dict[str, str], new_world: World, postgres) -> Iterator[Pair]:
    """The demo's world, to be loaded into a plain warehouse and into one on a cluster."""
    server = type(postgres)(**coordinator)
    made = Pair(new_world, Spread(new_world.folder, server), postgres)
    yield made
    made.spread.connection.close()
