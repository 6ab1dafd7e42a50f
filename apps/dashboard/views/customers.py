"""Customers: who bought, segments, how many come back, and one of them but for their name."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from apps.dashboard import charts
from apps.dashboard.data import Read
from apps.dashboard.figures import change, count, decimal, in_words, label, money, points, share
from apps.dashboard.filters import one, period, some
from apps.dashboard.views import orders
from apps.dashboard.widgets import amount, chart, heading, number, table, tiles, title

# how cohorts are put together, as to_char writes them, and how many years of them are shown
COHORTS = {"Years": ("YYYY", 8), "Quarters": ('YYYY "Q"Q', 2), "Months": ("YYYY-MM", 1)}


def show(read: Read) -> None:
    """Draw the page."""
    last = heading("Customers", read)
    options, sales = read("customer_options"), read("sales_options")
    days = period(sales["first_date"][0], sales["last_date"][0])
    money_of = one("Currency", sorted(sales["currency_code"].unique()))
    asked: dict[str, Any] = {
        "countries": some("Country", sorted(options["country_code"].unique())),
        "segments": some("Segment", sorted(options["segment"].unique()), in_words),
    }
    title("In the period")
    st.caption(f"{days} · orders in {money_of}, cancelled ones excluded")
    spans = read("customer_period", **asked, **days.days, currency=money_of).set_index("span")
    tiles(*_buyers(spans, money_of))
    title("Of all time")
    currency = options["currency_code"].max()
    totals = read("customer_totals", **asked).iloc[0]
    tiles(
        ("Customers", count(totals["customer_count"]), "With an order that was not cancelled."),
        ("Active buyers", count(totals["active_buyer_count"]), "With one in the last 12 months."),
        ("Lifetime value", money(totals["lifetime_value"], currency), "NMV of all their orders."),
        ("Per customer", money(totals["average_lifetime_value"], currency), "Its average."),
        ("Bought again", share(totals["repeat_buyer_share"]), "Share with two orders or more."),
        ("Return rate", share(totals["return_rate"]), "Share of the pieces not cancelled."),
    )
    if totals["unconverted_order_count"]:
        left_out = count(totals["unconverted_order_count"])
        st.caption(f"Values leave out orders in currencies without an exchange rate: {left_out}.")
    segments = read("segments", **asked)
    codes = {in_words(segment): segment for segment in segments["segment"]}
    segments["segment"] = segments["segment"].map(in_words)
    left, right = st.columns(2)
    with left:
        many = chart("Segments", segments, charts.ranked, "segment", "customer_count", "customers",
                     key="segments", leads="a bar to see its customers")  # fmt: skip
    with right:
        unit = f"lifetime value in {currency}"
        worth = segments.sort_values("lifetime_value", ascending=False)
        best = chart("What each is worth", worth, charts.ranked, "segment", "lifetime_value", unit,
                     money, key="worth", leads="a bar to see its customers")  # fmt: skip
    for key, chosen in (("many", many), ("best", best)):
        if chosen:
            title(f"Customers: {chosen['segment']}")
            code = codes[chosen["segment"]]
            _rows(read, read("top_customers", **{**asked, "segments": [code]}), key)
    grain = st.segmented_control("Cohorts by", list(COHORTS), default="Years", required=True)
    form, years = COHORTS[grain]
    since = date(last.year - years, 1, 1)
    cohorts = read("cohorts", cohort_format=form, first_date=since, last_date=last)
    again = chart("Share of all customers who bought again, by month", cohorts, charts.retention,
                  key="cohorts", leads="a cell to see its customers")  # fmt: skip
    if again:
        month = again["months_since"]
        title(f"Customers of {again['name']} who bought {month} months later")
        found = read("cohort_customers", cohort_format=form, cohort=again["name"], month=month)
        _rows(read, found, "cohort")
    _one_customer(read, read("top_customers", **asked))


def _buyers(spans: pd.DataFrame, currency: str) -> list[tuple[Any, ...]]:
    """Return the tiles for the rows of `customer_period`, by their span."""
    now, before = spans.loc["period"], spans.loc["before"]
    tiles: list[tuple[str, str, Any, Any, str]] = [
        ("Buyers", "buyer_count", count, change, "Customers with an order."),
        ("New buyers", "new_buyer_count", count, change, "Whose first order this was."),
        ("Orders per buyer", "orders_per_buyer", decimal, change, "On average."),
        ("NMV per buyer", "value_per_buyer", lambda value: money(value, currency), change,
         "Net: GMV less cancellations and returns."),
        ("Several orders", "repeat_share", share, points, "Buyers with two orders or more."),
        ("Orders with returns", "returned_order_share", share, points, "Share of orders."),
    ]  # fmt: skip
    return [
        (name, form(now[column]), meaning, compared(now[column], before[column]))
        for name, column, form, compared, meaning in tiles
    ]


def _rows(read: Read, customers: pd.DataFrame, key: str) -> None:
    """Draw a table of customers, and the orders of the one whose row is chosen."""
    shown = customers.assign(
        segment=customers["segment"].map(in_words), label=customers["customer_key"].map(label)
    )
    chosen = table(
        shown, key, label="Customer", segment="Segment", country_code="Country",
        order_count=number("Orders"), lifetime_value=amount("Lifetime value"),
        last_order_date="Last order",
    )  # fmt: skip
    if chosen is not None:
        title(f"Orders: {chosen['label']}")
        found = read("customer_orders", customer_key=chosen["customer_key"])
        orders.rows(read, found, f"{key}_orders")
    else:
        st.caption("Select a row to see the customer's orders.")


def _one_customer(read: Read, customers: pd.DataFrame) -> None:
    """Draw one customer, of those with the highest value or by label, without personal data."""
    title("One customer")
    st.caption("Customers appear by label. Names and addresses stay in the warehouse.")
    key = st.selectbox(
        "Customer", list(customers["customer_key"]), None, key="customer", bind="query-params",
        accept_new_options=True, placeholder="Select a label, or enter one", format_func=label,
    )  # fmt: skip
    if not key:
        _rows(read, customers, "customers")
        return
    found = _found(read, key)
    if len(found) > 1:
        st.info("Several customers have this label. Enter the whole key of one.")
        table(found, customer_key="Customer", order_count=number("Orders"))
        return
    if found.empty:
        st.info("No customer has this label.")
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
    orders.rows(read, read("customer_orders", customer_key=known["customer_key"]), "orders")


def _found(read: Read, key: str) -> pd.DataFrame:
    """Return the customers whose keys begin with what was chosen or typed."""
    digits = "".join(key.lower().split()).replace("-", "")
    if not 8 <= len(digits) <= 32 or set(digits) - set("0123456789abcdef"):
        return pd.DataFrame()
    ends = {"first_key": digits.ljust(32, "0"), "last_key": digits.ljust(32, "f")}
    return read("customer", **ends)
