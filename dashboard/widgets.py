"""What the pages share: headings, filters, tiles, charts and tables."""

from collections.abc import Callable
from datetime import date, timedelta

import altair as alt
import pandas as pd
import streamlit as st

from dashboard.data import NotReady, Read

# each a whole number of weeks, so that weekends weigh alike in what is compared
PERIODS = {"Last 4 weeks": 28, "Last 13 weeks": 91, "Last 52 weeks": 364, "Last 3 years": 1092}
OWN_PERIOD = "Between two days"


def heading(title: str, read: Read) -> None:
    """Write the title of a page, and how fresh its figures are."""
    fresh = read("freshness").iloc[0]
    if pd.isna(fresh["last_order_date"]):
        raise NotReady("The marts are there, but hold no sales yet. Load some: `make load build`.")
    st.title(title, anchor=False)
    loaded = fresh["last_loaded_at"]
    known = "never loaded" if pd.isna(loaded) else f"loaded {loaded:%d %B %Y, %H:%M} UTC"
    st.caption(f"Sales to {fresh['last_order_date']:%d %B %Y} · {known}")


def period(first: date, last: date, default: str = "Last 13 weeks") -> tuple[date, date]:
    """Ask for a period within the days that there are; return its first and last day."""
    names = [*PERIODS, OWN_PERIOD]
    name = st.sidebar.selectbox("Period", names, index=names.index(default), key="period",
                                bind="query-params")  # fmt: skip
    if name != OWN_PERIOD:
        return max(first, last - timedelta(days=PERIODS[name] - 1)), last
    start = max(first, last - timedelta(days=27))
    given = st.sidebar.date_input("Days, both included", (start, last), first, last, key="days")
    if len(given) != 2:
        st.info("Choose the last day, too.")
        st.stop()
    return given


def one(label: str, options: list[str]) -> str:
    """Ask for one of some values."""
    return st.sidebar.selectbox(label, options, key=label.lower(), bind="query-params")


def some(label: str, options: list[str], shown: Callable[[str], str] = str) -> list[str]:
    """Ask for some of the values, or none for all of them."""
    chosen = st.sidebar.multiselect(
        label, options, format_func=shown, placeholder="All", key=label.lower(), bind="query-params"
    )
    return chosen or options


def tiles(figures: dict[str, tuple[str, str | None, str]], compared: str = "") -> None:
    """Show figures side by side.

    Args:
        figures: by label: the figure, its change or none, and what it means.
        compared: with what the changes compare.
    """
    columns = st.columns(len(figures))
    for column, (label, (value, change, meaning)) in zip(columns, figures.items(), strict=True):
        column.metric(
            label, value, change, help=meaning, border=True, height="stretch",
            # fewer cancellations are better
            delta_color="inverse" if "ancel" in label or "eturn" in label else "normal",
            delta_description=compared if change else None,
        )  # fmt: skip


def chart(title: str, frame: pd.DataFrame, draw: Callable[[pd.DataFrame], alt.Chart]) -> None:
    """Show a chart under its title, or say that there is nothing to draw."""
    st.subheader(title, anchor=False)
    if frame.empty:
        st.info("Nothing to show for these filters.")
    else:
        st.altair_chart(draw(frame), width="stretch", alt=title)


def table(frame: pd.DataFrame, **formats: object) -> None:
    """Show a table, which the browser can save as CSV.

    Args:
        frame: the rows.
        formats: by column: a title, or a `st.column_config`; columns that have none are left out.
    """
    if frame.empty:
        st.info("Nothing to show for these filters.")
        return
    st.dataframe(frame, hide_index=True, column_order=list(formats), column_config=formats)


def number(title: str, form: str = "localized", **more: object) -> object:
    """Return the configuration of a column of numbers."""
    return st.column_config.NumberColumn(title, format=form, **more)


def percent(title: str, **more: object) -> object:
    """Return the configuration of a column of shares."""
    return st.column_config.NumberColumn(title, format="percent", **more)
