"""Sales: the period and its last day against those before, channels, and what sells best."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from apps.dashboard import charts
from apps.dashboard.data import Read
from apps.dashboard.figures import change, count, money, points, share
from apps.dashboard.filters import Period, one, period, some
from apps.dashboard.views import orders
from apps.dashboard.widgets import (
    amount,
    chart,
    heading,
    number,
    table,
    tiles,
    title,
    unfinished,
    written,
)  # fmt: skip

DAYS = {"Last day": "day", "A week before": "day_last_week", "A year before": "day_last_year"}
NAMES = {
    "NMV": "net_merchandise_value", "GMV": "gross_merchandise_value", "Orders": "order_count",
    "Pieces": "piece_count", "AOV": "average_order_value",
}  # fmt: skip


def show(read: Read) -> None:
    """Draw the page."""
    heading("Sales", read)
    options = read("sales_options")
    names = dict(zip(options["channel"], options["channel_name"], strict=True))
    days = period(options["first_date"][0], options["last_date"][0])
    asked: dict[str, Any] = {
        **days.days,
        "currency": one("Currency", sorted(options["currency_code"].unique())),
        "channels": some("Channel", list(names), lambda name: names[name]),
    }  # fmt: skip
    currency = asked["currency"]
    totals = read("sales_totals", **asked).set_index("span")
    st.caption(f"{days} · in {currency}")
    tiles(*key_figures(totals, currency))
    _charts(read, days, asked)
    title(f"The last day, {days.last:%A %d %B %Y}")
    table(
        last_day(totals), figure="Figure", **{name: written(name) for name in DAYS},
        on_week=written("Change in a week"), on_year=written("Change in a year"),
    )  # fmt: skip
    _products(read, asked)


def _charts(read: Read, days: Period, asked: dict[str, Any]) -> None:
    """Draw the course and the channels, and the orders of a bar that is chosen."""
    step, axes = days.step, (f"NMV in {asked['currency']}", f"{days.step} of the sale")
    left, right = st.columns(2)
    with left:
        course = read("sales_course", **asked, step=step)
        point = chart(f"NMV by {step}", named(course, days), charts.lines,
                      "start_date", NAMES["NMV"], "course", *axes, step,
                      key="course", leads=f"a {step} to see its orders")  # fmt: skip
        unfinished(course, step)
    with right:
        parts = read("sales_channels", **asked, step=step)
        chosen = chart(f"NMV by channel and {step}", parts, charts.stacked,
                       "start_date", NAMES["NMV"], "channel_name", *axes, step,
                       key="bars", leads="a bar to see its orders")  # fmt: skip
    if point:
        shift = timedelta(days=days.shift or 0) * (point["course"] == days.comparison)
        name, dates = _step(days, point["day"], shift)
        orders.behind(read, name, "course_orders", **dates, currency=asked["currency"],
                      channels=asked["channels"])  # fmt: skip
    if chosen:
        is_channel = parts["channel_name"] == chosen["channel_name"]
        name, dates = _step(days, chosen["day"])
        orders.behind(read, f"{chosen['channel_name']}, {name}", "orders", **dates,
                      currency=asked["currency"],
                      channels=list(parts.loc[is_channel, "channel"].unique()))  # fmt: skip


def _step(
    days: Period, day: str, shift: timedelta = timedelta()
) -> tuple[str, dict[str, date]]:  # fmt: skip
    """Return the name and the days of a chart's step, as far as the period has them.

    Args:
        days: the period.
        day: first day of the step, in ISO format.
        shift: by which the chart shows days of before later than they were.
    """
    first = date.fromisoformat(day)
    last = first + timedelta(days={"day": 0, "week": 6}.get(days.step, 0))
    if days.step == "month":
        last = Period(first, first).months().last
    dates = {
        "first_date": max(first, days.first) - shift,
        "last_date": min(last, days.last) - shift,
    }
    return f"{days.step} of {first - shift:%d %B %Y}", dates


def _products(read: Read, asked: dict[str, Any]) -> None:
    """Draw what sells best, and the orders of a product that is chosen."""
    top = read("top_products", **asked)
    numbered = top.assign(title=top["sales_rank"].astype(str) + ". " + top["title"])
    unit = f"NMV in {asked['currency']}"
    left, right = st.columns(2)
    with left:
        chosen = chart("Top products by NMV", numbered, charts.ranked, "title", NAMES["NMV"], unit,
                       money, key="products", leads="a bar to see its orders")  # fmt: skip
    with right:
        title("Top products, as a table")
        table(
            top, sales_rank=number("Rank"), title="Product", category="Category",
            piece_count=number("Pieces"), net_merchandise_value=amount(unit),
        )  # fmt: skip
    if chosen and not (row := numbered[numbered["title"] == chosen["title"]]).empty:
        within = {name: value for name, value in asked.items() if name != "shift"}
        orders.behind(read, row["title"].iloc[0], "product_orders", **within,
                      product_id=row["product_id"].iloc[0])  # fmt: skip


def named(course: pd.DataFrame, days: Period) -> pd.DataFrame:
    """Return the rows of `sales_course` with the names of the lines, as `course`."""
    return course.assign(
        course=course["is_before"].map({False: "This period", True: days.comparison})
    )


def key_figures(totals: pd.DataFrame, currency: str) -> list[tuple[Any, ...]]:
    """Return the tiles for the rows of `sales_totals`, by their span."""
    now, before = totals.loc["period"], totals.loc["before"]
    tiles: list[tuple[str, str, Callable[..., str], str]] = [
        ("NMV", "net_merchandise_value", money, "Net: GMV less cancellations and returns."),
        ("GMV", "gross_merchandise_value", money, "Gross: the price after discounts."),
        ("Orders", "order_count", count, "Cancelled ones too."),
        ("AOV", "average_order_value", money, "Average order value: GMV divided by orders."),
        ("Cancellation rate", "cancellation_rate", share, "Cancelled amount as a share of GMV."),
    ]
    return [
        (label, form(now[name], *([currency] if form is money else [])), meaning,
         (points if form is share else change)(now[name], before[name]))
        for label, name, form, meaning in tiles
    ]  # fmt: skip


def last_day(totals: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each figure of the last day, with those of a week and a year before."""
    rows = []
    for figure, name in NAMES.items():
        form = money if name.endswith("value") else count
        amounts = {day: totals.loc[span, name] for day, span in DAYS.items()}
        now, week, year = amounts.values()
        texts = {day: form(value) for day, value in amounts.items()}
        rows.append({"figure": figure, **texts,
                     "on_week": change(now, week), "on_year": change(now, year)})  # fmt: skip
    return pd.DataFrame(rows)
