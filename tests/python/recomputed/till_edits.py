"""What happens at a till in the wild: each edit with receipts of its own."""

from collections.abc import Callable
from datetime import datetime, timezone

import psycopg
from world import World

from recomputed.sources import database


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


def return_in_parts(till: Till) -> None:
    """Bring three pieces back on three days over a month's end, one of which never happened."""
    sale = till.ring("sale", "2025-11-20 10:00+00", quantity=3)
    for at in ("2025-11-29 10:00+00", "2025-11-30 23:30+00", "2025-12-01 10:00+00"):
        returned = till.ring("return", at, of=sale)
    till.ring("void", "2025-12-01 10:05+00", of=returned)


def return_another(till: Till) -> None:
    """Bring a piece back on the day on which the return of others is made void."""
    sale = till.ring("sale", "2025-12-02 10:00+00", quantity=3)
    returned = till.ring("return", "2025-12-03 00:00+00", quantity=2, of=sale)
    till.ring("return", "2025-12-05 00:00+00", of=sale)
    till.ring("void", "2025-12-05 00:10+00", of=returned)


def return_too_many(till: Till) -> None:
    sale = till.ring("sale", "2025-12-31 23:45+00", quantity=2)
    till.ring("return", "2025-12-31 23:50+00", quantity=5, of=sale)


def sell_at_the_ends_of_days(till: Till) -> None:
    """Sell around the new year in Sydney, and at the ends of its days of 25 and of 23 hours."""
    for at in (
        "2024-12-31 12:59+00", "2024-12-31 13:30+00", "2025-04-05 13:30+00",
        "2025-04-06 13:59+00", "2025-04-06 14:00+00", "2025-10-04 14:00+00",
        "2025-10-05 12:59+00", "2025-10-05 13:00+00",
    ):  # fmt: skip
        till.ring("sale", at)


def make_void(till: Till) -> None:
    sale = till.ring("sale", "2025-12-30 10:00+00")
    till.ring("void", "2025-12-30 10:01+00", of=sale)


def make_void_after_a_return(till: Till) -> None:
    """Make void what is left of a sale, and then the return, of which nothing is left to keep."""
    sale = till.ring("sale", "2025-12-10 10:00+00", quantity=3)
    returned = till.ring("return", "2025-12-12 10:00+00", of=sale)
    till.ring("void", "2025-12-15 10:00+00", of=sale)
    till.ring("void", "2025-12-16 10:00+00", of=returned)


def return_before_the_sale(till: Till) -> None:
    sale = till.ring("sale", "2025-12-20 10:00+00")
    till.ring("return", "2025-12-19 10:00+00", of=sale)


def sell_ahead_of_time(till: Till) -> None:
    till.ring("sale", f"{datetime.now(timezone.utc).year + 2}-03-01 10:00+00")


def sell_nothing(till: Till) -> None:
    till.ring("sale", "2025-12-20 10:00+00", quantity=0)


def sell_to_people_with_telephones(till: Till) -> None:
    for contact in (
        (None, "030 5550001"), (None, "030 5550002"), ("two@example.org", "030-5550003"),
        ("TWO@EXAMPLE.ORG ", None),
    ):  # fmt: skip
        till.ring("sale", "2025-12-21 10:00+00", contact=contact)


AT_THE_TILL: dict[str, Callable[[Till], None]] = {
    edit.__name__: edit
    for edit in (
        return_in_parts, return_another, return_too_many, sell_at_the_ends_of_days, make_void,
        make_void_after_a_return, return_before_the_sale, sell_ahead_of_time, sell_nothing,
        sell_to_people_with_telephones,
    )
}  # fmt: skip


def edit_till(world: World, only: str | None = None) -> None:
    """Sell and take back in a store what tills get right and wrong, or one thing of it."""
    with database(world, "demo_store_ber01") as connection:
        till = Till(connection)
        for name, edit in AT_THE_TILL.items():
            if only in (None, name):
                edit(till)
