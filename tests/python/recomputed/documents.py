"""The figures of the marts about returns, documents, and money that moved."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache

from recomputed.company import Company, Order
from recomputed.lines import Line, Move
from recomputed.sums import Rows, grouped, last_complete_days
from recomputed.texts import by, cents, currency, day, month, months_later

INVOICES = ("sale", "voided_return")
NOTHING = Fraction(0)


@dataclass(frozen=True)
class Return:
    """What came back of a line at once, or with pieces below zero did not after all."""

    line: Line
    date: date
    at: datetime | None
    pieces: int
    gross: Fraction
    amount: Fraction

    @property
    def name(self) -> tuple:
        return line_name(self.line), self.at, self.pieces


@dataclass(frozen=True)
class Item:
    """An item of a document."""

    reason: str
    kind: str
    date: date
    amount: Fraction
    pieces: int = 0
    line: Line | None = None
    of: Return | None = None


def line_name(line: Line) -> tuple[str, str]:
    return line.source_system, line.order_line_id


def lasting_moves(line: Line) -> list[Move]:
    """Return what a till took back, but for what was void on its own day."""
    on = {move: day(move.at, line.store_id) for move in line.moves}
    void_on = {move.return_number: on[move] for move in line.moves if move.pieces < 0}
    taken_on = {move.return_number: on[move] for move in line.moves if move.pieces > 0}
    return [
        move for move in line.moves
        if void_on.get(move.return_number) != taken_on[move.return_number]
    ]  # fmt: skip


def returns_of(line: Line) -> Iterator[Return]:
    """Give the returns of a line, each with what it makes of the line's amounts in whole cents."""
    if not line.moves:
        if line.returned_quantity:
            on = day(line.returned_at, line.store_id) if line.returned_at else line.order_date
            yield Return(line, on, line.returned_at, line.quantity,
                         cents(line.gross_amount), cents(line.net_amount))  # fmt: skip
        return
    taken = before = 0
    for move in lasting_moves(line):
        taken += move.pieces
        after = min(taken, line.quantity)  # pieces beyond those sold are left out
        if after != before:
            gross, amount = (
                line.cents_of(whole, after) - line.cents_of(whole, before)
                for whole in (line.gross_amount, line.net_amount)
            )
            on = day(move.at, line.store_id)
            yield Return(line, on, move.at, after - before, gross, amount)
        before = after


@lru_cache(maxsize=1)
def returns_by_order(company: Company) -> list[tuple[Order, list[Return]]]:
    return [(order, [back for line in order.lines for back in returns_of(line)])
            for order in company.orders]  # fmt: skip


def bringing_shipping_back(order: Order, returns: list[Return]) -> list[Return]:
    """Return the return that leaves nothing of an order; several if they are of one moment."""
    if not order.is_returned_whole or not order.first.order_shipping_amount:
        return []
    last = max((back.date, back.at) for back in returns)
    return [back for back in returns if (back.date, back.at) == last]


def returns(company: Company) -> Rows:
    for order, held in returns_by_order(company):
        last = bringing_shipping_back(order, held)
        for back in held:
            shipping = cents(order.first.order_shipping_amount) if back in last else NOTHING
            yield {
                "line": line_name(back.line),
                "order": order.first.order,
                "person": order.person,
                "source_system": back.line.source_system,
                "channel": back.line.channel,
                "store_id": back.line.store_id,
                "currency_code": back.line.currency_code,
                "returned_quantity": back.pieces,
                "gross_amount": back.gross,
                "returned_amount": back.amount,
                # with which of several at once is not said
                "shipping_amount": frozenset({NOTHING, shipping}) if len(last) > 1 else shipping,
                "order_date": back.line.order_date,
                "return_date": back.date,
                "returned_at": back.at,
            }


def goods_and_discount(
    reason: str, on: date, line: Line, amounts: tuple[Fraction, Fraction], pieces: int,
    of: Return | None = None,
) -> Iterator[Item]:  # fmt: skip
    """Give the items of a line on a document, by its amounts before and after discount."""
    gross, net = amounts
    yield Item(reason, "goods", on, gross, pieces, line, of)
    if net != gross:
        yield Item(reason, "discount", on, net - gross, 0, line, of)


def items_of(order: Order, held: list[Return]) -> Iterator[Item]:
    """Give the items of all documents of an order."""
    shipping = cents(order.first.order_shipping_amount)
    for line in order.lines:
        whole = cents(line.gross_amount), cents(line.net_amount)
        yield from goods_and_discount("sale", line.order_date, line, whole, line.quantity)
        ours = [back for back in held if back.line is line]
        for back in ours:
            reason = "return" if back.pieces > 0 else "voided_return"
            amounts = -back.gross, -back.amount
            yield from goods_and_discount(reason, back.date, line, amounts, -back.pieces, back)
        left = line.quantity - sum(back.pieces for back in ours)
        if line.cancelled_date and left:
            amounts = (sum((back.gross for back in ours), -whole[0]),
                       sum((back.amount for back in ours), -whole[1]))  # fmt: skip
            yield from goods_and_discount("cancellation", line.cancelled_date, line, amounts, -left)
    if not shipping:
        return
    yield Item("sale", "shipping", order.order_date, shipping)
    if last := bringing_shipping_back(order, held):
        back = last[-1]
        yield Item("return", "shipping", back.date, -shipping, 0, back.line, back)
    elif order.is_cancelled:
        on = max(line.cancelled_date for line in order.lines if line.cancelled_date)
        yield Item("cancellation", "shipping", on, -shipping)


