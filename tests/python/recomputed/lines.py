"""An order line, as fct_order_lines describes it, and the rules that it may break."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from recomputed.texts import cents, day, in_reporting_currency, midnight

ZERO = Decimal(0)
# clocks differ, and some days are written without a zone
GRACE = timedelta(days=1)
# of the calendar, outside of which no sale is
FIRST_DAY, LAST_DAY = date(2010, 1, 1), date(2035, 12, 31)
# source, line type and number of what is set apart, and the rules that it breaks
Rejected = dict[tuple[str, str, str], str]


class Move(NamedTuple):
    """What a till took back, or, with pieces below zero, did not take back after all."""

    at: datetime
    number: int
    return_number: int
    pieces: int


@dataclass(frozen=True)
class Line:
    """A line sold. What it is called is what fct_order_lines calls it."""

    source_system: str
    channel: str
    order_id: str
    order_line_id: str
    product_id: str
    currency_code: str
    quantity: int
    unit_price: Decimal
    discount_amount: Decimal
    ordered_at: datetime
    reported_at: datetime
    store_id: str | None = None
    customer_record_id: str | None = None
    sku: str | None = None
    promotion_code: str | None = None
    payment_method: str | None = None
    returned_quantity: int = 0
    returned_at: datetime | None = None
    # what a till says of returns and of voids of them, by moment
    moves: tuple[Move, ...] = ()
    cancelled_at: datetime | None = None
    order_shipping_amount: Decimal = ZERO
    is_cancelled: bool = False
    is_payment_recorded: bool = False
    is_price_missing: bool = False
    is_order_missing: bool = False

    @property
    def order(self) -> tuple[str, str]:
        return self.source_system, self.order_id

    @property
    def order_date(self) -> date:
        return day(self.ordered_at, self.store_id)

    @property
    def cancelled_date(self) -> date | None:
        at = self.cancelled_at or self.ordered_at
        return day(at, self.store_id) if self.is_cancelled else None

    @property
    def is_returned(self) -> bool:
        return self.returned_quantity > 0

    @property
    def gross_amount(self) -> Decimal:
        return self.quantity * self.unit_price

    @property
    def net_amount(self) -> Decimal:
        return self.gross_amount - self.discount_amount

    @property
    def cancelled_amount(self) -> Fraction:
        left = Fraction(self.net_amount) - self.returned_amount
        return left if self.is_cancelled else Fraction(0)

    @property
    def returned_amount(self) -> Fraction:
        """Return what was given back: of a part in whole cents, of all the exact amount."""
        if self.returned_quantity in (0, self.quantity):
            return Fraction(self.net_amount if self.returned_quantity else 0)
        return self.cents_of(self.net_amount, self.returned_quantity)

    @property
    def net_merchandise_value(self) -> Fraction:
        return Fraction(self.net_amount) - self.cancelled_amount - self.returned_amount

    @property
    def reporting_net_amount(self) -> Fraction | None:
        return in_reporting_currency(self.net_amount, self.currency_code, self.order_date)

    @property
    def reporting_net_merchandise_value(self) -> Fraction | None:
        return in_reporting_currency(
            self.net_merchandise_value, self.currency_code, self.order_date
        )

    def cents_of(self, amount: Decimal, pieces: int) -> Fraction:
        """Return what the first pieces of the line make of an amount of it, in whole cents."""
        return cents(Fraction(amount) * pieces / self.quantity)


def amounts(price: Decimal | None, discount: Decimal | None) -> dict:
    """Return price and discount of a line; no money is invented where no price is stated."""
    return {
        "unit_price": price if price is not None else ZERO,
        "discount_amount": discount if discount is not None and price is not None else ZERO,
        "is_price_missing": price is None,
    }


def broken_rules(line: Line) -> str | None:
    """Return which rules a line breaks, with a semicolon between."""
    rules = {
        "the quantity is not at least 1": line.quantity < 1,
        "the price is negative": line.unit_price < 0,
        "the discount is negative": line.discount_amount < 0,
        "the discount is more than the price": line.discount_amount > line.gross_amount,
        "the shipping amount is negative": line.order_shipping_amount < 0,
        "the currency has no code of three letters": len(line.currency_code) != 3,
        "it is returned before the sale": line.returned_at is not None
        and line.returned_at < line.ordered_at,
        "it is dated more than a day after it was reported": line.ordered_at
        > line.reported_at + GRACE,
        "the return is dated more than a day after it was reported": line.returned_at is not None
        and line.returned_at > line.reported_at + GRACE,
        # in whatever time zone
        "it is dated before the calendar": line.ordered_at
        < midnight(FIRST_DAY) + timedelta(hours=12),
        "it is dated after the calendar": line.ordered_at
        >= midnight(LAST_DAY) + timedelta(hours=10),
    }
    return "; ".join(text for text, broken in rules.items() if broken) or None
