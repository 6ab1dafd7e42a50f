"""What happens to sources in the wild, for a demo world: each edit on rows of its own."""

import os
import re
from datetime import date, datetime, timedelta, timezone

import psycopg
from psycopg.conninfo import make_conninfo
from world import World

# by what happens: of an order, and its first line, that nothing else here touches
AT_THE_SHOP = {
    "an order is deleted": (
        "delete from order_items where order_id = {order};"
        " delete from orders where order_id = {order}"
    ),
    "one line of an order is deleted": "delete from order_items where order_item_id = {item}",
    "the quantity is 0": "update order_items set quantity = 0, {now} where order_item_id = {item}",
    "the price is negative": (
        "update order_items set unit_price = -5, {now} where order_item_id = {item}"
    ),
    "the price is missing": (
        "update order_items set unit_price = null, {now} where order_item_id = {item}"
    ),
    "the discount is more than the price": (
        "update order_items set discount_amount = 1000000, {now} where order_item_id = {item}"
    ),
    "it is returned before the sale": (
        "update order_items set returned_at = '2012-01-01', {now} where order_item_id = {item}"
    ),
    "it is returned ahead of time": (
        "update order_items set returned_at = now() + '2 years', {now} where order_item_id = {item}"
    ),
    "an order is dated ahead": (
        "update orders set ordered_at = now() + '2 years', {now} where order_id = {order}"
    ),
    "an order is dated before the calendar": (
        "update orders set ordered_at = '1999-12-31 10:00+00', {now} where order_id = {order}"
    ),
    "the discount is negative": (
        "update order_items set discount_amount = -1, {now} where order_item_id = {item}"
    ),
    "the shipping is negative": (
        "update orders set shipping_amount = -4.90, {now} where order_id = {order}"
    ),
    "the currency is a sign": (
        "update orders set currency_code = '€', {now} where order_id = {order}"
    ),
    "an order is dated long ago": (
        "update orders set ordered_at = '2014-03-01 10:00+00', {now} where order_id = {order}"
    ),
    # guests of whom nothing else is known, just out of the last twelve months and just in
    "it is sold at 00:30 local on 1 January": (
        "update orders set ordered_at = '2025-01-01 00:30+01', customer_id = null,"
        " customer_email = 'out@example.org', {now} where order_id = {order}"
    ),
    "it is sold an hour later": (
        "update orders set ordered_at = '2025-01-01 01:30+01', customer_id = null,"
        " customer_email = 'in@example.org', {now} where order_id = {order}"
    ),
    "it is sold at 00:30 local on the first day of the financial year": (
        "update orders set ordered_at = '2025-04-01 00:30+02', {now} where order_id = {order}"
    ),
    "it is sold on the day that has 23 hours": (
        "update orders set ordered_at = '2025-03-30 00:30+01', {now} where order_id = {order}"
    ),
    "it is sold on the day that has 25 hours": (
        "update orders set ordered_at = '2025-10-26 23:30+01', {now} where order_id = {order}"
    ),
    "it is cancelled after a return": (
        "update order_items set returned_at = (select ordered_at + '5 days' from orders"
        " where order_id = {order}), {now} where order_item_id = {item};"
        "update orders set status = 'cancelled', {now} where order_id = {order}"
    ),
    "the customer pays in a second currency": (
        "update orders set currency_code = 'CHF', {now} where order_id = {order}"
    ),
    "the order is missing": "delete from orders where order_id = {order}",
    "two accounts take one address": (
        "update customers set email = (select email from customers where customer_id = 10003),"
        " {now} where customer_id = 10007"
    ),
    "two accounts share a telephone": (
        "update customers set phone = '+49 (0)30 5550001', {now}"
        " where customer_id in (10010, 10011)"
    ),
    "an account has the telephone of a till's customer": (
        "update customers set phone = '+49 30/555 0002', {now} where customer_id = 10012"
    ),
    "a telephone would make two accounts one": (
        "update customers set phone = '0049 30 5550003', {now} where customer_id = 10013;"
        "update customers set email = 'Two <two@example.org>', phone = null, {now}"
        " where customer_id = 10014"
    ),
    "an account is deleted": (
        "delete from customers where customer_id = (select customer_id from orders"
        " where order_id = {order})"
    ),
    "a unit is listed twice": (
        "insert into inventory_levels (sku, title, category, unit_price, currency_code,"
        " quantity_on_hand, reorder_point, updated_at) select sku || '-B', title, category,"
        " unit_price, currency_code, 1, 0, now() from inventory_levels order by sku limit 1"
    ),
}
UNTOUCHED = """
select order_id, min(order_item_id)
from order_items inner join orders using (order_id) inner join customers using (customer_id)
group by order_id
having bool_and(returned_at is null and status in ('paid', 'shipped', 'delivered'))
order by count(*) desc, order_id desc
"""


