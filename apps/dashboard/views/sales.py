"""Sales: the period and its last day against those before, channels, and what sells best."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from apps.dashboard import charts
from apps.dashboard.data import Read
from apps.dashboard.figures import change, count, money, share
from apps.dashboard.widgets import (
    amount,
    chart,
    heading,
    number,
    one,
    percent,
    period,
    some,
    table,
    tiles,
    title,
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
    first, last = period(options["first_date"][0], options["last_date"][0], "Last 13 weeks")
    asked: dict[str, Any] = {
        "first_date": first, "last_date": last,
        "channels": some("Channel", list(names), lambda name: names[name]),
        "currency": one("Currency", sorted(options["currency_code"].unique())),
    }  # fmt: skip
    currency, step = asked["currency"], step_of(first, last)
    totals = read("sales_totals", **asked).set_index("span")
    tiles(*key_figures(totals, currency))
    st.caption("Changes are against the same weeks a year before.")
    axes = (f"NMV in {currency}", f"{step} of the sale")
    left, right = st.columns(2)
    with left:
        course = read("sales_course", **asked, step=step)
        chart(f"NMV by {step}, and a year before", course, charts.lines,
              "start_date", "net_merchandise_value", "course", *axes)  # fmt: skip
    with right:
        parts = read("sales_channels", **asked, step=step)
        chart(f"NMV by channel and {step}", parts, charts.stacked,
              "start_date", "net_merchandise_value", "channel", *axes)  # fmt: skip
    title(f"The last day, {last:%A %d %B %Y}")
    table(
        last_day(totals), figure="Figure", **{name: number(name) for name in DAYS},
        on_week=percent("Change in a week"), on_year=percent("Change in a year"),
    )  # fmt: skip
    top = read("top_products", **asked)
    numbered = top.assign(title=top["sales_rank"].astype(str) + ". " + top["title"])
    left, right = st.columns(2)
    with left:
        chart("Top products by NMV", numbered, charts.ranked, "title", NAMES["NMV"], axes[0])
    with right:
        title("The same in figures")
        table(
            top, sales_rank=number("Rank"), title="Product", category="Category",
            piece_count=number("Pieces"), net_merchandise_value=amount(f"NMV, {currency}"),
        )  # fmt: skip


def step_of(first: date, last: date) -> str:
    """Return how days are taken together in charts, so that some dozens of points are left."""
    days = (last - first).days
    return "day" if days < 62 else "week" if days < 750 else "month"


def key_figures(totals: pd.DataFrame, currency: str) -> list[tuple[Any, ...]]:
    """Return the tiles for the rows of `sales_totals`, by their span."""
    now, before = totals.loc["period"], totals.loc["period_last_year"]
    tiles: list[tuple[str, str, Callable[..., str], str]] = [
        ("NMV", "net_merchandise_value", money, "Net: GMV less cancellations and returns."),
        ("GMV", "gross_merchandise_value", money, "Gross: what was agreed, after discounts."),
        ("Orders", "order_count", count, "Cancelled ones too."),
        ("AOV", "average_order_value", money, "Average order value: GMV by orders."),
        ("Cancellation rate", "cancellation_rate", share, "Cancelled amount by GMV."),
    ]
    return [
        (label, form(now[name], *([currency] if form is money else [])), meaning,
         change(now[name], before[name]))
        for label, name, form, meaning in tiles
    ]  # fmt: skip


def last_day(totals: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each figure of the last day, with those of a week and a year before."""
    days = totals.loc[list(DAYS.values()), list(NAMES.values())].astype(float).round(2).T
    days.columns = list(DAYS)
    before = days[["A week before", "A year before"]].where(lambda amounts: amounts != 0)
    changes = before.rdiv(days["Last day"], axis=0) - 1
    return days.assign(
        figure=list(NAMES), on_week=changes["A week before"], on_year=changes["A year before"]
    )
