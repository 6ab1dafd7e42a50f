"""Customers: segments, how many come back, and all that is known of one of them but who it is."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from apps.dashboard import charts
from apps.dashboard.data import Read
from apps.dashboard.figures import count, in_words, money, share
from apps.dashboard.widgets import amount, chart, heading, number, some, table, tiles, title

# how cohorts are put together, as to_char writes them, and how many years of them are shown
COHORTS = {"Years": ("YYYY", 8), "Quarters": ('YYYY "Q"Q', 2), "Months": ("YYYY-MM", 1)}


def show(read: Read) -> None:
    """Draw the page."""
    last = heading("Customers", read)
    options = read("customer_options")
    asked: dict[str, Any] = {
        "countries": some("Country", sorted(options["country_code"].unique())),
        "segments": some("Segment", sorted(options["segment"].unique()), in_words),
    }
    currency = options["currency_code"].max()
    totals = read("customer_totals", **asked).iloc[0]
    tiles(
        ("Customers", count(totals["customer_count"]), "With an order that was not cancelled."),
        ("Active buyers", count(totals["active_buyer_count"]), "With one in the last 12 months."),
        ("Lifetime value", money(totals["lifetime_value"], currency), "NMV of all their orders."),
        ("Per customer", money(totals["average_lifetime_value"], currency), "Its average."),
        ("Bought again", share(totals["repeat_buyer_share"]), "Share with two orders or more."),
        ("Return rate", share(totals["return_rate"]), "Pieces returned by pieces not cancelled."),
    )
    if totals["unconverted_order_count"]:
        left_out = count(totals["unconverted_order_count"])
        st.caption(f"Values leave out orders in currencies without an exchange rate: {left_out}.")
    segments = read("segments", **asked)
    segments["segment"] = segments["segment"].map(in_words)
    left, right = st.columns(2)
    with left:
        chart("Segments", segments, charts.ranked, "segment", "customer_count", "customers")
    with right:
        unit = f"lifetime value in {currency}"
        worth = segments.sort_values("lifetime_value", ascending=False)
        chart("What each is worth", worth, charts.ranked, "segment", "lifetime_value", unit)
    grain = st.segmented_control("Cohorts by", list(COHORTS), default="Years", required=True)
    form, years = COHORTS[grain]
    since = date(last.year - years, 1, 1)
    cohorts = read("cohorts", cohort_format=form, first_date=since, last_date=last)
    chart("Share of all customers who bought again, by month", cohorts, charts.retention)
    _one_customer(read, read("top_customers", **asked))


def _one_customer(read: Read, customers: pd.DataFrame) -> None:
    """Draw one customer, of those with the highest value or by key, without personal data."""
    title("One customer")
    st.caption("Names, addresses and numbers stay in the warehouse; a customer is known by a key.")
    key = st.selectbox(
        "Customer", list(customers["customer_key"]), None, key="customer", bind="query-params",
        accept_new_options=True, placeholder="Choose one of those below, or enter a key",
    )  # fmt: skip
    if not key:
        customers["segment"] = customers["segment"].map(in_words)
        table(
            customers, customer_key="Customer", segment="Segment", country_code="Country",
            order_count=number("Orders"), lifetime_value=amount("Lifetime value"),
            last_order_date="Last order",
        )  # fmt: skip
        return
    found = read("customer", customer_key=key)
    if found.empty:
        st.info("No customer has this key.")
        return
    known = found.iloc[0]
    currency, channel = known["currency_code"], known["favourite_channel"]
    tiles(
        ("Segment", in_words(known["segment"]), "By recency, frequency and value."),
        ("Lifetime value", money(known["lifetime_value"], currency), "NMV of all orders."),
        ("Orders", count(known["order_count"]), "Not cancelled."),
        ("AOV", money(known["average_order_value"], currency), "Of orders not cancelled."),
        ("Return rate", share(known["returned_share"]), "Pieces returned by pieces bought."),
        ("Favourite", in_words(known["favourite_category"]), f"Mostly by the channel {channel}."),
    )
    table(
        read("customer_orders", customer_key=key), order_date="Day", channel="Channel",
        quantity=number("Pieces"), net_merchandise_value=amount("NMV"), currency_code="Currency",
        is_cancelled="Cancelled", has_returns="Returns",
    )  # fmt: skip
