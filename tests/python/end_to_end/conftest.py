"""A small world on its first day."""

from collections.abc import Iterator

import pytest
from world import World


@pytest.fixture(scope="module")
def world(postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A small world on its first day, its sources not loaded yet."""
    fresh = World(tmp_path_factory.mktemp("world"), postgres, "end_to_end")
    fresh.demo("create", "--lines", "3000", "--seed", "11")
    yield fresh
    fresh.connection.close()
