"""Orders: the rows behind the figures, and each order with its lines."""

from typing import Any

import pandas as pd
import streamlit as st

from apps.dashboard.data import Read
from apps.dashboard.figures import count, in_words, label, money
from apps.dashboard.filters import one, period, some
from apps.dashboard.widgets import amount, heading, number, table, tiles, title

# of rows that the queries of orders give at most
LIMIT = 200
# arguments of the query `orders` by which it need not filter
ANY = dict.fromkeys(("currency", "channels", "product_id", "product_ids", "category", "piece"))


def show(read: Read) -> None:
    """Draw the page: the order that the address names, or the newest of those asked for."""
    heading("Orders", read)
    options = read("sales_options")
    names = dict(zip(options["channel"], options["channel_name"], strict=True))
    days = period(options["first_date"][0], options["last_date"][0], is_compared=False)
    currency = one("Currency", sorted(options["currency_code"].unique()))
    channels = some("Channel", list(names), lambda name: names[name])
    if key := st.query_params.get("order"):
        order(read, key)
        if st.button("All orders"):
            del st.query_params["order"]
            st.rerun()
        return
    st.caption(f"{days.first:%d %B %Y} to {days.last:%d %B %Y}, the newest first.")
    asked = {**ANY, "first_date": days.first, "last_date": days.last}
    asked |= {"currency": currency, "channels": channels}
    rows(read, read("orders", **asked), "orders")


def behind(read: Read, what: str, key: str, **asked: Any) -> None:
    """Draw the orders behind a mark of a chart.

    Args:
        read: gives what queries give.
        what: the mark, as the title names it.
        key: of the table on its page.
        **asked: arguments of the query `orders`; by those that are left out nothing is filtered.
    """
    title(f"Orders: {what}")
    rows(read, read("orders", **{**ANY, **asked}), key)


def rows(read: Read, found: pd.DataFrame, key: str) -> None:
    """Draw a table of orders, and below it the order whose row is chosen.

    Args:
        read: gives what queries give.
        found: rows of the query `orders` or `customer_orders`.
        key: of the table on its page.
    """
    chosen = table(
        found.assign(customer=found["customer_key"].map(label)), key,
        order_id="Order", order_date="Day", channel="Channel", customer="Customer",
        quantity=number("Pieces"), net_merchandise_value=amount("NMV"), currency_code="Currency",
        is_cancelled="Cancelled", has_returns="Returns",
    )  # fmt: skip
    if len(found) == LIMIT:
        st.caption(f"The newest {LIMIT}. Choose fewer days to see others.")
    if chosen is not None:
        order(read, chosen["order_key"])
    elif len(found):
        st.caption("Select a row to see the order.")


def order(read: Read, key: str) -> None:
    """Draw an order and its lines, or say that there is none.

    Args:
        read: gives what queries give.
        key: `order_key` of the order.
    """
    lines = read("order_lines", order_key=key)
    if lines.empty:
        st.info("No order has this key.")
        return
    first = lines.iloc[0]
    currency = first["currency_code"]
    totals: Any = lines[["net_amount", "cancelled_amount", "returned_amount"]].sum()
    net = totals["net_amount"] - totals["cancelled_amount"] - totals["returned_amount"]
    title(f"Order {first['order_id']}, {first['order_date']:%d %B %Y}")
    tiles(
        ("NMV", money(net, currency), "Net: GMV less cancellations and returns."),
        ("GMV", money(totals["net_amount"], currency), "Gross: the price after discounts."),
        ("Shipping", money(first["order_shipping_amount"], currency), "In no other figure."),
        ("Pieces", count(lines["quantity"].sum()), "Cancelled and returned ones too."),
        ("Channel", in_words(first["channel"]), "Where it was sold."),
        ("Payment", in_words(first["payment_method"]), "How it was paid."),
    )
    table(
        lines, title="Product", category="Category", quantity=number("Pieces"),
        unit_price=amount("Unit price"), discount_amount=amount("Discount"),
        net_amount=amount("GMV"), cancelled_amount=amount("Cancelled"),
        returned_amount=amount("Returned"),
    )  # fmt: skip
    links = [f"[Link to this order](orders?order={key})"]
    if pd.notna(first["customer_key"]):
        customer = first["customer_key"]
        links.append(f"[Customer {label(customer)}](customers?customer={customer})")
    st.markdown(" · ".join(links))
