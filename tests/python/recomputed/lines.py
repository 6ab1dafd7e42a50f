"""Order lines of all channels, as fct_order_lines describes them."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from recomputed.raw import MailLine, Raw, ReceiptLine, ShopOrder
from recomputed.texts import (
    MARKETPLACE_CURRENCY,
    cents,
    cleaned,
    currency,
    day,
    email,
    midnight,
    phone,
)  # fmt: skip

ZERO = Decimal(0)
# clocks differ, and some days are written without a zone
GRACE = timedelta(days=1)
# of the calendar, outside of which no sale is
FIRST_DAY, LAST_DAY = date(2010, 1, 1), date(2035, 12, 31)
# source, line type and number of what is set apart, and the rules that it breaks
Rejected = dict[tuple[str, str, str], str]


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
        return cents(Fraction(self.net_amount) * self.returned_quantity / self.quantity)

    @property
    def net_merchandise_value(self) -> Fraction:
        return Fraction(self.net_amount) - self.cancelled_amount - self.returned_amount


def amounts(price: Decimal | None, discount: Decimal | None) -> dict:
    """Return price and discount of a line; no money is invented where no price is stated."""
    return {
        "unit_price": price if price is not None else ZERO,
        "discount_amount": discount if discount is not None and price is not None else ZERO,
        "is_price_missing": price is None,
    }


def of_marketplace(
    raw: Raw, price_at: Callable[[int | None, datetime], Decimal | None]
) -> Iterator[Line]:
    """Give the lines of the marketplace.

    Args:
        raw: the raw tables.
        price_at: gives the price of a product at a moment, for the export states none.
    """
    for sale in raw.transactions:
        at = midnight(sale.sale_date)
        buyer = "" if sale.user_id is None else f"-{sale.user_id}"
        yield Line(
            source_system="marketplace",
            channel="marketplace",
            order_id=f"{sale.transaction_id}{buyer}",
            order_line_id=str(sale.sale_id),
            product_id=f"marketplace:{sale.product_id}" if sale.product_id else "unknown",
            customer_record_id=f"marketplace:{sale.user_id}" if buyer else None,
            currency_code=MARKETPLACE_CURRENCY,
            quantity=sale.quantity,
            ordered_at=at,
            reported_at=sale._extracted_at,
            **amounts(price_at(sale.product_id, at), None),
        )


def shop_record(raw: Raw, order: ShopOrder) -> str | None:
    """Return who placed an order: an account, or by the address a guest.

    One whose account is gone is a guest.
    """
    if order.customer_id in raw.account_ids:
        return f"shop:{order.customer_id}"
    address = email(order.customer_email)
    return f"shop:{address}" if address else None


def of_shop(raw: Raw) -> Iterator[Line]:
    """Give the lines of the online shop."""
    orders = {order.order_id: order for order in raw.shop_orders}
    for item in raw.order_items:
        order = orders.get(item.order_id)
        sku = cleaned(item.sku)
        states = raw.order_states.get(item.order_id, [])
        cancelled_at = states[-1].since if states and states[-1].name == "cancelled" else None
        # what comes back of a cancelled order is no return
        is_returned = item.returned_at is not None and not (
            cancelled_at and item.returned_at >= cancelled_at
        )
        yield Line(
            source_system="shop",
            channel="shop",
            order_id=str(item.order_id),
            order_line_id=str(item.order_item_id),
            product_id=f"shop:{sku}" if sku else "unknown",
            sku=sku,
            customer_record_id=shop_record(raw, order) if order else None,
            promotion_code=cleaned(order.promotion_code) if order else None,
            currency_code=currency(order.currency_code if order else None),
            quantity=item.quantity,
            returned_quantity=item.quantity if is_returned else 0,
            returned_at=item.returned_at,
            ordered_at=order.ordered_at if order else item.updated_at,
            reported_at=item._extracted_at,
            order_shipping_amount=(order.shipping_amount if order else None) or ZERO,
            is_cancelled=order is not None and order.status == "cancelled",
            is_payment_recorded=order is not None
            and (
                order.status in ("paid", "shipped", "delivered")
                or any(state.name == "paid" for state in states[:-1])
            ),
            is_order_missing=order is None,
            **amounts(item.unit_price, item.discount_amount),
        )


def of_history(raw: Raw) -> Iterator[Line]:
    """Give the lines of the tills before the present ones."""
    for sale in raw.past_sales:
        sold_on = day(sale.sold_at, sale.store_id)
        address, sku = email(sale.customer_email), cleaned(sale.sku)
        yield Line(
            source_system="history",
            channel="store",
            store_id=sale.store_id,
            order_id=f"{sale.store_id}-{sold_on}-{sale.receipt_number}",
            order_line_id=str(sale.sale_line_id),
            product_id=f"shop:{sku}" if sku else "unknown",
            sku=sku,
            customer_record_id=f"history:{address}" if address else None,
            currency_code=currency(sale.currency_code),
            quantity=sale.quantity,
            returned_quantity=sale.quantity if sale.is_returned else 0,
            ordered_at=sale.sold_at,
            reported_at=sale._extracted_at,
            **amounts(sale.unit_price, sale.discount_amount),
        )


def mails_taken(raw: Raw) -> dict[tuple[str, str], list[MailLine]]:
    """Return the receipts that mails hold, each from the mail that was received first.

    Lines without a quantity are left out. Of mails received at once, the least number is taken.
    """
    mails: dict[tuple[str, str], dict[str, list[MailLine]]] = defaultdict(lambda: defaultdict(list))
    for line in raw.mail_lines:
        if line.quantity is None:
            continue
        mails[line.store_id, line.receipt_number][line.message_id].append(line)
    return {
        receipt: min(
            copies.values(),
            key=lambda lines: (
                lines[0].received_at is None,
                lines[0].received_at or lines[0]._extracted_at,
                lines[0].message_id,
            ),
        )
        for receipt, copies in mails.items()
    }


class Tills:
    """What the tills' rows say together: sales, and what takes them back."""

    def __init__(self, raw: Raw, rejected: Rejected) -> None:
        self.receipts = {(row.store_id, row.receipt_id): row for row in raw.receipts}
        by_number = {(row.store_id, row.receipt_line_id): row for row in raw.receipt_lines}
        self.sales = [row for row in raw.receipt_lines if row.line_type == "sale"]
        self.returns: dict[tuple[str, int], list[ReceiptLine]] = defaultdict(list)
        self.voids: dict[tuple[str, int], list[ReceiptLine]] = defaultdict(list)
        for row in raw.receipt_lines:
            corrected = by_number.get((row.store_id, row.returned_receipt_line_id or 0))
            if row.line_type == "sale" or corrected is None:
                continue
            if problem := self._problem(row, corrected):
                # one that breaks a rule changes nothing
                number = f"{row.store_id}-{row.receipt_line_id}"
                rejected["stores", row.line_type, number] = problem
                continue
            of = self.returns if row.line_type == "return" else self.voids
            of[row.store_id, corrected.receipt_line_id].append(row)

    def _problem(self, row: ReceiptLine, corrected: ReceiptLine) -> str | None:
        at, sold_at = self.at(row), self.at(corrected)
        rules = {
            "the quantity is not at least 1": row.line_type == "return" and row.quantity < 1,
            "it is dated before the sale": at < sold_at,
            "it is dated more than a day after it was reported": at > row._extracted_at + GRACE,
        }
        return "; ".join(text for text, broken in rules.items() if broken) or None

    def at(self, row: ReceiptLine) -> datetime:
        """Return when a row was rung up, or read, until its receipt is there."""
        receipt = self.receipts.get((row.store_id, row.receipt_id))
        return receipt.sold_at if receipt else row._extracted_at

    def reports(self, sale: ReceiptLine) -> list[datetime]:
        """Return when a sale and its returns were read."""
        rows = [sale, *self.returns[sale.store_id, sale.receipt_line_id]]
        receipts = [self.receipts.get((row.store_id, row.receipt_id)) for row in rows]
        return [(receipt or row)._extracted_at for receipt, row in zip(receipts, rows, strict=True)]

    def void_at(self, row: ReceiptLine) -> datetime | None:
        """Return when a row was made void first."""
        voids = self.voids[row.store_id, row.receipt_line_id]
        return min(map(self.at, voids), default=None)

    def brought_back(self, sale: ReceiptLine) -> tuple[int, datetime | None]:
        """Return how many pieces of a sale came back and stayed back, and when the last did.

        Of a sale that is void nothing is left to bring back.
        """
        pieces, moments = 0, []
        end = self.void_at(sale)
        for row in self.returns[sale.store_id, sale.receipt_line_id]:
            void_at = self.void_at(row)
            if end is None or self.at(row) < end:
                pieces += row.quantity
                if void_at is None:
                    moments.append(self.at(row))
            if void_at is not None and (end is None or void_at < end):
                pieces -= row.quantity
        return pieces, max(moments, default=None)


