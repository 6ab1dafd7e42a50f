"""Customers: segments, how many come back, and all that is known of one of them but who it is."""

from datetime import date

import pandas as pd
import streamlit as st

from dashboard import charts
from dashboard.data import Read
from dashboard.figures import count, is_missing, money, share
from dashboard.widgets import chart, heading, number, one, percent, some, table, tiles

# how cohorts are put together, as to_char writes them
COHORTS = {"Years": "YYYY", "Quarters": 'YYYY "Q"Q', "Months": "YYYY-MM"}


def in_words(name: object) -> str:
    """Return a name such as `at_risk` as it is read."""
    return "–" if is_missing(name) else str(name).replace("_", " ").capitalize()


def show(read: Read) -> None:
    """Draw the page."""
    heading("Customers", read)
    options = read("customer_options")
    currencies = options.groupby("currency_code")["customer_count"].sum()
    countries = options["country_code"].fillna("unknown").sort_values().unique()
    asked = {
        "currency": one("Main currency", list(currencies.sort_values(ascending=False).index)),
        "countries": some("Country", list(countries)),
        "segments": some("Segment", sorted(options["segment"].unique()), in_words),
    }
    currency = asked["currency"]
    totals = read("customer_totals", **asked).iloc[0]
    meanings = {
        "Customers": (count(totals["customer_count"]), None,
                      "Known customers with an order that was not cancelled."),
        "Active buyers": (count(totals["active_buyer_count"]), None,
                          "Those with one in the last 12 months."),
        "Lifetime value": (money(totals["lifetime_value"], currency), None,
                           "NMV of all their orders in their main currency."),
        "Per customer": (money(totals["average_lifetime_value"], currency), None,
                         "Lifetime value by customers."),
        "Bought again": (share(totals["repeat_buyer_share"]), None, "Share with two orders or more."),
        "Return rate": (share(totals["return_rate"]), None, "Pieces returned by pieces not cancelled."),
    }  # fmt: skip
    tiles(meanings)
    segments = read("segments", **asked)
    left, right = st.columns(2)
    named = segments.assign(segment=segments["segment"].map(in_words))
    with left:
        chart("Segments", named, lambda frame: charts.ranked(
            frame, "segment", "customer_count", "customers"))  # fmt: skip
    with right:
        chart("What each is worth", named, lambda frame: charts.ranked(
            frame, "segment", "lifetime_value", f"lifetime value in {currency}"))  # fmt: skip
    _cohorts(read)
    _customer(read, read("top_customers", **asked))


def _cohorts(read: Read) -> None:
    """Draw how many customers came back, by when they came first."""
    grain = st.segmented_control("Cohorts by", list(COHORTS), default="Years", required=True)
    last = read("freshness")["last_order_date"].iloc[0]
    years = {"Years": 8, "Quarters": 2, "Months": 1}[grain]
    first = date(last.year - years, 1, 1) if grain == "Years" else date(last.year - years, last.month, 1)
    cohorts = read("cohorts", cohort_format=COHORTS[grain], first_date=first, last_date=last)
    chart("Share of customers who bought again, by month since the first order, all customers",
          cohorts, charts.retention)  # fmt: skip


def _customer(read: Read, customers: pd.DataFrame) -> None:
    """Draw one customer, of those with the highest value or by key, without personal data."""
    st.subheader("One customer", anchor=False)
    st.caption("Names, addresses and numbers stay in the warehouse; a customer is known by a key.")
    labels = {
        row.customer_key: f"{row.customer_key} · {in_words(row.segment)} · {row.lifetime_value:,.2f}"
        for row in customers.itertuples()
    }
    key = st.selectbox(
        "Customer, by lifetime value; or enter a key", list(labels), index=None,
        format_func=lambda key: labels.get(key, key), accept_new_options=True, key="customer",
        placeholder="Choose one, or enter a key", bind="query-params",
    )  # fmt: skip
    if not key:
        table(
            customers, customer_key="Customer", segment="Segment", country_code="Country",
            order_count=number("Orders"), lifetime_value=number("Lifetime value", "%.2f"),
            last_order_date="Last order",
        )  # fmt: skip
        return
    found = read("customer", customer_key=key)
    if found.empty:
        st.info("No customer has this key.")
        return
    known = found.iloc[0]
    money_of = known["currency_code"]
    tiles({
        "Segment": (in_words(known["segment"]), None, "By recency, frequency and value."),
        "Lifetime value": (money(known["lifetime_value"], money_of), None, "NMV of all orders."),
        "Orders": (count(known["order_count"]), None, "Not cancelled."),
        "AOV": (money(known["average_order_value"], money_of), None, "Of orders not cancelled."),
        "Returned": (share(known["returned_share"]), None, "Pieces returned by pieces bought."),
        "Favourite": (in_words(known["favourite_category"]), None,
                      f"Bought most; mostly by the channel {known['favourite_channel']}."),
    })  # fmt: skip
    orders = read("customer_orders", customer_key=key)
    table(
        orders, order_date="Day", channel="Channel", quantity=number("Pieces"),
        net_merchandise_value=number("NMV", "%.2f"), currency_code="Currency",
        is_cancelled="Cancelled", has_returns="Returns",
    )  # fmt: skip
