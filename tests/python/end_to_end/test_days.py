"""Day one, a second build, three days on, a week on: every figure against the planted truths.

The tests of this module build on one another, in their order.
"""

import json

import pytest
from truths import (
    CHANNELS,
    assert_marts_tell_the_truth,
    assert_raw_tables_hold_every_good_row,
)

# all of them run on the first day, and on the last, which stands on all that was built before
WITHOUT_TESTS = ("--exclude-resource-type", "unit_test", "test")


def test_the_demo_command_shows_the_way(world) -> None:
    printed = world.demo("run", "--lines", "3000", "--seed", "11")
    for part in ("shop.orders", "models", "tests passed", "Key figures", "Docs", "Try next"):
        assert part in printed
    assert (world.folder / "target" / "static_index.html").stat().st_size > 1_000_000
    before = world.rows("select max(load_id) from raw_ingest.loads")
    again = world.demo("run", "--lines", "3000", "--seed", "11")
    assert "dbt build" not in again
    assert "Key figures" in again
    assert world.rows("select max(load_id) from raw_ingest.loads") == before


def test_each_column_in_the_warehouse_is_in_the_yaml(world) -> None:
    """Of models and seeds; raw tables and snapshots carry columns of the tools that fill them."""
    manifest, catalog = (
        json.loads((world.folder / "target" / name).read_text())["nodes"]
        for name in ("manifest.json", "catalog.json")
    )
    found = {
        name: node["columns"]
        for name, node in catalog.items()
        if name.startswith(("model.thinkthrift.", "seed.thinkthrift."))
    }
    assert len(found) > 50
    assert not [
        f"{name}.{column}"
        for name, columns in found.items()
        for column in columns
        if column not in manifest[name]["columns"]
    ]


def test_day_one_loads_all_that_is_good_and_keeps_what_is_not(world) -> None:
    assert_raw_tables_hold_every_good_row(world)
    for table, truth in world.truths()["tables"].items():
        source, name = table.split(".")
        expected = sum(truth["rows_bad"].values())
        if source == "marketplace":  # replaced as a whole: a key comes once
            expected += truth["rows_repeated"]
        [(count,)] = world.rows(
            "select count(*) from raw_ingest.quarantine where source_name = %s and table_name = %s",
            source,
            name,
        )
        assert count == expected, table
    assert world.rows(
        "select count(*) from raw_ingest.loads where rows_read <> rows_loaded + rows_quarantined"
    ) == [(0,)]


def test_day_one_tells_the_truth(world) -> None:
    assert_marts_tell_the_truth(world, CHANNELS)


def test_a_second_load_and_build_change_no_row(world) -> None:
    before = world.checksums()
    assert "marts.fct_order_lines" in before
    world.load()
    world.dbt("build", *WITHOUT_TESTS)
    world.dbt("test", "--select", "rpt_load_health,test_type:data")
    after = world.checksums()
    # they tell of loads
    for name in ("load_health", "data_tests", "source_counts", "source_horizons"):
        assert before.pop(f"marts.rpt_{name}") != after.pop(f"marts.rpt_{name}")
    assert after == before


def test_a_store_that_is_down_stops_nobody(world) -> None:
    world.demo("advance", "--days", "2")
    printed = world.load()
    assert "unreachable" in printed
    assert "cannot be reached" in printed
    world.dbt("build", *WITHOUT_TESTS)


def test_a_week_on_everything_is_caught_up(world) -> None:
    world.demo("advance", "--days", "5")
    world.load()
    world.dbt("build", *WITHOUT_TESTS)
    assert_marts_tell_the_truth(world, CHANNELS)


def test_silently_changed_rows_come_with_a_full_load(world) -> None:
    world.load("--full", "shop", "stores")
    world.dbt("build", "--exclude-resource-type", "unit_test")
    assert_raw_tables_hold_every_good_row(world)
    assert_marts_tell_the_truth(world, CHANNELS)


@pytest.mark.long
def test_reports_take_dates(world) -> None:
    printed = world.dbt(
        "run", "--select", "rpt_users_since", "--vars", "{join_date: 2024-01-01, top_n: 5}"
    )
    assert "What is selected does not read the var 'top_n'. It reads: join_date." in printed
    assert "read the var 'join_date'" not in printed
    [(count, first)] = world.rows("select count(*), min(joined_date) from marts.rpt_users_since")
    assert count > 0
    assert str(first) >= "2024-01-01"


@pytest.mark.parametrize("value", ["2022-01-01' or 1=1 --", "2022-02-30", "{{ 7 * 7 }}"])
def test_what_is_no_date_is_refused_and_nothing_runs(world, value) -> None:
    results = world.folder / "target" / "run_results.json"
    stamp = results.stat().st_mtime_ns
    printed = world.dbt("run", "--vars", json.dumps({"join_date": value}), expect=2)
    assert "The var 'join_date' must be a day of the calendar" in printed
    assert results.stat().st_mtime_ns == stamp, "something was run"


def test_an_unknown_var_is_refused_with_the_nearest(world) -> None:
    printed = world.dbt("run", "--vars", "{joindate: 2022-01-01}", expect=2)
    assert "Did you mean 'join_date'?" in printed


def test_macros_keep_their_promises(world) -> None:
    world.dbt("run-operation", "test_macros")


def test_the_project_parses_without_a_warning(world) -> None:
    world.dbt("--warn-error", "parse", "--no-partial-parse")