def of_tills(raw: Raw, tills: Tills) -> Iterator[Line]:
    """Give the lines that the present tills sold, less what was voided or brought back."""
    for sale in tills.sales:
        receipt = tills.receipts.get((sale.store_id, sale.receipt_id))
        pieces, returned_at = tills.brought_back(sale)
        contact = (
            email(receipt.customer_email) or phone(receipt.customer_phone) if receipt else None
        )
        sku = cleaned(sale.sku)
        yield Line(
            source_system="stores",
            channel="store",
            store_id=sale.store_id,
            order_id=f"{sale.store_id}-{sale.receipt_id}",
            order_line_id=f"{sale.store_id}-{sale.receipt_line_id}",
            product_id=f"shop:{sku}" if sku else "unknown",
            sku=sku,
            customer_record_id=f"stores:{contact}" if contact else None,
            payment_method=cleaned(receipt.payment_method) if receipt else None,
            currency_code=currency(receipt.currency_code if receipt else None),
            quantity=sale.quantity,
            returned_quantity=min(pieces, sale.quantity),
            returned_at=returned_at,
            ordered_at=receipt.sold_at if receipt else sale._extracted_at,
            reported_at=max(sale._extracted_at, *tills.reports(sale)),
            is_cancelled=bool(tills.voids[sale.store_id, sale.receipt_line_id]),
            is_payment_recorded=True,
            is_order_missing=receipt is None,
            **amounts(sale.unit_price, sale.discount_amount),
        )