@lru_cache(maxsize=1)
def items_by_order(company: Company) -> list[tuple[Order, list[Item]]]:
    return [(order, list(items_of(order, held))) for order, held in returns_by_order(company)]


def document_type(reason: str) -> str:
    return "invoice" if reason in INVOICES else "credit_note"


def amount(items: list[Item], kind: str) -> Fraction:
    return sum((item.amount for item in items if item.kind == kind), NOTHING)


def invoices(company: Company) -> Rows:
    for order, all_items in items_by_order(company):
        for (reason, on), items in grouped(
            all_items, lambda item: (item.reason, item.date)
        ).items():
            yield {
                "order": order.first.order,
                "document_reason": reason,
                "document_date": on,
                "document_type": document_type(reason),
                "person": order.person,
                "source_system": order.first.source_system,
                "channel": order.first.channel,
                "store_id": order.first.store_id,
                "currency_code": order.first.currency_code,
                "item_count": len(items),
                "goods_amount": amount(items, "goods"),
                "discount_amount": amount(items, "discount"),
                "shipping_amount": amount(items, "shipping"),
                "total_amount": sum((item.amount for item in items), NOTHING),
            }


def invoice_items(company: Company) -> Rows:
    for order, items in items_by_order(company):
        for item in items:
            # shipping that comes back with several returns at once is of any of them
            is_of_any = item.kind == "shipping" and item.reason == "return"
            yield {
                "order": order.first.order,
                "line_of_goods": line_name(item.line) if item.line and not is_of_any else None,
                "return": item.of.name if item.of and not is_of_any else None,
                "document_reason": item.reason,
                "item_type": item.kind,
                "item_date": item.date,
                "document_type": document_type(item.reason),
                "currency_code": order.first.currency_code,
                "quantity": item.pieces,
                "amount": item.amount,
            }


def payments_and_refunds(company: Company) -> Rows:
    for order, items in items_by_order(company):
        if not any(line.is_payment_recorded for line in order.lines):
            continue
        moved: dict[tuple[str, date], Fraction] = {}
        for item in items:
            is_void = item.reason == "cancellation" and item.date == order.order_date
            direction = "payment" if item.reason in INVOICES or is_void else "refund"
            of = direction, item.date
            moved[of] = moved.get(of, NOTHING) + item.amount
        for (direction, on), total in moved.items():
            if total:
                yield {
                    "source_system": order.first.source_system,
                    "order_id": order.first.order_id,
                    "movement_type": direction,
                    "movement_date": on,
                    "order": order.first.order,
                    "person": order.person,
                    "payment_method": order.first.payment_method
                    if direction == "payment"
                    else None,
                    "currency_code": order.first.currency_code,
                    "amount": total,
                }
    for tickets in company.raw.ticket_orders:
        paid = cents(sum((Fraction(str(ticket.get("price") or 0))
                          for ticket in tickets.tickets or []), NOTHING))  # fmt: skip
        directions = {"paid": {"payment": paid}, "refunded": {"payment": paid, "refund": -paid}}
        for direction, total in directions.get(tickets.status or "", {}).items():
            if total:
                yield {
                    "source_system": "events",
                    "order_id": tickets.ticket_order_id,
                    "movement_type": direction,
                    "movement_date": day(tickets.ordered_at, None),
                    "order": None,
                    "person": company.people[f"events:{tickets.ticket_order_id}"],
                    "payment_method": None,
                    "currency_code": currency(tickets.currency_code),
                    "amount": total,
                }


def daily_net_sales(company: Company) -> Rows:
    dated = [
        ((item.date, order.first.channel, order.first.currency_code), item)
        for order, items in items_by_order(company)
        for item in items
    ]
    for (on, channel, code), pairs in grouped(dated, lambda pair: pair[0]).items():
        items = [item for _, item in pairs]
        goods = [item for item in items if item.kind != "shipping"]
        sums = {
            reason: sum((item.amount for item in goods if item.reason == reason), NOTHING)
            for reason in ("sale", "return", "cancellation", "voided_return")
        }
        sold = [item for item in goods if item.reason == "sale"]
        yield {
            "document_date": on,
            "channel": channel,
            "currency_code": code,
            "gross_sales_amount": amount(sold, "goods"),
            "discount_amount": -amount(sold, "discount"),
            "cancelled_amount": -sums["cancellation"],
            "returned_amount": -sums["return"] - sums["voided_return"],
            "net_sales_amount": sum(sums.values(), NOTHING),
            "shipping_amount": amount(items, "shipping"),
        }


def return_rates(company: Company) -> Rows:
    ends = last_complete_days(company)
    sold = grouped(
        (line for line in company.lines
         if not line.is_cancelled and line.source_system != "marketplace"),
        lambda line: (line.source_system, month(line.order_date)),
    )  # fmt: skip
    for (source, first), lines in sold.items():
        pieces = sum(line.quantity for line in lines)
        backs = [back for line in lines for back in returns_of(line)]
        since = (ends[source] - (months_later(first, 1) - timedelta(days=1))).days
        yield {
            "source_system": source,
            "month_start_date": first,
            "sold_quantity": pieces,
            "returned_quantity": sum(back.pieces for back in backs),
            "returned_share": by(sum(back.pieces for back in backs), pieces),
            "is_settled": source == "history" or since >= 90,
            **{
                f"returned_{days}_days_share": by(
                    sum(back.pieces for back in backs
                        if (back.date - back.line.order_date).days <= days), pieces,
                )
                if since >= days and all(back.at for back in backs)
                else None
                for days in (7, 14, 30, 60, 90)
            },
        }  # fmt: skip
