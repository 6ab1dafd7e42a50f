"""The stores' till databases: what is rung up, what never arrives, and when one is down."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from tools.demo.baskets import Basket, Line, Tally, first_line
from tools.demo.databases import Databases, adding, copy_rows, mark, text
from tools.demo.dice import money
from tools.demo.people import LOYALTY, written_email, written_phone
from tools.demo.products import sku
from tools.demo.timeline import FIRST_DAY, HISTORY_END, RECENT_START, stamp
from tools.demo.world import Outage, World

MAILED_PER_DAY = 15  # the till confirms by mail the first so many sales of a day
TABLES = """
create table receipts (store_id text, receipt_id bigint, receipt_number text,
    sold_at timestamptz, customer_email text, customer_phone text, payment_method text,
    currency_code text, cashier integer);
create table receipt_lines (store_id text, receipt_line_id bigint, receipt_id bigint,
    line_type text, returned_receipt_line_id bigint, sku text, quantity integer,
    unit_price numeric, discount_amount numeric, scanned boolean);
"""
KEYS = {"receipts": "receipt_id", "receipt_lines": "receipt_line_id"}
_RETURN_CYCLE = 20  # every twentieth receipt takes something back


class Receipt(NamedTuple):
    """A receipt's rows in the till, and (line, is it void) of all that was sold."""

    row: str
    lines: list[str]
    sold: list[tuple[Line, bool]]
    takes_back: bool


