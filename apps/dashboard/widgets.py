"""What the pages share: headings, filters, tiles, charts and tables."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from apps.dashboard.data import NotReady, Read

# each a whole number of weeks, so that weekends weigh alike in what is compared
PERIODS = {"Last 4 weeks": 28, "Last 13 weeks": 91, "Last 52 weeks": 364, "Last 3 years": 1092}
OWN_PERIOD = "Between two days"
EMPTY = "Nothing to show for these filters."

number = partial(st.column_config.NumberColumn, format="localized")
amount = partial(st.column_config.NumberColumn, format="%.2f")
percent = partial(st.column_config.NumberColumn, format="percent")


def heading(name: str, read: Read) -> date:
    """Write the name of a page and how fresh its figures are; return the last day of sales.

    Raises:
        NotReady: there are no sales.
    """
    last: date
    last, loaded = read("freshness").iloc[0]
    if pd.isna(last):
        raise NotReady("The marts are there, but hold no sales yet. Load some: `make load build`.")
    st.header(name, anchor=False)
    known = "never loaded" if pd.isna(loaded) else f"loaded {loaded:%d %B %Y, %H:%M} UTC"
    st.caption(f"Sales to {last:%d %B %Y} · {known}")
    return last


def period(first: date, last: date, default: str) -> tuple[date, date]:
    """Ask for a period within the days that there are; return its first and last day."""
    names = [*PERIODS, OWN_PERIOD]
    name = st.sidebar.selectbox(
        "Period", names, names.index(default), key="period", bind="query-params"
    )
    if name != OWN_PERIOD:
        return max(first, last - timedelta(days=PERIODS[name] - 1)), last
    start = max(first, last - timedelta(days=27))
    given = st.sidebar.date_input("Days, both included", (start, last), first, last, key="days")
    if len(given) != 2:
        st.info("Choose the last day, too.")
        st.stop()
    return given[0], given[1]


def one(label: str, options: list[str]) -> str:
    """Ask for one of some values."""
    chosen = st.sidebar.selectbox(label, options, key=label.lower(), bind="query-params")
    return str(chosen)


def some(label: str, options: list[str], shown: Callable[[str], str] = str) -> list[str]:
    """Ask for some of the values, or none for all of them."""
    return st.sidebar.multiselect(
        label, options, format_func=shown, placeholder="All", key=label.lower(), bind="query-params"
    ) or list(options)


def title(text: str) -> None:
    """Write the title of a part of the page."""
    st.markdown(f"##### {text}")


def tiles(*figures: tuple[Any, ...]) -> None:
    """Show figures side by side, each its label, its text, what it means, and its change if any."""
    columns = st.columns(len(figures))
    for column, (label, text, meaning, *change) in zip(columns, figures, strict=True):
        # fewer cancellations are better
        settings = {"delta_color": "inverse" if "ancel" in label else "normal", "help": meaning}
        column.metric(label, text, *change, border=True, height="stretch", **settings)


def chart(
    name: str, frame: pd.DataFrame, draw: Callable[..., alt.Chart], *settings: str,
    empty: str = EMPTY,
) -> None:  # fmt: skip
    """Show under its title what `draw` makes of rows and settings, or that there is nothing."""
    title(name)
    if frame.empty:
        st.info(empty)
    else:
        st.altair_chart(draw(frame, *settings), width="stretch", alt=name)


def table(frame: pd.DataFrame, **columns: object) -> None:
    """Show the named columns, each by its title or a `st.column_config`; it can be saved as CSV."""
    if frame.empty:
        st.info(EMPTY)
    else:
        shown = {"column_order": list(columns), "column_config": columns}
        st.dataframe(frame, hide_index=True, placeholder="–", **shown)
