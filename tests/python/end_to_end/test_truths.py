"""Worlds of several seeds, a day, a week and a month on: all that was planted is told right.

TRUTHS_SEEDS names the seeds, with spaces between them.
"""

import os
from collections.abc import Iterator

import pytest
import truths
from world import World

SEEDS = os.environ.get("TRUTHS_SEEDS", "5").split()


@pytest.fixture(scope="module", params=SEEDS, ids="seed_{}".format)
def grown(request, postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A small world on its first day, its sources not loaded yet."""
    world = World(tmp_path_factory.mktemp("truths"), postgres, f"truths_{request.param}")
    world.demo("create", "--lines", "2000", "--seed", request.param)
    yield world
    world.connection.close()


@pytest.mark.parametrize("days", [0, 1, 7, 30])
def test_after_days(grown: World, days: int) -> None:
    if days:
        grown.demo("advance", "--days", str(days))
    grown.load()
    grown.dbt("build", "--exclude-resource-type", "unit_test", "test")
    truths.assert_marts_tell_the_truth(grown, truths.CHANNELS)
    truths.assert_sums_are_those_of_till_and_mail(grown)
    truths.assert_people_are_told_apart(grown)
    if days:
        for prices in truths.PRICES:
            truths.assert_every_price_is_one_version(grown, *prices)


def test_what_was_deleted_is_gone_after_a_full_load_and_nothing_fails(grown: World) -> None:
    grown.load("--full", "shop", "stores")
    grown.dbt("build", "--exclude-resource-type", "unit_test")
    truths.assert_raw_tables_hold_every_good_row(grown)
    truths.assert_marts_tell_the_truth(grown, truths.SHOP_LOADED_WHOLE)
