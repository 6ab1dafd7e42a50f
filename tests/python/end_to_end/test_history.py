"""The history of products: each export in its own time, an older one loaded late included."""

import os
from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal

import pytest
from world import World


@pytest.fixture(scope="module")
def history(new_world: World) -> Callable[..., list[tuple]]:
    """An empty warehouse, and a function that loads an export of a day and builds on it."""
    folder = new_world.folder / "demo" / "marketplace"
    folder.mkdir(parents=True)
    # the first load makes every raw table
    new_world.load("logistics", expect=1)
    new_world.dbt("seed")

    def export(day: int, **prices: str) -> list[tuple]:
        """Return product, version, price, is_deleted, first and last day of every version."""
        path = folder / "products.csv"
        rows = "".join(f"{key[1:]},Hat,Apparel,{price}\n" for key, price in prices.items())
        path.write_text("product_id,product_name,category,price\n" + rows)
        stamp = datetime(2026, 1, day, tzinfo=timezone.utc).timestamp()
        os.utime(path, (stamp, stamp))
        new_world.load("marketplace.products")
        new_world.dbt(
            "build", "--select", "+dim_products", "--exclude", "resource_type:seed",
            "--exclude", "test_type:unit", "--indirect-selection", "cautious",
        )  # fmt: skip
        return new_world.rows(
            "select cast(split_part(product_id, ':', 2) as integer), version_number, price,"
            " is_deleted, extract(day from valid_from)::integer, is_current"
            " from marts.dim_products where product_id like 'marketplace:%%' order by 1, 2"
        )

    return export


def test_versions_begin_when_the_export_was_written(history) -> None:
    assert history(10, p1="5.00", p2="7.00") == [
        (1, 1, Decimal("5.00"), False, 1, True),
        (2, 1, Decimal("7.00"), False, 1, True),
    ]
    assert history(12, p1="4.00", p2="7.00") == [
        (1, 1, Decimal("5.00"), False, 1, False),
        (1, 2, Decimal("4.00"), False, 12, True),
        (2, 1, Decimal("7.00"), False, 1, True),
    ]


def test_an_older_export_changes_nothing_but_may_bring_products(history) -> None:
    assert history(11, p1="9.99", p3="1.00") == [
        (1, 1, Decimal("5.00"), False, 1, False),
        (1, 2, Decimal("4.00"), False, 12, True),
        (2, 1, Decimal("7.00"), False, 1, True),
        (3, 1, Decimal("1.00"), False, 1, True),
    ]


def test_a_product_that_is_gone_has_a_last_version(history) -> None:
    assert history(14, p1="4.00") == [
        (1, 1, Decimal("5.00"), False, 1, False),
        (1, 2, Decimal("4.00"), False, 12, True),
        (2, 1, Decimal("7.00"), False, 1, False),
        (2, 2, Decimal("7.00"), True, 14, True),
        (3, 1, Decimal("1.00"), False, 1, False),
        (3, 2, Decimal("1.00"), True, 14, True),
    ]


def test_a_product_that_is_back_lives_again(history) -> None:
    back = [row for row in history(15, p1="4.00", p2="7.00") if row[0] == 2]
    assert back == [
        (2, 1, Decimal("7.00"), False, 1, False),
        (2, 2, Decimal("7.00"), True, 14, False),
        (2, 3, Decimal("7.00"), False, 15, True),
    ]
