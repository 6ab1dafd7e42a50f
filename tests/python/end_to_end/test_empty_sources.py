"""Each source can be empty: what it would have brought is missing, and nothing breaks."""

import pytest
from world import World

OTHERS = ("catalog", "events", "history", "logistics", "marketplace", "store_mail", "stores")
SOURCES = ("shop", *(pytest.param(source, marks=pytest.mark.long) for source in OTHERS))


@pytest.fixture(scope="module")
def world(new_world: World, postgres) -> World:
    """A small world; what its sources gave is kept in a database `every_source`."""
    new_world.demo("create", "--lines", "900", "--seed", "5")
    new_world.load()
    new_world.connection.close()
    postgres.create("every_source", "thinkthrift")
    return new_world


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_without_rows_breaks_nothing(world: World, source: str) -> None:
    world.connection.close()
    world.make_database("every_source")
    tables = world.rows(
        "select format('%%I.%%I', schemaname, tablename) from pg_tables"
        " where schemaname = %s and tablename !~ '__\\d+$'",
        f"raw_{source}",
    )
    assert tables
    for (table,) in tables:
        world.connection.execute(f"truncate {table}")
    world.dbt("build", "--exclude-resource-type", "unit_test", "test")
    # what does not read it has the same rows as in a world that lacks nothing
    world.dbt("test", "--select", f"source:{source}+,test_type:data")
