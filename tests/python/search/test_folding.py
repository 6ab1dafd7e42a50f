"""An item is one row of a search, however often it is listed; with `fold` false each listing is."""

from typing import Any

import pytest
from psycopg.rows import dict_row

ASKED: list[dict[str, Any]] = [
    {},
    {"search_terms": "denim jacket"},
    {"search_terms": "coat"},
    {"search_terms": "coat", "channels": ["store"]},
    {"search_terms": "vintage coat -wool"},
    {"search_terms": '"denim jacket" or "wool coat"', "search_mode": "any"},
    {"search_terms": "purple unicorn jacket"},
    {"search_terms": "leather boots", "search_mode": "broad"},
    {"channels": ["marketplace"], "max_price": 60, "sort_by": "price"},
    {"conditions": ["good"], "sort_by": "price_desc"},
    {"countries": ["DE"], "sort_by": "newest"},
    {"search_terms": "zara", "from_date": "2020-01-01"},
]
NAMES = [" ".join(map(str, asked.values())) for asked in ASKED]
# facets that each listing of an item has by itself
OWN = ("category", "brand", "size", "colour", "condition")
ALL = 100_000


def _found(world, function: str = "search_listings", **asked: object) -> list[dict[str, Any]]:
    """Return the rows of a function of the search, in its order."""
    given = ", ".join(f"{name} => %({name})s" for name in asked)
    query = f"select * from search.{function}({given})"
    return world.connection.cursor(row_factory=dict_row).execute(query, asked).fetchall()


def _items(listings: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return listings by the item that they are, items in the order in which they come first."""
    items: dict[str, list[dict[str, Any]]] = {}
    for row in listings:
        items.setdefault(row["canonical_product_id"], []).append(row)
    return items


@pytest.mark.parametrize("asked", ASKED, ids=NAMES)
def test_an_item_is_one_row_with_all_its_listings(world, asked: dict) -> None:
    folded = _found(world, **asked, result_limit=ALL)
    items = _items(_found(world, **asked, result_limit=ALL, fold=False))

    assert [row["canonical_product_id"] for row in folded] == list(items)
    for row, listings in zip(folded, items.values(), strict=True):
        assert row["product_id"] == listings[0]["product_id"]
        assert row["product_ids"] == sorted(one["product_id"] for one in listings)
        assert row["listing_count"] == len(listings)
        assert row["sale_count"] == sum(one["sale_count"] for one in listings)
        assert row["is_sold"] == any(one["is_sold"] for one in listings)
        priced = [one for one in listings if one["currency_code"] == row["currency_code"]]
        prices = [one["price"] for one in priced if one["price"] is not None]
        assert (row["lowest_price"], row["highest_price"]) == (
            min(prices, default=None), max(prices, default=None)
        )  # fmt: skip
        assert set(row["listing_channels"]) == {
            channel for one in listings for channel in one["listing_channels"]
        }


@pytest.mark.parametrize("asked", ASKED, ids=NAMES)
def test_a_limit_counts_items_and_leaves_out_none_of_their_listings(world, asked: dict) -> None:
    # fewer may have all the words than a relaxed search wants
    whole = _found(world, **asked, result_limit=ALL)
    for limit in (10, 40):
        assert _found(world, **asked, result_limit=limit) == whole[:limit]


@pytest.mark.parametrize("fold", [True, False])
@pytest.mark.parametrize("asked", ASKED, ids=NAMES)
def test_facets_and_summary_count_the_rows(world, asked: dict, fold: bool) -> None:
    rows = _found(world, **asked, result_limit=ALL, fold=fold)
    items = _items(_found(world, **asked, result_limit=ALL, fold=False))
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        listings = items[row["canonical_product_id"]] if fold else [row]
        values = {("listing_status", row["listing_status"])}
        values |= {("channel", one) for one in row["listing_channels"]}
        values |= {(facet, one[facet]) for one in listings for facet in OWN}
        for value in values:
            counts[value] = counts.get(value, 0) + 1

    facets = _found(world, "search_listing_facets", **asked, fold=fold)
    assert {(one["facet"], one["facet_value"]): one["item_count"] for one in facets} == {
        value: count for value, count in counts.items() if value[1] is not None
    }
    [summary] = _found(world, "search_listing_summary", **asked, fold=fold)
    assert summary["found_count"] == len(rows)
    assert summary["available_count"] == sum(one["listing_status"] == "available" for one in rows)
    assert summary["sold_count"] == sum(one["is_sold"] for one in rows)
    priced = [one for one in rows if one["currency_code"] == summary["currency_code"]]
    assert summary["lowest_price"] == min(one["lowest_price"] for one in priced)
    assert summary["highest_price"] == max(one["highest_price"] for one in priced)


def test_what_the_demo_lists_twice_is_one_row(world) -> None:
    twins = world.rows(
        "select array_agg(product_id order by product_id), min(title),"
        " count(*) filter (where source_system <> 'marketplace')"
        " from marts.dim_products where is_current and not is_unknown"
        " group by canonical_product_id having count(*) > 1"
    )
    # one unit in shop and marketplace, and one title under several numbers
    assert {units for _, _, units in twins} >= {1, 2}
    for listings, title, _ in twins:
        found = _found(world, search_terms=title, search_mode="all", result_limit=ALL)
        [row] = [one for one in found if set(one["product_ids"]) & set(listings)]
        assert set(row["product_ids"]) == set(listings)


def test_listings_that_a_filter_leaves_out_are_not_shown(world) -> None:
    [(listings, title)] = world.rows(
        "select array_agg(product_id order by product_id), min(title) from marts.dim_products"
        " where is_current and not is_unknown group by canonical_product_id"
        " having count(*) > 1 and min(price) < max(price) order by min(product_id) limit 1"
    )
    asked = {"search_terms": title, "search_mode": "all", "result_limit": ALL}
    [whole] = [row for row in _found(world, **asked) if row["product_ids"] == listings]
    [cheap] = [
        row for row in _found(world, **asked, max_price=whole["lowest_price"])
        if set(row["product_ids"]) & set(listings)
    ]  # fmt: skip
    assert cheap["highest_price"] == whole["lowest_price"] < whole["highest_price"]
    assert cheap["listing_count"] < whole["listing_count"]


@pytest.mark.parametrize("fold", [True, False])
def test_the_quick_way_folds_as_the_function_does(world, searcher, fold: bool) -> None:
    found = searcher.find({"search_terms": "coat", "search_limit": 500, "search_fold": fold})
    rows = [{name: row[name] for name in row if name != "search_name"} for row in found.rows]
    assert rows == _found(world, search_terms="coat", result_limit=500, fold=fold)
    assert any(row["listing_count"] > 1 for row in found.rows) == fold


def test_no_saved_search_lists_an_item_twice(world) -> None:
    world.dbt("build", "--select", "saved_search_results", "assert_saved_searches_list_items_once")
    [(folded,)] = world.rows(
        "select count(*) from search.saved_search_results where listing_count > 1"
    )
    assert folded
