"""Till and mail as witnesses of one sale, against the planted truths, through an outage.

The tests of this module build on one another, in their order.
"""

from decimal import Decimal

import pytest
from truths import assert_sums_are_those_of_till_and_mail, filled_in, known_by_mail_only
from world import World


@pytest.fixture(scope="module")
def stores(new_world: World) -> World:
    """A small world on its first day, loaded and built as far as stores go."""
    new_world.demo("create", "--lines", "3000", "--seed", "27")
    new_world.load()
    build(new_world)
    return new_world


def build(world: World) -> None:
    world.dbt(
        "build", "--select", "+fct_order_lines", "+rpt_store_sales_disagreements",
        "+fct_ticket_sales", "--exclude", "resource_type:unit_test", "resource_type:test",
    )  # fmt: skip


def advance(world: World, days: int) -> None:
    world.demo("advance", "--days", str(days))
    world.load()
    build(world)


def test_the_first_day_is_whole(stores: World) -> None:
    assert_sums_are_those_of_till_and_mail(stores)
    assert known_by_mail_only(stores)
    assert filled_in(stores) == known_by_mail_only(stores)


def test_while_a_till_is_down_its_mails_stand_in(stores: World) -> None:
    advance(stores, 3)
    assert_sums_are_those_of_till_and_mail(stores)
    # and what the till holds, but was not asked for before it went down
    assert filled_in(stores) > known_by_mail_only(stores), "no outage to try"


def test_a_till_that_is_back_takes_the_place_of_its_mails(stores: World) -> None:
    before = filled_in(stores)
    advance(stores, 4)
    assert_sums_are_those_of_till_and_mail(stores)
    assert filled_in(stores) == known_by_mail_only(stores)
    assert before - filled_in(stores), "no till caught up"


def test_receipts_without_a_mail_are_the_tills_alone(stores: World) -> None:
    planted = {(r["store_id"], r["receipt_number"]) for r in stores.listed("receipts_without_mail")}
    assert planted
    found = stores.rows(
        "select distinct store_id, receipt_number from intermediate.int_store_sales_reconciled"
        " where witness = 'till'"
    )
    assert planted <= set(found)


def test_disagreements_are_listed_with_what_each_side_says(stores: World) -> None:
    planted = [
        (
            row["store_id"], row["receipt_number"], row["line_number"],
            row["till"]["quantity"], Decimal(row["till"]["unit_price"]),
            row["mail"]["quantity"], Decimal(row["mail"]["unit_price"]),
        )
        for row in stores.listed("mail_disagreements")
    ]  # fmt: skip
    assert planted
    found = stores.rows(
        "select store_id, receipt_number, line_number, till_quantity, till_unit_price,"
        " mail_quantity, mail_unit_price from marts.rpt_store_sales_disagreements"
    )
    assert sorted(found) == sorted(planted)


def test_paid_tickets_are_what_the_partner_was_paid(stores: World) -> None:
    assert stores.rows("select sum(paid_amount) from marts.fct_ticket_sales") == [
        (Decimal(stores.truths()["events"]["paid_amount"]),)
    ]
