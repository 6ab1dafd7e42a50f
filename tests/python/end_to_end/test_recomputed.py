"""Every figure of the marts against the same figure made anew from the raw tables.

The tests of this module build on one another, in their order. RECOMPUTED_DAYS sets how many days
pass before the last, RECOMPUTED_SEED which demo it is.
"""

import os

import pytest
from recomputed import Recomputed
from recomputed.edits import Marketplace, edit_people, edit_shop, edit_till
from recomputed.figures import MARTS
from recomputed.texts import MOVED
from world import World

DAYS = os.environ.get("RECOMPUTED_DAYS", "20")
SEED = os.environ.get("RECOMPUTED_SEED", "4")
SHOWN = 20
PROBLEMS = {
    "the quantity is not at least 1", "the price is negative",
    "the discount is more than the price", "it is returned before the sale",
    "the return is dated more than a day after it was reported", "it is dated before the sale",
    "it is dated more than a day after it was reported", "it is dated before the calendar",
    "the discount is negative", "the shipping amount is negative",
    "the currency has no code of three letters",
}  # fmt: skip

# moments in UTC at which the edits sell, in Berlin and in the store that is in Sydney
DAYS_OF_SALE = {
    ("shop", "2024-12-31 23:30"): "2025-01-01", ("shop", "2025-03-31 22:30"): "2025-04-01",
    ("shop", "2025-03-29 23:30"): "2025-03-30", ("shop", "2025-10-26 22:30"): "2025-10-26",
    ("stores", "2024-12-31 12:59"): "2024-12-31", ("stores", "2024-12-31 13:30"): "2025-01-01",
    ("stores", "2025-04-05 13:30"): "2025-04-06", ("stores", "2025-04-06 13:59"): "2025-04-06",
    ("stores", "2025-04-06 14:00"): "2025-04-07", ("stores", "2025-10-04 14:00"): "2025-10-05",
    ("stores", "2025-10-05 12:59"): "2025-10-05", ("stores", "2025-10-05 13:00"): "2025-10-06",
}  # fmt: skip


class Checked:
    """A world, and what its marts ought to say."""

    def __init__(self, world: World) -> None:
        self.world, self.recomputed = world, Recomputed()
        self.marketplace = Marketplace(world)

    def build(self) -> None:
        """Load all sources, and build what is compared on seeds as they are."""
        self.world.load()
        self.world.dbt("build", "--exclude-resource-type", "test", "unit_test", "seed",
                       "--select", *(f"+{name}" for name in MARTS))  # fmt: skip
        self.recomputed.look(self.world.connection)

    def assert_same(self) -> None:
        """Fail with the first cells that differ."""
        found = self.recomputed.differences(self.world.connection)
        shown = "\n".join(map(str, found[:SHOWN]))
        assert not found, f"{len(found)} of {self.recomputed.cells.total():,} cells differ\n{shown}"


@pytest.fixture(scope="module")
def checked(new_world: World) -> Checked:
    new_world.demo("create", "--lines", "900", "--seed", SEED)
    new_world.dbt("seed")
    for store, time_zone in MOVED.items():
        new_world.connection.execute(
            "update seeds.stores set time_zone = %s where store_id = %s", (time_zone, store)
        )
    return Checked(new_world)


def test_on_the_first_day(checked: Checked) -> None:
    checked.build()
    checked.assert_same()


def test_after_edits(checked: Checked) -> None:
    edit_shop(checked.world)
    edit_till(checked.world)
    edit_people(checked.world)
    checked.marketplace.lose_product()
    checked.build()
    checked.assert_same()
    told = checked.world.rows(
        "select source_system, to_char(ordered_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'),"
        " cast(order_date as text) from marts.fct_order_lines"
    )
    found = {(source, moment): day for source, moment, day in told}
    assert {sale: found.get(sale) for sale in DAYS_OF_SALE} == DAYS_OF_SALE
    # each edit that breaks a rule is among them
    assert {
        problem
        for (text,) in checked.world.rows("select problem from marts.rpt_rejected_order_lines")
        for problem in text.split("; ")
    } == PROBLEMS


def test_weeks_later(checked: Checked) -> None:
    checked.world.demo("advance", "--days", DAYS)
    checked.marketplace.bring_back()
    checked.build()
    checked.assert_same()
    # of a mart without rows nothing would be compared
    assert checked.recomputed.cells.keys() == MARTS.keys()