def of_mails(raw: Raw, tills: Tills) -> Iterator[Line]:
    """Give the lines of receipts that only a mail knows."""
    known = {
        (sale.store_id, receipt.receipt_number)
        for sale in tills.sales
        if (receipt := tills.receipts.get((sale.store_id, sale.receipt_id)))
    }
    for (store, number), lines in mails_taken(raw).items():
        for line in lines:
            if (store, number) in known:
                continue
            address, sku = email(line.customer_email), cleaned(line.sku)
            yield Line(
                source_system="stores",
                channel="store",
                store_id=store,
                order_id=f"{store}-mail-{number}",
                order_line_id=f"{store}-mail-{number}-{line.line_number}",
                product_id=f"shop:{sku}" if sku else "unknown",
                sku=sku,
                customer_record_id=f"stores:{address}" if address else None,
                currency_code=currency(line.currency_code),
                quantity=line.quantity,
                is_payment_recorded=True,
                ordered_at=line.sold_at or line.received_at or line._extracted_at,
                reported_at=line._extracted_at,
                **amounts(line.unit_price, line.discount_amount),
            )


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


def all_lines(
    raw: Raw, price_at: Callable[[int | None, datetime], Decimal | None]
) -> tuple[list[Line], list[Line], Rejected]:
    """Return the lines of every channel that break no rule, those that do, and all that does."""
    rejected: Rejected = {}
    tills = Tills(raw, rejected)
    lines: list[Line] = []
    set_apart: list[Line] = []
    for line in (
        *of_marketplace(raw, price_at),
        *of_shop(raw),
        *of_tills(raw, tills),
        *of_mails(raw, tills),
        *of_history(raw),
    ):
        if problem := broken_rules(line):
            rejected[line.source_system, "sale", line.order_line_id] = problem
        (set_apart if problem else lines).append(line)
    return lines, set_apart, rejected
