"""Each source can be empty: what it would have brought is missing, and nothing breaks."""

import pytest
from world import World

SOURCES = (
    "catalog", "events", "history", "logistics", "marketplace", "shop", "store_mail", "stores"
)  # fmt: skip


@pytest.fixture(scope="module")
def world(postgres, tmp_path_factory):
    """A small world whose sources are loaded, as the template of others."""
    fresh = World(tmp_path_factory.mktemp("empty"), postgres, "every_source")
    fresh.demo("create", "--lines", "2000", "--seed", "5")
    fresh.load()
    fresh.connection.close()
    return fresh


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_without_rows_breaks_nothing(world, postgres, source) -> None:
    with postgres.connect("postgres") as admin:
        admin.execute("drop database if exists one_source_less with (force)")
        admin.execute("create database one_source_less template every_source")
    with postgres.connect("one_source_less") as warehouse:
        tables = warehouse.execute(
            "select format('%%I.%%I', schemaname, tablename) from pg_tables"
            " where schemaname = %s and tablename !~ '__\\d+$'",
            [f"raw_{source}"],
        ).fetchall()
        assert tables
        for (table,) in tables:
            warehouse.execute(f"truncate {table}")
    world.environment.update(postgres.environment("one_source_less"))
    world.dbt("build", "--exclude", "test_type:unit", "--threads", "4")
