"""One seed, one world: however often it is made, in however many steps."""

import json

import pytest

from tools.demo import company
from tools.demo.timeline import FIRST_DAY, iso
from warehouse.errors import UserError

# what depends on which exports were written, and so on the number of steps
LEDGER = {
    "truths.json",
    "state.json",
    "truths/marketplace_price_versions.jsonl",
    "truths/shelf_price_versions.jsonl",
}


def test_same_seed_gives_the_same_bytes_and_is_left_alone(
    first_day, make, look, databases, tmp_path
):
    second = look(make(tmp_path / "second"))
    assert second.digests == first_day.digests
    assert second.rows == first_day.rows
    assert len(second.digests) > 100
    assert len(second.rows) == 6 + 4 * 3
    assert company.create(second.folder, databases, 7, 1500) is False
    assert look(second.folder) == second


def test_another_seed_is_another_world_and_replaces_one_only_if_forced(
    first_day, make, look, databases, tmp_path
):
    folder = tmp_path / "world"
    first = look(make(folder, seed=8))
    same = [name for name, digest in first.digests.items() if first_day.digests.get(name) == digest]
    # only the mail about nothing, and lists that are empty at first
    assert all(name.startswith(("store_mail", "truths/")) for name in same)
    with pytest.raises(UserError, match=r"seed 8, 1500 lines.*not seed 7, 1500 lines"):
        company.create(folder, databases, 7, 1500)
    with pytest.raises(UserError, match="do not belong"):
        company.advance(first_day.folder, databases, 1)
    assert look(folder) == first
    assert company.create(folder, databases, 7, 1500, force=True)
    assert look(folder).digests == first_day.digests


def test_a_young_world_has_the_latest_sales_of_the_old_one(first_day, make, look, tmp_path):
    since = FIRST_DAY - 365
    young = look(make(tmp_path / "young", since=since))
    orders, old_orders = (world.rows["demo_shop.orders"] for world in (young, first_day))
    assert 0 < len(orders) < len(old_orders)
    assert set(orders) == {row for row in old_orders if str(row[3]) >= iso(since)}
    for table in ("demo_shop.customers", "demo_shop.inventory_levels"):
        assert young.rows[table] == first_day.rows[table]
    assert not [name for name in young.digests if name.startswith("history/")]


def test_seven_days_are_three_and_four(make, look, tmp_path):
    whole, parts = look(make(tmp_path / "whole", 7)), look(make(tmp_path / "parts", 3, 4))
    assert parts.rows == whole.rows
    assert parts.digests.keys() == whole.digests.keys()
    differing = {name for name in whole.digests if parts.digests[name] != whole.digests[name]}
    assert differing <= LEDGER
    truths = [json.loads((seen.folder / "truths.json").read_text()) for seen in (whole, parts)]
    assert [truth.pop("exports") for truth in truths] == [
        ["2026-01-01", "2026-01-08"],
        ["2026-01-01", "2026-01-04", "2026-01-08"],
    ]
    for truth in truths:
        # a price is known from the export in which it was first seen
        del truth["channels"]["marketplace"], truth["lists"]["marketplace_price_versions"]
        del truth["lists"]["shelf_price_versions"]
    assert truths[0] == truths[1]


def test_a_folder_with_other_things_is_not_touched(databases, tmp_path):
    (tmp_path / "marketplace").mkdir()
    (tmp_path / "marketplace" / "mine.csv").write_text("x")
    with pytest.raises(UserError, match="not empty"):
        company.create(tmp_path, databases, 7, 1500)
    assert (tmp_path / "marketplace" / "mine.csv").exists()