def edit_shop(world: World) -> None:
    """Let happen to the shop what AT_THE_SHOP names."""
    with database(world, "demo_shop") as shop:
        orders = shop.execute(UNTOUCHED).fetchmany(len(AT_THE_SHOP))
        for (order, item), edit in zip(orders, AT_THE_SHOP.values(), strict=True):
            for statement in edit.split(";"):
                done = shop.execute(
                    statement.format(order=order, item=item, now="updated_at = now()")
                )
                assert done.rowcount > 0, statement


def database(world: World, name: str) -> psycopg.Connection:
    """Connect to a source's database."""
    return psycopg.connect(make_conninfo(world.conninfo(), dbname=name), autocommit=True)


class Till:
    """A till that rings up receipts of one line.

    Args:
        connection: to the store's database.
    """

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        # the demo goes on with the numbers before these, within what a cursor looks back over
        [(self._receipt, self._store)] = connection.execute(
            "select max(receipt_id) + 500, max(store_id) from receipts"
        )
        [(self._line, self._sku)] = connection.execute(
            "select max(receipt_line_id) + 500, max(sku) from receipt_lines"
        )

    def ring(
        self,
        kind: str,
        at: str,
        quantity: int = 1,
        of: int | None = None,
        contact: tuple[str | None, str | None] = (None, None),
    ) -> int:
        """Ring up a sale, a return or a void of a line; return the line's number.

        Args:
            kind: sale, return or void.
            at: when.
            quantity: pieces.
            of: number of the line that is returned or void.
            contact: e-mail address and telephone number.
        """
        self._receipt, self._line = self._receipt + 1, self._line + 1
        self._connection.execute(
            "insert into receipts (store_id, receipt_id, receipt_number, sold_at, payment_method,"
            " currency_code, customer_email, customer_phone)"
            " values (%s, %s, %s, %s, 'cash', 'EUR', %s, %s)",
            (self._store, self._receipt, f"{self._store}-X{self._receipt}", at, *contact),
        )
        self._connection.execute(
            "insert into receipt_lines (store_id, receipt_line_id, receipt_id, line_type,"
            " returned_receipt_line_id, sku, quantity, unit_price, discount_amount)"
            " values (%s, %s, %s, %s, %s, %s, %s, 10.01, 0.05)",
            (self._store, self._line, self._receipt, kind, of, self._sku, quantity),
        )
        return self._line


