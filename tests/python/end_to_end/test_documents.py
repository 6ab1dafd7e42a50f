"""Documents and movements never change, and each is what its day brought, to the cent.

DOCUMENT_WEEKS sets the number of random weeks; DOCUMENT_SEED repeats a run. The tests of this
module build on one another, in their order.
"""

import os
import random
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import pytest
from world import World

WEEKS = int(os.environ.get("DOCUMENT_WEEKS", "2"))
SEED = int(os.environ.get("DOCUMENT_SEED", "1"))
FIRST_DAY = date(2026, 1, 1)
# what is compared of each, and its day
GIVEN = {
    "fct_returns": ("to_jsonb(t) - 'built_at'", "return_date"),
    "fct_invoices": ("to_jsonb(t) - 'built_at'", "document_date"),
    "fct_payments_and_refunds": ("to_jsonb(t) - 'built_at'", "movement_date"),
    "rpt_daily_net_sales": ("to_jsonb(t)", "document_date"),
}
DOCUMENTS = """
select invoices.document_type, invoices.document_date, invoices.total_amount
from marts.fct_invoices as invoices inner join marts.fct_order_lines as lines using (order_key)
where lines.order_line_id = %s order by 2, 3
"""


class Tills:
    """The till of one store, whose rows are written into the raw tables."""

    def __init__(self, world: World) -> None:
        self.world = world
        [(self.number,)] = world.rows(
            "select max(receipt_line_id) + 1000 from raw_stores.receipt_lines"
        )

    def ring(self, kind: str, at: datetime, *, quantity: int = 1, of: int | None = None,
             price: str | None = None, discount: str | None = None) -> int:  # fmt: skip
        """Write a receipt with one line; return the line's number.

        Args:
            kind: sale, return or void.
            at: when it is rung up.
            quantity: pieces.
            of: the line that it corrects.
            price: of one piece.
            discount: on the line.
        """
        self.number += 1
        audit = (0, at, "", at + timedelta(hours=1))
        self.world.connection.execute(
            "insert into raw_stores.receipts values"
            " ('BER01', %s, %s, %s, null, null, 'cash', 'EUR', %s, %s, %s, %s)",
            (self.number, f"T-{self.number}", at, *audit),
        )
        self.world.connection.execute(
            "insert into raw_stores.receipt_lines values"
            " ('BER01', %s, %s, %s, %s, null, %s, %s, %s, %s, %s, %s, %s)",
            (self.number, self.number, kind, of, quantity, price, discount, *audit),
        )
        return self.number


