"""Worlds of several seeds, a day, a week and a month on: all that was planted is told right.

TRUTHS_SEEDS names the seeds, with spaces between them.
"""

import os

import pytest
import truths
from world import World

SEEDS = os.environ.get("TRUTHS_SEEDS", "5").split()


@pytest.fixture(scope="module", params=SEEDS, ids="seed_{}".format)
def grown(request, new_world: World) -> World:
    """A small world on its first day, its sources not loaded yet."""
    new_world.clear()
    new_world.demo("create", "--lines", "2000", "--seed", request.param)
    return new_world


@pytest.mark.parametrize("days", [0, 1, pytest.param(7, marks=pytest.mark.long)])
def test_after_days(grown: World, days: int) -> None:
    if days:
        grown.demo("advance", "--days", str(days))
    load_all_stores(grown)
    grown.dbt("build", "--exclude-resource-type", "unit_test", "test")
    assert_all_is_told(grown, truths.CHANNELS)


@pytest.mark.long
def test_after_a_month_unseen(grown: World) -> None:
    """Deleted orders are gone at once; what was changed without a trace comes with a full load."""
    grown.demo("advance", "--days", "30")
    load_all_stores(grown)
    grown.dbt("build", "--exclude-resource-type", "unit_test", "test")
    truths.assert_marts_tell_the_truth(grown, truths.CHANNELS)
    differing = "select count(*) from marts.rpt_source_counts where differing_sums is not null"
    assert grown.rows(differing) == [(0,)]  # countries have no sum
    grown.load("--full", "shop", "stores")
    grown.dbt("build", "--exclude-resource-type", "unit_test")
    assert_all_is_told(grown, truths.CHANNELS)
    truths.assert_raw_tables_hold_every_good_row(grown)
    assert all(grown.listed(name) for _, _, name in truths.PRICES)
    assert truths.versions_by_a_change_of_address(grown) > 0


def load_all_stores(world: World) -> None:
    """Load, some days later if need be: of a till that is down nobody knows what its mails lack.

    What is loaded is snapshotted, for the exports of a day are overwritten by the next.
    """
    while "cannot be reached" in world.load():
        world.dbt(
            "build", "--selector", "snapshots", "--exclude-resource-type", "unit_test", "test"
        )
        world.demo("advance", "--days", "1")


def assert_all_is_told(world: World, channels: dict[str, str]) -> None:
    truths.assert_marts_tell_the_truth(world, channels)
    truths.assert_sums_are_those_of_till_and_mail(world)
    truths.assert_people_are_told_apart(world)
    truths.assert_each_person_has_a_version(world)
    for prices in truths.PRICES:
        truths.assert_every_price_is_one_version(world, *prices)
