"""Products on day one: titles under several units, brands, sales that find their product."""

import re

import pytest

from tools.demo import words


@pytest.fixture(scope="module", autouse=True)
def built(world) -> str:
    """Load all sources and build products, their sales and their stock; return what dbt said."""
    world.load()
    return world.dbt(
        "build", "--select", "+fct_listing_lifecycle", "+rpt_weekly_sales_inventory",
        "fct_stock_counts", "--exclude", "resource_type:test", "resource_type:unit_test",
    )  # fmt: skip


def test_dbt_says_how_many_rows_a_table_has(world, built: str) -> None:
    [(count,)] = world.rows("select count(*) from marts.fct_listing_lifecycle")

    assert re.search(rf"marts\.fct_listing_lifecycle .*\[SELECT {count} in", built)


def test_units_that_share_a_title_have_one_canonical_product(world) -> None:
    truth = world.truths()["products"]
    assert truth["titles_under_several_skus_on_shelf"] > 0
    [found] = world.rows(
        "select count(*), cast(sum(units) as integer) from (select count(*) as units"
        " from marts.dim_products where source_system = 'shop' and is_current and not is_deleted"
        " group by canonical_product_id having count(*) > 1 and bool_and(is_duplicate_title)"
        ") as twins"
    )
    wanted = ("titles_under_several_skus_on_shelf", "skus_on_shelf_that_share_a_title")
    assert found == tuple(truth[name] for name in wanted)


def test_every_brand_is_one_of_the_known_ones(world) -> None:
    [(misspelt,)] = world.rows(
        "select count(*) from intermediate.int_brand_spellings_matched where is_near_miss"
    )
    assert misspelt > 0
    found = {brand for (brand,) in world.rows(
        "select distinct brand from marts.dim_products where not is_unknown"
    )}  # fmt: skip
    assert found <= set(words.BRANDS)


def test_sizes_colours_and_conditions_have_one_spelling(world) -> None:
    for column, known in (
        ("size", words.SIZES + words.SHOE_SIZES),
        ("colour", words.COLOURS),
        ("condition", words.CONDITIONS),
    ):
        rows = world.rows(
            f"select distinct {column} from marts.dim_products where {column} is not null"
        )
        assert {value for (value,) in rows} <= set(known), column


def test_each_unit_of_shelf_and_catalog_is_one_product(world) -> None:
    assert world.rows(
        "select count(*) from (select sku from raw_shop.inventory_levels"
        " union select sku from raw_catalog.products) as units"
    ) == world.rows(
        "select count(*) from marts.dim_products where product_id like 'shop:%%' and is_current"
    )


def test_sales_of_goods_that_left_the_shelf_find_their_product(world) -> None:
    assert world.rows(
        "select count(*) from marts.fct_order_lines as lines"
        " inner join raw_catalog.products using (sku)"
        " inner join marts.dim_products using (product_key) where is_unknown"
    ) == [(0,)]


def test_every_product_is_one_listing_sold_or_censored(world) -> None:
    assert world.rows(
        "select count(*), count(*) filter (where is_sold <> is_censored)"
        " from marts.fct_listing_lifecycle"
    ) == world.rows(
        "select count(*), count(*) from marts.dim_products where is_current and not is_unknown"
    )


def test_a_count_that_was_sent_twice_is_there_once(world) -> None:
    truth = world.truths()["tables"]["logistics.stock_counts"]
    assert truth["rows_repeated"] > 0
    assert world.rows(
        "select count(*) from marts.fct_stock_counts where source_system = 'logistics'"
    ) == [(truth["rows_good"],)]


def test_weekly_sales_add_up_to_those_of_shop_and_stores(world) -> None:
    [sold] = world.rows(
        "select sum(quantity) from marts.fct_order_lines"
        " where not is_cancelled and channel <> 'marketplace'"
    )
    assert world.rows("select sum(sold_quantity) from marts.rpt_weekly_sales_inventory") == [sold]
