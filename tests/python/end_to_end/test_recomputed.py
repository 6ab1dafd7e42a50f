"""Every figure of the marts against the same figure made anew from the raw tables.

The tests of this module build on one another, in their order, but for those of each edit alone,
which take a demo of their own. RECOMPUTED_DAYS sets how many days pass before the last of the
former, RECOMPUTED_SEED which demo it is.
"""

import copy
import os
import shutil
from collections.abc import Iterator

import pytest
from recomputed import Recomputed
from recomputed.edits import ALONE, Marketplace, edit_all
from recomputed.figures import MARTS
from recomputed.texts import MOVED
from world import World

DAYS = os.environ.get("RECOMPUTED_DAYS", "20")
SEED = os.environ.get("RECOMPUTED_SEED", "4")
SHOWN = 20
# databases that edits reach; the warehouse is the first
EDITED = ("thinkthrift", "demo_shop", "demo_store_ber01")
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

    def build(self) -> None:
        """Load all sources, and build what is compared on seeds as they are."""
        self.world.load()
        self.world.dbt("build", "--exclude-resource-type", "test", "unit_test", "seed",
                       "--select", "dim_customer_contacts",
                       *(f"+{name}" for name in MARTS))  # fmt: skip
        self.recomputed.look(self.world.connection)

    def assert_same(self) -> None:
        """Fail with the first cells that differ."""
        found = self.recomputed.differences(self.world.connection)
        shown = "\n".join(map(str, found[:SHOWN]))
        assert not found, f"{len(found)} of {self.recomputed.cells.total():,} cells differ\n{shown}"


def begun(world: World) -> Checked:
    """Return an empty world with a demo, a store of which is moved."""
    world.demo("create", "--lines", "900", "--seed", SEED)
    world.dbt("seed")
    for store, time_zone in MOVED.items():
        world.connection.execute(
            "update seeds.stores set time_zone = %s where store_id = %s", (time_zone, store)
        )
    return Checked(world)


@pytest.fixture(scope="module")
def checked(new_world: World) -> Checked:
    return begun(new_world)


@pytest.fixture(scope="module")
def marketplace(checked: Checked) -> Marketplace:
    return Marketplace(checked.world)


@pytest.fixture(scope="module")
def first_day(new_world: World, postgres) -> Iterator[Checked]:
    """A world as its first build left it; what is in its databases and files is kept aside."""
    new_world.clear()
    checked = begun(new_world)
    checked.build()
    new_world.connection.close()
    for database in EDITED:
        postgres.create(kept(database), database)
    shutil.copytree(new_world.folder, new_world.folder.with_name("kept_world"))
    yield checked
    shutil.rmtree(new_world.folder.with_name("kept_world"))
    with postgres.connect("postgres") as connection:
        for database in EDITED:
            connection.execute(f"drop database {kept(database)}")


@pytest.fixture
def again(first_day: Checked, postgres) -> Checked:
    """The same world on its first day again."""
    world = first_day.world
    world.connection.close()
    for database in EDITED[1:]:
        postgres.create(database, kept(database))
    world.make_database(kept(EDITED[0]))
    shutil.rmtree(world.folder)
    shutil.copytree(world.folder.with_name("kept_world"), world.folder)
    checked = Checked(world)
    checked.recomputed = copy.deepcopy(first_day.recomputed)
    return checked


def kept(database: str) -> str:
    return f"{database}_on_the_first_day"


def test_on_the_first_day(checked: Checked) -> None:
    checked.build()
    checked.assert_same()


def test_after_edits(checked: Checked, marketplace: Marketplace) -> None:
    edit_all(checked.world)
    marketplace.cut_prices()
    marketplace.lose_product()
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


def test_weeks_later(checked: Checked, marketplace: Marketplace) -> None:
    checked.world.demo("advance", "--days", DAYS)
    marketplace.bring_back()
    checked.build()
    checked.assert_same()
    # of a mart without rows nothing would be compared
    assert checked.recomputed.cells.keys() == MARTS.keys()


# each after the first build, for what one edit breaks another may hide
@pytest.mark.long
@pytest.mark.parametrize("edit", ALONE)
def test_after_one_edit(again: Checked, edit: str) -> None:
    ALONE[edit](again.world)
    again.build()
    again.assert_same()


@pytest.mark.long
def test_after_a_product_comes_back(again: Checked) -> None:
    marketplace = Marketplace(again.world)
    marketplace.lose_product()
    again.build()
    marketplace.bring_back()
    again.build()
    again.assert_same()