def edit_till(world: World) -> None:
    """Sell and take back in a store what tills get right and wrong."""
    with database(world, "demo_store_ber01") as connection:
        till = Till(connection)
        # three days over a month's end, and one of the returns never happened
        in_parts = till.ring("sale", "2025-11-20 10:00+00", quantity=3)
        for at in ("2025-11-29 10:00+00", "2025-11-30 23:30+00", "2025-12-01 10:00+00"):
            returned = till.ring("return", at, of=in_parts)
        till.ring("void", "2025-12-01 10:05+00", of=returned)
        too_many = till.ring("sale", "2025-12-31 23:45+00", quantity=2)
        till.ring("return", "2025-12-31 23:50+00", quantity=5, of=too_many)
        # around the new year in Sydney, and at the ends of its days of 25 and of 23 hours
        for at in (
            "2024-12-31 12:59+00", "2024-12-31 13:30+00", "2025-04-05 13:30+00",
            "2025-04-06 13:59+00", "2025-04-06 14:00+00", "2025-10-04 14:00+00",
            "2025-10-05 12:59+00", "2025-10-05 13:00+00",
        ):  # fmt: skip
            till.ring("sale", at)
        void = till.ring("sale", "2025-12-30 10:00+00")
        till.ring("void", "2025-12-30 10:01+00", of=void)
        early = till.ring("sale", "2025-12-20 10:00+00")
        till.ring("return", "2025-12-19 10:00+00", of=early)
        till.ring("sale", f"{datetime.now(timezone.utc).year + 2}-03-01 10:00+00")
        till.ring("sale", "2025-12-20 10:00+00", quantity=0)
        for contact in (
            (None, "030 5550001"), (None, "030 5550002"), ("two@example.org", "030-5550003"),
            ("TWO@EXAMPLE.ORG ", None),
        ):  # fmt: skip
            till.ring("sale", "2025-12-21 10:00+00", contact=contact)


def edit_people(world: World) -> None:
    """Let somebody judge who is one person, and who is not."""
    world.connection.execute(
        "insert into seeds.customer_match_overrides"
        " select 'shop:' || min(customer_id), 'shop:' || max(customer_id), 'match', 'tried'"
        " from raw_shop.customers;"
        "insert into seeds.customer_match_overrides"
        " select 'shop:' || customer_id, 'catalog:' || customer_number, 'no_match', 'tried'"
        " from raw_shop.customers inner join raw_catalog.customers as members"
        " on lower(trim(customers.email)) = lower(trim(members.email))"
        " order by customer_id offset 1 limit 2"
    )


class Marketplace:
    """The marketplace's exports, of which a product goes and comes back, and one gets cheaper.

    Args:
        world: whose folder has them.
    """

    def __init__(self, world: World) -> None:
        self._folder = world.folder / "demo" / "marketplace"

    def lose_product(self) -> None:
        """Leave out the product that was sold last, and cut a price, in an export of this day."""
        header, first, *others = self._lines("products")
        offered = {line.partition(",")[0] for line in others}
        sold = [line.split(",")[2:4] for line in self._lines("transactions")]
        self._user, self._lost = next(pair for pair in reversed(sold) if pair[1] in offered)
        kept = [line for line in others if not line.startswith(f"{self._lost},")]
        self._write("products", [header, self._priced(first, "0.99"), *kept])
        self._day = self._written("products")

    def bring_back(self) -> None:
        """Offer it again at another price, sold on the day on which it was away."""
        lines = self._lines("products")
        self._write("products", [
            self._priced(line, "77.125") if line.startswith(f"{self._lost},") else line
            for line in lines
        ])  # fmt: skip
        sold = f"999901,999901,{self._user},{self._lost},1,{self._day + timedelta(days=1)}"
        self._write("transactions", [*self._lines("transactions"), sold])

    def _priced(self, line: str, price: str) -> str:
        return f"{line.rpartition(',')[0]},{price}"

    def _written(self, name: str) -> date:
        stamp = (self._folder / f"{name}.csv").stat().st_mtime
        return datetime.fromtimestamp(stamp, timezone.utc).date()

    def _lines(self, name: str) -> list[str]:
        text = (self._folder / f"{name}.csv").read_text(encoding="utf-8")
        return [line for line in text.split("\n") if re.match(r"\d", line) or "_id" in line]

    def _write(self, name: str, lines: list[str]) -> None:
        """Write an export an hour after the one that is there."""
        path = self._folder / f"{name}.csv"
        later = path.stat().st_mtime + 3600
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        os.utime(path, (later, later))