def moment(day: date, hour: int = 12) -> datetime:
    """Return an hour of a day by the clock of the stores and the shop."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo("Europe/Berlin"))


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def build(world: World, *arguments: str) -> None:
    """Build what documents are made of, as far as it is made of tills and orders."""
    of_both = "int_store_corrections+,+{0}", "int_shop_order_states+,+{0}"
    world.dbt(
        "build", "--exclude-resource-type", "test", "unit_test", *arguments, "--select",
        *(which.format(mart) for mart in ("rpt_daily_net_sales", "fct_payments_and_refunds")
          for which in of_both),
    )  # fmt: skip


def given(world: World) -> dict[str, dict[date, Counter]]:
    """Return what was given on each day, by table."""
    found: dict[str, dict[date, Counter]] = {}
    for table, (compared, day) in GIVEN.items():
        days = found.setdefault(table, {})
        for when, row in world.rows(f"select {day}, ({compared})::text from marts.{table} as t"):
            days.setdefault(when, Counter())[row] += 1
    return found


def documents(world: World, line: int) -> list[tuple[str, str, str]]:
    return [
        (kind, str(day), str(amount))
        for kind, day, amount in world.rows(DOCUMENTS, f"BER01-{line}")
    ]


@pytest.fixture(scope="module")
def world(new_world: World) -> World:
    """A small world on its first day, loaded and built as far as documents go."""
    new_world.demo("create", "--lines", "900", "--seed", str(SEED))
    new_world.load()
    new_world.dbt("build", "--exclude-resource-type", "test", "unit_test", "--select",
                  "+rpt_daily_net_sales", "+fct_payments_and_refunds")  # fmt: skip
    return new_world


@pytest.fixture(scope="module")
def tills(world: World) -> Tills:
    return Tills(world)


def test_each_day_of_return_has_its_credit_note(world: World, tills: Tills) -> None:
    december, january = date(2025, 12, 30), date(2026, 1, 1)
    parts = tills.ring("sale", moment(december, 9), quantity=3, price="3.50", discount="0.50")
    for day in range(3):
        tills.ring("return", moment(december + timedelta(days=day)), of=parts)
    undone = tills.ring("sale", moment(december, 9), price="5.00")
    back = tills.ring("return", moment(december, 10), of=undone)
    tills.ring("void", moment(december, 11), of=back)
    charged = tills.ring("sale", moment(december, 9), price="5.00")
    back = tills.ring("return", moment(december, 10), of=charged)
    tills.ring("void", moment(january, 9), of=back)
    build(world)

    assert documents(world, parts) == [
        ("credit_note", "2025-12-30", "-3.33"), ("invoice", "2025-12-30", "10.00"),
        ("credit_note", "2025-12-31", "-3.34"), ("credit_note", "2026-01-01", "-3.33"),
    ]  # fmt: skip
    # a return that is void on its own day never happened, later the void has a document
    assert documents(world, undone) == [("invoice", "2025-12-30", "5.00")]
    assert documents(world, charged) == [
        ("credit_note", "2025-12-30", "-5.00"), ("invoice", "2025-12-30", "5.00"),
        ("invoice", "2026-01-01", "5.00"),
    ]  # fmt: skip


def week(world: World, tills: Tills, draw: random.Random, start: date) -> None:
    """Let a week happen: sales, returns of lines of any age, voids of both, cancellations."""

    def anytime() -> datetime:
        return moment(start + timedelta(days=draw.randrange(7)), draw.randrange(24))

    for _ in range(12):
        price = draw.choice(["0.01", "3.335", "9.99", "10.00", "17.123456"])
        quantity = draw.randint(1, 5)
        discount = str(draw.randint(0, 100) * quantity * Decimal(price) / 100)
        tills.ring("sale", moment(start, 1), quantity=quantity, price=price, discount=discount)
    sold = [line for (line,) in world.rows(
        "select receipt_line_id from raw_stores.receipt_lines"
        " where store_id = 'BER01' and line_type = 'sale' and _extracted_at >= %s"
        " order by 1", moment(FIRST_DAY - timedelta(days=60)),
    )]  # fmt: skip
    for at in sorted(anytime() for _ in range(25)):
        tills.ring("return", at, of=draw.choice(sold), quantity=draw.randint(1, 2))
    returns = [line for (line,) in world.rows(
        "select receipt_line_id from raw_stores.receipt_lines as returned"
        " where store_id = 'BER01' and line_type = 'return' and not exists (select 1 from"
        " raw_stores.receipt_lines as v where v.store_id = returned.store_id"
        " and v.returned_receipt_line_id = returned.receipt_line_id) order by 1"
    )]  # fmt: skip
    end = moment(start + timedelta(days=6), 23)
    for line in draw.sample(returns, 4):
        tills.ring("void", end, of=line)
    tills.ring("void", end, of=draw.choice(sold))
    world.connection.execute(
        "update raw_shop.order_items set returned_at = %s, _extracted_at = greatest(now(), %s)"
        " where returned_at is null and hashtext(order_item_id || %s) %% 25 = 0",
        (anytime(), end, str(start)),
    )
    world.connection.execute(
        "update raw_shop.orders set status = 'cancelled', updated_at = %s,"
        " _extracted_at = greatest(now(), %s)"
        " where status <> 'cancelled' and hashtext(order_id || %s) %% 60 = 0",
        (end, end, str(start)),
    )


def test_no_week_changes_what_was_given_before(world: World, tills: Tills) -> None:
    draw = random.Random(SEED)
    start = FIRST_DAY + timedelta(days=1)
    before, none = given(world), Counter()
    for _ in range(WEEKS):
        week(world, tills, draw, start)
        build(world)
        after = given(world)
        for table in GIVEN:
            closed = {day: rows for day, rows in after[table].items() if day < start}
            changed = {
                day: (before[table].get(day, none) - rows, rows - before[table].get(day, none))
                for day, rows in closed.items() if rows != before[table].get(day)
            }  # fmt: skip
            assert not changed, (table, start, SEED)
            assert closed.keys() == before[table].keys()
            assert len(after[table]) > len(closed), table
        before, start = after, start + timedelta(days=7)


def test_documents_are_the_orders_to_the_cent(world: World) -> None:
    lines = world.rows(
        "select order_key, quantity, returned_quantity, net_amount, is_cancelled,"
        " order_shipping_amount from marts.fct_order_lines"
    )
    kept: dict[str, Decimal] = {}
    whole: dict[str, bool] = {}
    shipping: dict[str, Decimal] = {}
    for order, quantity, returned, net, is_cancelled, charged in lines:
        back = cents(net * returned / quantity)
        kept[order] = kept.get(order, Decimal()) + (0 if is_cancelled else cents(net) - back)
        whole[order] = whole.get(order, True) and (is_cancelled or returned == quantity)
        shipping[order] = cents(charged)
    expected = {order: kept[order] + (0 if whole[order] else shipping[order]) for order in kept}
    found = world.rows("select order_key, sum(total_amount) from marts.fct_invoices group by 1")
    assert dict(found) == expected
    world.dbt("test", "--select", "assert_documents_are_those_of_their_orders",
              "assert_movements_are_those_of_their_documents",
              "test_name:expression_is_true,fct_returns",
              "test_name:expression_is_true,fct_invoices",
              "test_name:expression_is_true,fct_payments_and_refunds")  # fmt: skip
    for table, column in (("fct_invoices", "total_amount"), ("fct_returns", "returned_amount"),
                          ("fct_payments_and_refunds", "amount")):  # fmt: skip
        assert world.rows(
            f"select count(*) from marts.{table} where {column} <> round({column}, 2)"
        ) == [(0,)]


def test_a_full_refresh_gives_the_same_documents(world: World) -> None:
    grown = given(world)
    build(world, "--full-refresh")
    assert given(world) == grown
