"""The online shop's database: its rows on any day, and what changes from one day to the next."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from tools.demo.baskets import Tally
from tools.demo.databases import Databases, adding, copy_rows, mark, text, upsert
from tools.demo.dice import money
from tools.demo.people import SHOP, written_email, written_phone
from tools.demo.products import DAYS_BETWEEN_CHANGES, DAYS_ON_SHELF, SHELF, price, shelf_change, sku
from tools.demo.shop_orders import DAYS_UNTIL_FLAW, FIRST_CUSTOMER, Order, Orders
from tools.demo.timeline import FIRST_DAY, SHOP_START, stamp
from tools.demo.world import World

DATABASE = "demo_shop"
KEYS = {
    "customers": "customer_id",
    "orders": "order_id",
    "order_items": "order_item_id",
    "promotions": "promotion_id",
    "inventory_levels": "sku",
}
TABLES = """
create table customers (customer_id bigint, email text, phone text, first_name text,
    last_name text, street text, city text, postcode text, country_code text,
    newsletter boolean, created_at timestamptz, updated_at timestamptz);
create table orders (order_id bigint, customer_id bigint, customer_email text,
    ordered_at timestamptz, status text, promotion_code text, shipping_amount numeric,
    currency_code text, country_code text, internal_note text, updated_at timestamptz);
create table order_items (order_item_id bigint, order_id bigint, sku text, quantity integer,
    unit_price numeric, discount_amount numeric, returned_at timestamptz, updated_at timestamptz);
create table promotions (promotion_id bigint, promotion_code text, description text,
    discount_percent numeric, starts_at timestamptz, ends_at timestamptz, updated_at timestamptz);
create table inventory_levels (sku text, title text, category text, unit_price numeric,
    currency_code text, quantity_on_hand integer, reorder_point integer, shelf_mark text,
    updated_at timestamptz);