class Store:
    """One store: its receipts as a function of the day."""

    def __init__(self, world: World, code: str) -> None:
        self.code, self.channel, self._world = code, world.stores[code], world
        self.database = f"demo_store_{code.lower()}"
        schedule = self.channel.schedule
        weekly = schedule.before(FIRST_DAY) - schedule.before(FIRST_DAY - 7)
        self._cycles_back = max(1, round(weekly / _RETURN_CYCLE))
        self.lost = lru_cache(maxsize=64)(self._lost)

    def takes_back(self, basket: Basket) -> int | None:
        """Return the earlier receipt that a receipt takes something back from, if it does so."""
        cycle, place = divmod(basket.index, _RETURN_CYCLE)
        if place != _RETURN_CYCLE - 1 or cycle < self._cycles_back:
            return None
        return _RETURN_CYCLE * (cycle - self._cycles_back) + basket.draw[14] % 15

    def _is_taken_back(self, basket: Basket) -> bool:
        cycle = basket.index // _RETURN_CYCLE + self._cycles_back
        later = self.channel.basket(cycle * _RETURN_CYCLE + _RETURN_CYCLE - 1, basket.day)
        return self.takes_back(later) == basket.index

    @staticmethod
    def _has_void(basket: Basket) -> bool:
        """Return whether the third line takes back the second one before payment."""
        return len(basket.lines) == 3 and basket.draw[13] % 8 == 0

    def number(self, basket: Basket) -> str:
        """Return the number printed on a receipt."""
        return f"{self.code}-{basket.index + 1:07d}"

    def customer(self, basket: Basket) -> tuple[str, str]:
        """Return e-mail address and phone number given at the till; mostly one or none."""
        chance = basket.draw[2] % 10
        if chance >= 5:
            return "", ""
        person = self._world.people.get(LOYALTY.nth(basket.member))
        if chance < 3:
            return written_email(person, "loyalty"), ""
        return "", written_phone(person, "till")

    def sold(self, basket: Basket) -> list[tuple[Line, bool]]:
        """Return what is sold on a receipt, and whether it was made void."""
        if self.takes_back(basket) is not None:
            return []
        if self._has_void(basket):
            return [(basket.lines[0], False), (basket.lines[1], True)]
        return [(line, False) for line in basket.lines]

    def receipt(self, basket: Basket) -> Receipt:
        """Return a receipt as the till keeps it."""
        draw, identity, first = basket.draw, basket.index + 1, first_line(basket.index)
        email, phone = self.customer(basket)
        method = ("card", "card", "cash", "voucher")[draw[3] & 3]
        row = (
            f"{self.code}\t{identity}\t{self.number(basket)}\t{stamp(basket.day, basket.second)}"
            f"\t{text(email)}\t{text(phone)}\t{method}\tEUR\t{draw[3] >> 4 & 7}"
        )
        back = self.takes_back(basket)
        sold = [] if back is not None else self.sold(basket)
        lines = [
            self._line(first + place, identity, "sale", "\\N", line)
            for place, (line, _) in enumerate(sold)
        ]
        if back is not None:
            line, origin = self.channel.basket(back).lines[0], first_line(back)
            lines.append(self._line(first, identity, "return", origin, line))
        elif self._has_void(basket):
            lines.append(self._line(first + 2, identity, "void", first + 1, basket.lines[1]))
        return Receipt(row, lines, sold, back is not None)

    def _line(self, number: int, receipt: int, kind: str, origin: Any, line: Line) -> str:
        rank, _, quantity, percent, price = line
        return (
            f"{self.code}\t{number}\t{receipt}\t{kind}\t{origin}\t{sku(rank)}\t{quantity}"
            f"\t{money(price)}\t{money(quantity * price * percent // 100)}\tt"
        )

    # outages

    def down(self, day: int) -> Outage | None:
        """Return the outage that the database is in at the start of a day, if any."""
        return self._world.down(self.code, day)

    def reached(self, day: int) -> int:
        """Return the day up to which the database is filled at the start of a day."""
        outage = self.down(day)
        return outage.start if outage else day

    def outages(self, day: int) -> list[Outage]:
        """Return the store's outages that began before or on a day."""
        return [outage for outage in self._world.outages(day) if outage.store == self.code]

    def _lost(self, outage: Outage) -> frozenset[int]:
        """Return the receipts of an outage that the database never gets; at least one."""
        lost: list[int] = []
        for day in range(outage.start, outage.end):
            for basket in self.confirmed(day):
                if self._has_void(basket) or self._is_taken_back(basket):
                    continue
                if not lost or basket.draw[15] % 4 == 0:
                    lost.append(basket.index)
        return frozenset(lost)

    def _outage_on(self, day: int) -> Outage | None:
        """Return the outage in which the sales of a day fall."""
        return self.down(day) if day >= RECENT_START else None

    def arrived(self, day: int) -> Iterator[Basket]:
        """Give the receipts of a day that reach the database sooner or later."""
        outage = self._outage_on(day)
        lost = self.lost(outage) if outage else ()
        for basket in self.channel.on(day):
            if basket.index not in lost:
                yield basket

    # mail

    def _sales(self, day: int) -> list[Basket]:
        sales = (basket for basket in self.channel.on(day) if self.takes_back(basket) is None)
        return list(islice(sales, MAILED_PER_DAY))

    def confirmed(self, day: int) -> list[Basket]:
        """Return the receipts of a day of which a mail was sent and has arrived."""
        whole = self._outage_on(day) is not None  # in an outage no mail is missing
        return [basket for basket in self._sales(day) if whole or basket.draw[15] % 32 != 1]

    def unconfirmed(self, day: int) -> list[Basket]:
        """Return the receipts of a day of which the mail is missing."""
        if self._outage_on(day):
            return []
        return [basket for basket in self._sales(day) if basket.draw[15] % 32 == 1]

    def disagrees(self, basket: Basket) -> bool:
        """Return whether a receipt's mail says something else than the till."""
        return basket.draw[15] % 32 == 2 and not self._outage_on(basket.day)

    def confirmed_lines(self, basket: Basket) -> list[Line]:
        """Return the lines as the mail has them: void ones left out, a few of them wrong."""
        lines = [line for line, is_void in self.sold(basket) if not is_void]
        if self.disagrees(basket):
            line = lines[0]
            wrong_quantity = basket.draw[15] & 64
            lines[0] = line._replace(
                quantity=line.quantity + bool(wrong_quantity),
                price=line.price + (0 if wrong_quantity else 1_000_000),
            )
        return lines

    def is_lost(self, basket: Basket) -> bool:
        """Return whether a receipt never reaches the database."""
        outage = self._outage_on(basket.day)
        return outage is not None and basket.index in self.lost(outage)

    def only_by_mail(self, day: int) -> Iterator[Basket]:
        """Give the receipts that at the start of a day only the mail knows."""
        for outage in self.outages(day):
            known = self.lost(outage)
            for past in range(outage.start, min(outage.end, day)):
                for basket in self.confirmed(past):
                    if outage.end > day or basket.index in known:
                        yield basket

    # the database

    def fill(self, start: int, end: int, tally: Tally, counts: dict[str, int]) -> Iterator[Receipt]:
        """Give the receipts of the days from `start` to before `end`, and count them."""
        for day in range(start, end):
            for basket in self.arrived(day):
                receipt = self.receipt(basket)
                for line, is_void in receipt.sold:
                    tally.add(line.quantity, line.price, line.percent, is_cancelled=is_void)
                tally.returned_lines += receipt.takes_back
                counts["receipts"] += 1
                counts["receipt_lines"] += len(receipt.lines)
                yield receipt

    def create(self, databases: Databases, identity: str) -> tuple[Tally, dict[str, int]]:
        """Make the database as it stands at FIRST_DAY; return what was sold, and row counts."""
        databases.recreate(self.database, TABLES)
        tally, counts = Tally(), dict.fromkeys(KEYS, 0)
        with (
            databases.connect(self.database) as connection,
            connection.cursor() as cursor,
        ):
            with databases.connect(self.database) as other, adding(other, "receipt_lines") as add:

                def receipts() -> Iterator[str]:
                    for receipt in self.fill(HISTORY_END, FIRST_DAY, tally, counts):
                        add(receipt.lines)
                        yield receipt.row

                copy_rows(cursor, "receipts", receipts())
            for table, key in KEYS.items():
                cursor.execute(f"alter table {table} add primary key ({key})")
            mark(connection, identity, FIRST_DAY)
        return tally, counts

    def advance(
        self, databases: Databases, identity: str, today: int, day: int
    ) -> tuple[Tally, dict[str, int]]:
        """Bring the database from one day to another; shut it if it is down then.

        Returns:
            What was sold and the rows that were added since `today`, whether or not an
            interrupted run had already written them.
        """
        tally, counts, until = Tally(), dict.fromkeys(KEYS, 0), self.reached(day)
        start, is_open = self.reached(today), databases.is_open(self.database)
        if not is_open and self.down(day) == self.down(today) is not None:
            return tally, counts
        if not is_open:
            databases.set_open(self.database, True)
        with databases.connect(self.database) as connection:
            for past in range(start, until):
                receipts = list(self.fill(past, past + 1, tally, counts))
                with connection.transaction(), connection.cursor() as cursor:
                    [(reached,)] = cursor.execute("select day from demo_meta for update")
                    if reached.toordinal() > past:
                        continue
                    copy_rows(cursor, "receipts", (receipt.row for receipt in receipts))
                    lines = (line for receipt in receipts for line in receipt.lines)
                    copy_rows(cursor, "receipt_lines", lines)
                    mark(connection, identity, past + 1)
        if self.down(day):
            databases.set_open(self.database, False)
        return tally, counts
