"""A line that breaks a rule costs itself alone; many stop the build, and nothing is lost."""

import os
import re
from datetime import datetime, time, timedelta, timezone

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from world import World

NO_TESTS = ("--exclude-resource-type", "test", "unit_test")
# one line each, so that the others are those from before
AT_THE_SHOP = {
    "the quantity is not at least 1": "quantity = 0",
    "the price is negative; the discount is more than the price": "unit_price = -5",
    "the discount is more than the price": "discount_amount = 1000000",
    "it is returned before the sale": "returned_at = '2012-01-01'",
    "the return is dated more than a day after it was reported": "returned_at = now() + '2 years'",
}
TILL = """
insert into receipts (store_id, receipt_id, receipt_number, sold_at, payment_method, currency_code)
select store_id, receipt_id + %(more)s, receipt_number || '-' || %(more)s, %(sold_at)s,
       payment_method, currency_code
from receipts order by receipt_id desc limit 1;
"""
TILL_LINE = """
insert into receipt_lines
  (store_id, receipt_line_id, receipt_id, line_type, returned_receipt_line_id, sku, quantity,
   unit_price, discount_amount)
select store_id, (select max(receipt_line_id) from receipt_lines) + %(more)s,
       (select max(receipt_id) from receipts), %(type)s,
       case when %(type)s = 'return' then receipt_line_id end, sku, quantity, unit_price,
       discount_amount
from receipt_lines where line_type = 'sale' order by receipt_line_id desc limit 1;
"""


@pytest.fixture(scope="module")
def world(new_world: World) -> World:
    new_world.demo("create", "--lines", "900", "--seed", "6")
    new_world.load()
    new_world.dbt("build", *NO_TESTS)
    return new_world


def at(world: World, database: str, statement: str, **values: object) -> list[tuple]:
    conninfo = make_conninfo(world.conninfo(), dbname=database)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        cursor = connection.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def lines(world: World) -> set[tuple]:
    """Return what the lines of fct_order_lines say that no other row decides."""
    return set(
        world.rows(
            "select source_system, order_line_id, quantity, net_amount, returned_amount,"
            " order_date from marts.fct_order_lines"
        )
    )


def test_each_bad_line_costs_itself_alone(world: World) -> None:
    before = lines(world)
    last = world.rows("select max(order_date) from marts.fct_order_lines")
    bought = at(
        world,
        "demo_shop",
        "select order_item_id from order_items where returned_at is null and discount_amount = 0"
        " order by order_item_id limit 5",
    )
    for (item,), change in zip(bought, AT_THE_SHOP.values(), strict=True):
        at(
            world,
            "demo_shop",
            f"update order_items set {change}, updated_at = now() where order_item_id = {item}",
        )
    # a till whose clock is wrong, and a return that is older than its sale
    at(world, "demo_store_ber01", TILL, more=1, sold_at="2027-03-01 10:00+00")
    at(world, "demo_store_ber01", TILL_LINE, more=1, type="sale")
    at(world, "demo_store_ham01", TILL, more=1, sold_at="2013-03-01 10:00+00")
    at(world, "demo_store_ham01", TILL_LINE, more=1, type="return")
    world.load("shop", "stores")
    printed = world.dbt("build", "--exclude-resource-type", "unit_test")
    assert "WARN" in printed

    rejected = world.rows(
        "select source_system, line_type, order_line_id, problem"
        " from marts.rpt_rejected_order_lines"
    )
    assert {(problem, line) for source, _, line, problem in rejected if source == "shop"} == {
        (problem, str(item)) for problem, (item,) in zip(AT_THE_SHOP, bought, strict=True)
    }
    assert {(kind, problem) for source, kind, _, problem in rejected if source == "stores"} == {
        ("sale", "it is dated more than a day after it was reported"),
        ("return", "it is dated before the sale"),
    }
    gone = {("shop", str(item)) for (item,) in bought}
    assert lines(world) == {line for line in before if line[:2] not in gone}
    assert world.rows("select max(order_date) from marts.fct_order_lines") == last
    assert world.rows("select bool_and(is_reconciled) from marts.rpt_source_reconciliation") == [
        (True,)
    ]
    # what is made of the fact is of the same build
    assert world.rows(
        "select sum(net_amount) from marts.rpt_daily_sales"
        " except select sum(net_amount) from marts.fct_order_lines"
    ) == []  # fmt: skip


def test_what_is_mended_comes_back(world: World) -> None:
    at(
        world,
        "demo_shop",
        "update order_items set quantity = 1, unit_price = 5, discount_amount = 0,"
        " returned_at = null, updated_at = now() where quantity = 0 or unit_price < 0"
        " or discount_amount > 100000 or returned_at < '2013-01-01' or returned_at > now()",
    )
    world.load("shop")
    world.dbt("build", *NO_TESTS)
    assert world.rows(
        "select count(*) from marts.rpt_rejected_order_lines where source_system = 'shop'"
    ) == [(0,)]
    assert world.rows(
        "select count(*) from marts.fct_order_lines where source_system = 'shop'"
    ) == at(world, "demo_shop", "select count(*) from order_items")


@pytest.mark.long
def test_an_export_that_is_late_does_not_mean_that_nobody_bought(world: World) -> None:
    path = world.folder / "demo" / "marketplace" / "transactions.csv"
    [(last,)] = world.rows("select max(order_date) from marts.fct_order_lines")
    written = datetime.combine(last - timedelta(days=14), time(), timezone.utc)
    header, *rows = path.read_text().splitlines()
    days = [re.search(r"\d{4}-\d\d-\d\d", row) for row in rows]
    known = [row for row, day in zip(rows, days, strict=True)
             if day and day[0] < written.date().isoformat()]  # fmt: skip
    assert len(known) < len(rows)
    path.write_text("\n".join([header, *known]) + "\n")
    os.utime(path, (written.timestamp(), written.timestamp()))
    world.load("marketplace")
    world.dbt("build", *NO_TESTS)
    horizon = written.date() - timedelta(days=1)
    assert world.rows(
        "select source_system, last_complete_date from marts.rpt_source_horizons"
        " where not is_closed order by 1"
    ) == [("marketplace", horizon), ("shop", last), ("stores", last)]
    judged = (
        "select count(*) from marts.fct_piece_lifecycle as pieces"
        " where exists (select 1 from marts.fct_listing_lifecycle as listings"
        " where pieces.canonical_product_id = listings.canonical_product_id"
        " and listings.product_id like %s)"
        " and listed_date + 7 > %s and is_sold_within_7_days is {} null"
    )
    assert world.rows(judged.format("not"), "marketplace:%", horizon) == [(0,)]
    assert world.rows(judged.format(""), "marketplace:%", horizon) > [(0,)]
    # what is sold elsewhere is known as before
    assert world.rows(judged.format("not"), "shop:%", horizon) > [(0,)]


@pytest.mark.long
def test_many_bad_lines_stop_the_build_before_the_fact(world: World) -> None:
    before = world.rows("select count(*), sum(quantity) from marts.fct_order_lines")
    at(world, "demo_shop", "update order_items set quantity = 0, updated_at = now()")
    world.load("shop")
    printed = world.dbt("build", "--exclude-resource-type", "unit_test", expect=1)
    assert "assert_few_order_lines_are_rejected" in printed
    assert world.rows("select count(*), sum(quantity) from marts.fct_order_lines") == before
