"""Sales: the period and its last day against those before, channels, and what sells best."""

from datetime import date

import pandas as pd
import streamlit as st

from dashboard import charts
from dashboard.data import Read
from dashboard.figures import change, count, money, share
from dashboard.widgets import chart, heading, number, one, percent, period, some, table, tiles

COMPARED = {
    "Last day": "day", "A week before": "day_last_week", "A year before": "day_last_year",
}  # fmt: skip


def step_of(first_date: date, last_date: date) -> str:
    """Return how days are taken together in charts, so that some dozens of points are left."""
    days = (last_date - first_date).days
    return "day" if days < 62 else "week" if days < 750 else "month"


def key_figures(totals: pd.DataFrame, currency: str) -> dict[str, tuple]:
    """Return the tiles for the rows of `sales_totals`."""
    now, before = totals.loc["period"], totals.loc["period_last_year"]

    def tile(name: str, shown: str, meaning: str) -> tuple:
        return shown, change(now[name], before[name]), meaning

    return {
        "NMV": tile("net_merchandise_value", money(now["net_merchandise_value"], currency),
                    "Net merchandise value: GMV less cancellations and returns."),
        "GMV": tile("gross_merchandise_value", money(now["gross_merchandise_value"], currency),
                    "Gross merchandise value: what was agreed, after discounts."),
        "Orders": tile("order_count", count(now["order_count"]), "Cancelled ones too."),
        "AOV": tile("average_order_value", money(now["average_order_value"], currency),
                    "Average order value: GMV by orders."),
        "Cancellation rate": tile("cancellation_rate", share(now["cancellation_rate"]),
                                  "Cancelled amount by GMV."),
    }  # fmt: skip


def show(read: Read) -> None:
    """Draw the page."""
    heading("Sales", read)
    options = read("sales_options")
    days = period(options["first_date"].iloc[0], options["last_date"].iloc[0])
    names = dict(zip(options["channel"], options["channel_name"], strict=True))
    channels = some("Channel", list(names), names.get)
    currency = one("Currency", sorted(options["currency_code"].unique()))
    asked = {"first_date": days[0], "last_date": days[1], "currency": currency,
             "channels": channels}  # fmt: skip
    totals = read("sales_totals", **asked).set_index("span")
    tiles(key_figures(totals, currency), "on a year before")
    step = step_of(*days)
    left, right = st.columns(2)
    with left:
        chart(
            f"NMV by {step}, and a year before", read("sales_course", **asked, step=step),
            lambda frame: charts.course(
                frame, "start_date", "net_merchandise_value", "course",
                f"NMV in {currency}", f"{step} of the sale",
            ),
        )  # fmt: skip
    with right:
        chart(
            f"NMV by channel and {step}", read("sales_channels", **asked, step=step),
            lambda frame: charts.stacked(
                frame, "start_date", "net_merchandise_value", "channel",
                f"NMV in {currency}", f"{step} of the sale",
            ),
        )  # fmt: skip
    st.subheader(f"The last day, {days[1]:%A %d %B %Y}", anchor=False)
    table(
        _last_day(totals), figure="Figure", **{name: number(name) for name in COMPARED},
        on_week=percent("Change in a week"), on_year=percent("Change in a year"),
    )  # fmt: skip
    top = read("top_products", **asked)
    left, right = st.columns(2)
    with left:
        chart(
            "Top products by NMV", top.assign(title=top["sales_rank"].astype(str) + ". " + top["title"]),
            lambda frame: charts.ranked(
                frame, "title", "net_merchandise_value", f"NMV in {currency}", sort=None
            ),
        )  # fmt: skip
    with right:
        st.subheader("in figures", anchor=False)
        table(
            top, sales_rank=number("Rank"), title="Product", brand="Brand", category="Category",
            piece_count=number("Pieces"), net_merchandise_value=number(f"NMV, {currency}", "%.2f"),
        )  # fmt: skip


def _last_day(totals: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each figure of the last day, with those of a week and a year before."""
    figures = {
        "NMV": "net_merchandise_value", "GMV": "gross_merchandise_value", "Orders": "order_count",
        "Pieces": "piece_count", "AOV": "average_order_value",
    }  # fmt: skip
    days = totals.loc[list(COMPARED.values()), list(figures.values())].astype(float).T
    days.columns = list(COMPARED)
    before = days[["A week before", "A year before"]].where(lambda amounts: amounts != 0)
    changes = before.rdiv(days["Last day"], axis=0) - 1
    return days.assign(
        figure=list(figures), on_week=changes["A week before"], on_year=changes["A year before"]
    )
