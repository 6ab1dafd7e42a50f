"""Product: how many listings sell and how fast, what lower prices do, and how long stock lasts."""

import pandas as pd
import streamlit as st

from apps.dashboard import charts
from apps.dashboard.data import Read
from apps.dashboard.figures import count, share
from apps.dashboard.widgets import chart, heading, number, period, some, table, tiles, title


def show(read: Read) -> None:
    """Draw the page."""
    last = heading("Product", read)
    options = read("product_options")
    if options.empty:
        st.info("No listing has a date yet.")
        return
    first, last = period(options["first_month"].min(), last, "Last 52 weeks")
    categories = some("Category", list(options["category"]))
    # what is known of listings is known by month
    months = {"first_date": first.replace(day=1), "last_date": last, "categories": categories}
    st.caption(f"Pieces in whole months, {first:%B %Y} to {last:%B %Y}.")
    totals = read("listings", **months).iloc[0]
    tiles(
        ("Pieces listed", count(totals["listing_count"]), "First listed in these months."),
        ("Pieces sold", count(totals["sold_listing_count"]), "First sold in these months."),
        ("Liquidity", f"{totals['liquidity'] or 0:.2f}", "Pieces sold for each one listed."),
        ("Sold in 7 days", share(totals["sell_through_7_days"]), "Once the days are over."),
        ("Sold in 30 days", share(totals["sell_through_30_days"]), "Once the days are over."),
        ("Sold in 90 days", share(totals["sell_through_90_days"]), "Once the days are over."),
        ("Stock sold", share(totals["stock_sell_through"]), "Stock articles, of units received."),
    )
    curves = read("days_to_sell", **months)
    left, right = st.columns(2)
    with left:
        chart("Share sold, by days on offer", curves, charts.sold_by_day)
    with right:
        title("Days until half are sold")
        table(
            curves.drop_duplicates("category"), category="Category",
            listing_count=number("Pieces"), median_days_to_sell=number("Days"),
        )  # fmt: skip
        st.caption("By Kaplan and Meier, unsold pieces included; empty if it takes over a year.")
    _stock(read("stock", first_date=first, last_date=last, categories=categories))
    chart(
        "Sold within 14 days after a price drop, by its size",
        read("price_drops", categories=categories), charts.ranked,
        "drop_band", "sold_after_share", "share sold", ".0%",
        empty="No price was seen to drop 14 days ago or earlier.",
    )  # fmt: skip


def _stock(stock: pd.DataFrame) -> None:
    """Draw the stock of each week and for how long it lasts."""
    left, right = st.columns(2)
    with left:
        known = stock.dropna(subset="weeks_of_supply")
        chart("Weeks of supply", known, charts.lines, "week_start_date", "weeks_of_supply",
              "category", "weeks of supply", "week")  # fmt: skip
    with right:
        title("Stock, last known")
        table(
            stock.drop_duplicates("category", keep="last").sort_values("category"),
            category="Category", week_start_date="Week of", stock_quantity=number("Pieces"),
            average_weekly_quantity=number("Sold a week", format="%.1f"),
            weeks_of_supply=number("Weeks of supply", format="%.1f"),
            low_stock_product_count=number("Products low"), is_low_stock="Low",
        )  # fmt: skip
