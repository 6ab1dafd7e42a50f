"""A small world on its first day."""

import pytest
from world import World


@pytest.fixture(scope="module")
def world(new_world: World) -> World:
    """A small world on its first day, its sources not loaded yet."""
    new_world.keep_artifacts()
    new_world.demo("create", "--lines", "3000", "--seed", "11")
    return new_world
