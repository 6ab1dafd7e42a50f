"""Product: how many listings sell and how fast, what lower prices do, and how long stock lasts."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from apps.dashboard import charts
from apps.dashboard.data import Read
from apps.dashboard.figures import change, count, decimal, points, share
from apps.dashboard.filters import Period, period, some
from apps.dashboard.views import orders
from apps.dashboard.widgets import (
    chart,
    heading,
    number,
    table,
    tenths,
    tiles,
    title,
)  # fmt: skip


def show(read: Read) -> None:
    """Draw the page."""
    last = heading("Product", read)
    options = read("product_options")
    if options.empty:
        st.info("No listing has a date yet.")
        return
    days = period(options["first_month"].min(), last)
    categories = some("Category", list(options["category"]))
    # what is known of listings is known by month
    whole = days.months()
    before, is_open = whole.months_before(), whole.last > last
    st.caption(
        f"Pieces in whole months, {whole.first:%B %Y} to {whole.last:%B %Y}"
        + (f", compared with {before.first:%B %Y} to {before.last:%B %Y}" if before else "")
        + (f". {whole.last:%B} is not over." if is_open else ".")
    )
    tiles(*_listings(read, whole, before, categories))
    months = {"first_date": whole.first, "last_date": whole.last, "categories": categories}
    curves = read("days_to_sell", **months)
    left, right = st.columns(2)
    with left:
        sold = chart("Share sold, by days on offer", curves, charts.sold_by_day,
                     key="curves", leads="a point to see the pieces sold by then")  # fmt: skip
    with right:
        title("Days until half are sold")
        table(
            curves.drop_duplicates("category"), category="Category",
            listing_count=number("Pieces"), median_days_to_sell=number("Days"),
        )  # fmt: skip
        st.caption("By Kaplan and Meier, unsold pieces included; empty if it takes over a year.")
    if sold:
        _pieces(read, whole, sold["category"], sold["days_on_offer"])
    _stock(read, read("stock", first_date=days.first, last_date=days.last, categories=categories))
    chart(
        "Sold within 14 days after a price drop, by its size",
        read("price_drops", categories=categories), charts.ranked,
        "drop_band", "sold_after_share", "share sold", share,
        empty="No price was seen to drop 14 days ago or earlier.",
    )  # fmt: skip


def _listings(
    read: Read, months: Period, before: Period | None, categories: list[str]
) -> list[tuple[Any, ...]]:  # fmt: skip
    """Return the tiles of months, and how they differ from those before."""
    spans = [months, *([before] if before else [])]
    now, *then = (
        read("listings", first_date=span.first, last_date=span.last, categories=categories).iloc[0]
        for span in spans
    )
    tiles: list[tuple[str, str, Any, Any, str]] = [
        ("Pieces listed", "listing_count", count, change, "First listed in these months."),
        ("Pieces sold", "sold_listing_count", count, change, "First sold in these months."),
        ("Liquidity", "liquidity", "{:.2f}".format, change, "Pieces sold for each one listed."),
        *(
            (f"Sold in {days} days", f"sell_through_{days}_days", share, points,
             "Of those listed so long ago.")
            for days in (7, 30, 90)
        ),
        ("Stock sold", "stock_sell_through", share, points, "Stock articles, of units received."),
    ]  # fmt: skip
    return [
        (name, form(now[column] or 0) if column == "liquidity" else form(now[column]), meaning,
         compared(now[column], then[0][column]) if then else None)
        for name, column, form, compared, meaning in tiles
    ]  # fmt: skip


def _pieces(read: Read, months: Period, category: str, days: int) -> None:
    """Draw the pieces behind a point of the curves, and the orders of one that is chosen."""
    title(f"{category}: sold within {days} days")
    found = read("pieces", first_date=months.first, last_date=months.last, category=category,
                 days=days)  # fmt: skip
    chosen = table(
        found, "pieces", title="Product", brand="Brand", listed_date="Listed",
        first_sold_date="Sold", days_to_sell=number("Days"),
    )  # fmt: skip
    if len(found) == orders.LIMIT:
        st.caption(f"The slowest {orders.LIMIT}. Choose fewer months to see others.")
    if chosen is None:
        st.caption("Select a row to see its orders.")
    else:
        orders.behind(read, chosen["title"], "piece_orders", piece=chosen["piece"],
                      first_date=chosen["listed_date"], last_date=date.max)  # fmt: skip


def _stock(read: Read, stock: pd.DataFrame) -> None:
    """Draw the stock of each week and for how long it lasts."""
    left, right = st.columns(2)
    with left:
        known = stock.dropna(subset="weeks_of_supply")
        chosen = chart("Weeks of supply", known, charts.lines, "week_start_date",
                       "weeks_of_supply", "category", "weeks of supply", "week", "week", decimal,
                       key="supply", leads="a week to see what it sold")  # fmt: skip
    with right:
        title("Stock, last known")
        table(
            stock.drop_duplicates("category", keep="last").sort_values("category"),
            category="Category", week_start_date="Week of", stock_quantity=number("Pieces"),
            average_weekly_quantity=tenths("Sold a week"),
            weeks_of_supply=tenths("Weeks of supply"),
            low_stock_product_count=number("Products low"), is_low_stock="Low",
        )  # fmt: skip
    if chosen:
        week = date.fromisoformat(chosen["day"])
        orders.behind(read, f"{chosen['category']}, week of {week:%d %B %Y}", "supply_orders",
                      category=chosen["category"], first_date=week,
                      last_date=week + timedelta(days=6))  # fmt: skip
