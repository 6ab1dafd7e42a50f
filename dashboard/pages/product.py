"""Product: how many listings sell and how fast, what lower prices do, and how long stock lasts."""

import pandas as pd
import streamlit as st

from dashboard import charts
from dashboard.data import Read
from dashboard.figures import count, share
from dashboard.widgets import chart, heading, number, percent, period, some, table, tiles


def show(read: Read) -> None:
    """Draw the page."""
    heading("Product", read)
    options = read("product_options")
    last = read("freshness")["last_order_date"].iloc[0]
    days = period(options["first_month"].min(), last, "Last 52 weeks")
    categories = some("Category", list(options["category"]))
    asked = {"first_date": days[0], "last_date": days[1], "categories": categories}
    # reports on listings are by month: the months that begin in the period or hold its first day
    months = {**asked, "first_date": days[0].replace(day=1)}
    st.caption(f"Listings of {months['first_date']:%B %Y} to {days[1]:%B %Y}, whole months.")
    totals = read("listings", **months).iloc[0]
    tiles({
        "Listings": (count(totals["listing_count"]), None, "Begun in these months."),
        "Listings sold": (count(totals["sold_listing_count"]), None,
                          "First sold in these months, whenever they began."),
        "Liquidity": (f"{totals['liquidity'] or 0:.2f}", None, "Listings sold for each one begun."),
        "Sold in 7 days": (share(totals["sell_through_7_days"]), None,
                           "Sell-through: of the listings for which the days are over."),
        "In 30 days": (share(totals["sell_through_30_days"]), None, "The same within 30 days."),
        "In 90 days": (share(totals["sell_through_90_days"]), None, "The same within 90 days."),
    })  # fmt: skip
    left, right = st.columns(2)
    curves = read("days_to_sell", **months)
    with left:
        chart("Share sold, by days on offer", curves, charts.sold_by_day)
    with right:
        st.subheader("Days until half are sold", anchor=False)
        table(
            curves.drop_duplicates("category"), category="Category",
            listing_count=number("Listings"), median_days_to_sell=number("Days"),
        )  # fmt: skip
        st.caption("By Kaplan and Meier, unsold listings included; empty if it takes over a year.")
    _stock(read("stock", **asked))
    drops = read("price_drops", categories=categories)
    chart("Sold within 14 days after a price drop, by size of the drop", drops,
          lambda frame: charts.ranked(frame, "drop_band", "sold_after_share", "share sold",
                                      ".0%", sort=None))  # fmt: skip
    st.caption("All drops seen so far whose 14 days are over. Drops show once exports of two days differ.")


def _stock(stock: pd.DataFrame) -> None:
    """Draw the stock of each week and for how long it lasts."""
    left, right = st.columns(2)
    with left:
        chart("Weeks of supply", stock.dropna(subset="weeks_of_supply"), lambda frame: charts.course(
            frame, "week_start_date", "weeks_of_supply", "category",
            "stock by weekly sales, in weeks", "week"))  # fmt: skip
    with right:
        st.subheader("Stock in the last week", anchor=False)
        latest = stock[stock["week_start_date"] == stock["week_start_date"].max()]
        table(
            latest, category="Category", stock_quantity=number("Pieces"),
            average_weekly_quantity=number("Sold a week", "%.1f"),
            weeks_of_supply=number("Weeks of supply", "%.1f"),
            low_stock_product_count=number("Products low"), is_low_stock="Low",
        )  # fmt: skip
