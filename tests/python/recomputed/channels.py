"""Order lines of all channels, as the raw tables have them."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal

from recomputed.lines import ZERO, Line, Rejected, amounts, broken_rules
from recomputed.raw import Raw, ShopOrder
from recomputed.texts import MARKETPLACE_CURRENCY, cleaned, currency, day, email, midnight
from recomputed.tills import Tills, of_mails, of_tills


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
            cancelled_at=cancelled_at,
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