"""


class Day(NamedTuple):
    """What one day changes: rows to write and keys to delete by table, and sums."""

    rows: dict[str, list[str]]
    deleted: dict[str, list[Any]]
    counts: dict[str, int]
    tally: Tally


class Shop:
    """All rows of the shop as a function of the day."""

    def __init__(self, world: World) -> None:
        self._world, self._channel = world, world.shop
        self.orders = Orders(world)
        self._left_draw = world.dice.purpose("customer left")

    def customer(self, rank: int, day: int) -> str:
        """Return a customer's row at the start of a day."""
        person = self._world.people.get(SHOP.nth(rank))
        street, city, postcode, moved = self._world.people.address(person.number, day)
        draw, created_at = person.draw, stamp(person.joined, person.draw[7] % 86_400)
        updated_at = stamp(moved, draw[8] % 86_400) if moved > person.joined else created_at
        return (
            f"{rank + FIRST_CUSTOMER}\t{text(written_email(person, 'shop'))}"
            f"\t{text(written_phone(person, 'shop'))}\t{person.first_name}\t{person.last_name}"
            f"\t{street}\t{city}\t{postcode}\t{person.country[0]}\t{'ft'[draw[9] & 1]}"
            f"\t{created_at}\t{updated_at}"
        )

    def left(self, day: int) -> dict[int, int]:
        """Return the customers (by rank) whose rows were deleted before a day, and when."""
        members = self._world.people.members(SHOP, FIRST_DAY)
        gone: dict[int, int] = {}
        for when in range(FIRST_DAY + 3, day, 5):
            gone.setdefault(self._left_draw(when)[0] % members, when)
        return gone

    def shelf(self, rank: int, day: int) -> str:
        """Return the row of a unit on the shelf at the start of a day."""
        products, number = self._world.products, SHELF.nth(rank)
        offer, look = products.offer(number), products.look(number)
        sold = self._world.sold_before(number, day)
        quantity, changed, _ = shelf_change(rank, offer, day, sold)
        return (
            f"{sku(rank)}\t{look.title}\t{look.category}\t{money(price(offer, day - 1))}\tEUR"
            f"\t{quantity}\t{1 + rank % 3}\tA{rank % 40}\t{stamp(changed, 21_600 + rank % 3600)}"
        )

    def shelf_ranks(self, day: int) -> Iterator[int]:
        """Give the ranks of all units on the shelf at the start of a day."""
        products = self._world.products
        shown = products.shelf_ranks(day - DAYS_ON_SHELF, day - 1)
        yield from range(min(products.evergreens, shown.start))
        yield from shown

    def create(self, databases: Databases, identity: str) -> tuple[Tally, dict[str, int]]:
        """Make the database as it stands at FIRST_DAY; return what was sold, and row counts."""
        databases.recreate(DATABASE, TABLES)
        tally, counts = Tally(), dict.fromkeys(KEYS, 0)

        def counted(table: str, rows: Iterable[str]) -> Iterator[str]:
            for row in rows:
                counts[table] += 1
                yield row

        day = FIRST_DAY
        with databases.connect(DATABASE) as connection, connection.cursor() as cursor:
            members = range(self._world.people.members(SHOP, day))
            customers = (self.customer(rank, day) for rank in members)
            shelf = (self.shelf(rank, day) for rank in self.shelf_ranks(day))
            copy_rows(cursor, "customers", counted("customers", customers))
            copy_rows(cursor, "promotions", counted("promotions", self.orders.promotions(day)))
            copy_rows(cursor, "inventory_levels", counted("inventory_levels", shelf))
            with databases.connect(DATABASE) as other, adding(other, "order_items") as add:
                orders = self._all_orders(day, tally, counts, add)
                copy_rows(cursor, "orders", counted("orders", orders))
            for table, key in KEYS.items():
                cursor.execute(f"alter table {table} add primary key ({key})")
                cursor.execute(f"create index on {table} (updated_at)")
            mark(connection, identity, day)
        return tally, counts

    def _all_orders(
        self, day: int, tally: Tally, counts: dict[str, int], add: Callable[[list[str]], None]
    ) -> Iterator[str]:
        """Give all orders' rows, and write their lines on the way."""
        for past in range(SHOP_START, day):
            for basket in self._channel.on(past):
                if order := self.orders.order(basket, day):
                    add(order.items)
                    counts["order_items"] += len(order.items)
                    for sold in order.sold:
                        tally.add(*sold)
                    yield order.row

    def changes(self, day: int) -> Day:
        """Return what happens in the database on a day."""
        rows: dict[str, list[str]] = {table: [] for table in KEYS}
        deleted: dict[str, list[Any]] = {table: [] for table in KEYS}
        change = Day(rows, deleted, dict.fromkeys(KEYS, 0), Tally())
        for past in range(day - DAYS_UNTIL_FLAW, day + 1):
            for basket in self._channel.on(past):
                self._change_order(
                    self.orders.order(basket, day), self.orders.order(basket, day + 1), change
                )
        self._change_people(day, change)
        self._change_shelf(day, change)
        return change

    @staticmethod
    def _change_order(before: Order | None, after: Order | None, change: Day) -> None:
        if before == after:
            return
        for order, sign in ((before, -1), (after, 1)):
            if order:
                change.counts["orders"] += sign
                change.counts["order_items"] += sign * len(order.items)
                for sold in order.sold:
                    change.tally.add(*sold, sign=sign)
        if after is None and before is not None:
            change.deleted["orders"].append(int(before.row.split("\t")[0]))
            change.deleted["order_items"] += [int(item.split("\t")[0]) for item in before.items]
            return
        if after is None:
            return
        if before is None or before.row != after.row:
            change.rows["orders"].append(after.row)
        known = set(before.items) if before else set()
        change.rows["order_items"] += [item for item in after.items if item not in known]

    def _change_people(self, day: int, change: Day) -> None:
        people, gone = self._world.people, self.left(day + 1)
        known = people.members(SHOP, day)
        joined = range(known, people.members(SHOP, day + 1))
        moved = [rank for rank in people.movers(SHOP, day) if rank not in gone]
        change.rows["customers"] += [self.customer(rank, day + 1) for rank in (*joined, *moved)]
        left = [rank + FIRST_CUSTOMER for rank, when in gone.items() if when == day]
        change.deleted["customers"] += left
        change.counts["customers"] += len(joined) - len(left)
        promotions = self.orders.promotions(day + 1)[len(self.orders.promotions(day)) :]
        change.rows["promotions"] += promotions
        change.counts["promotions"] += len(promotions)

    def _change_shelf(self, day: int, change: Day) -> None:
        products, evergreens = self._world.products, self._world.products.evergreens
        listed = products.shelf_ranks(day, day)
        expired = products.shelf_ranks(day - DAYS_ON_SHELF, day - DAYS_ON_SHELF)
        gone = [sku(rank) for rank in expired if rank >= evergreens]
        ranks = dict.fromkeys((*listed, *self.shelf_changes(day), *self._world.pieces_sold_on(day)))
        change.rows["inventory_levels"] += [self.shelf(rank, day + 1) for rank in ranks]
        change.deleted["inventory_levels"] += gone
        change.counts["inventory_levels"] += len(listed) - len(gone)

    def shelf_changes(self, day: int) -> Iterator[int]:
        """Give the ranks of the units whose rows change on a day."""
        products = self._world.products
        for rank in range(products.evergreens):
            if (day - products.offer(SHELF.nth(rank)).listed) % DAYS_BETWEEN_CHANGES == 0:
                yield rank
        for age in range(DAYS_BETWEEN_CHANGES, DAYS_ON_SHELF, DAYS_BETWEEN_CHANGES):
            for rank in products.shelf_ranks(day - age, day - age):
                if rank >= products.evergreens:
                    yield rank

    def apply(self, databases: Databases, identity: str, day: int, change: Day) -> None:
        """Bring the database over a day, in one transaction; nothing if it is there already."""
        with databases.connect(DATABASE) as connection:
            [(reached,)] = connection.execute("select day from demo_meta for update")
            if reached.toordinal() > day:
                return
            for table, key in KEYS.items():
                if keys := change.deleted[table]:
                    connection.execute(f"delete from {table} where {key} = any(%s)", [keys])
                upsert(connection, table, key, change.rows[table])
            mark(connection, identity, day + 1)
