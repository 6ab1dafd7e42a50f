"""What the pages share: headings, tiles, charts and tables."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, cast

import altair as alt
import pandas as pd
import streamlit as st

from apps.dashboard import figures
from apps.dashboard.charts import CHOSEN
from apps.dashboard.data import NotReady, Read

EMPTY = "Nothing to show for these filters."

number = partial(st.column_config.NumberColumn, format=figures.COUNT)
tenths = partial(st.column_config.NumberColumn, format=figures.DECIMAL)
amount = partial(st.column_config.NumberColumn, format=figures.MONEY)
# figures of several kinds in one column
written = partial(st.column_config.TextColumn, alignment="right")
percent = partial(st.column_config.NumberColumn, format=figures.SHARE)


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


def title(text: str) -> None:
    """Write the title of a part of the page; `#quarantine-by-reason` leads to it."""
    st.markdown(f"##### {text}")


def tiles(*shown: tuple[Any, ...]) -> None:
    """Show figures side by side, as many as fit: label, text, meaning, and if any the change."""
    with st.container(horizontal=True):
        for label, text, meaning, *change in shown:
            # fewer cancellations are better
            colour = "inverse" if "ancel" in label or "eturn" in label else "normal"
            if change and change[0] in figures.UNCHANGED:
                colour = "off"
            st.metric(
                label, text, *change, border=True, help=meaning, delta_color=colour, width="stretch"
            )


def chart(
    name: str, frame: pd.DataFrame, draw: Callable[..., alt.Chart], *settings: Any,
    empty: str = EMPTY, key: str | None = None, leads: str = "",
) -> dict[str, Any] | None:  # fmt: skip
    """Show under its title what `draw` makes of rows and settings, or that there is nothing.

    Args:
        name: title.
        frame: rows.
        draw: a function of `charts`.
        *settings: its further arguments.
        empty: what is said if there are no rows.
        key: of a chart whose marks can be chosen, which `draw` must allow.
        leads: what a mark that is chosen leads to, such as `a bar to see its orders`.

    Returns:
        The columns of the mark that was chosen, if one was.
    """
    title(name)
    if frame.empty:
        st.info(empty)
        return None
    drawn = draw(frame, *settings)
    if key is None:
        st.altair_chart(drawn, width="stretch", alt=name)
        return None
    event = st.altair_chart(drawn, width="stretch", alt=name, key=key, on_select="rerun")
    st.caption(f"Select {leads}.")
    chosen = cast("dict[str, Any]", event).get("selection", {}).get(CHOSEN)
    return chosen[0] if chosen else None


def unfinished(frame: pd.DataFrame, step: str) -> None:
    """Say that some of what a chart shows is not over, if it is so."""
    if not frame.empty and not frame["is_whole"].all():
        st.caption(f"Dashed or pale: a {step} of which not all days are in the period, or known.")


def table(frame: pd.DataFrame, key: str | None = None, **columns: Any) -> pd.Series | None:
    """Show the named columns, which can be saved as CSV; return the row that was chosen, if any.

    Args:
        frame: rows; shares are shown as percentages.
        key: of a table whose rows can be chosen.
        **columns: of each its title, or a `st.column_config`.
    """
    if frame.empty:
        st.info(EMPTY)
        return None
    shares = [
        name for name, kind in columns.items()
        if isinstance(kind, dict) and kind["type_config"].get("format") == figures.SHARE
    ]  # fmt: skip
    shown = frame.assign(**{name: frame[name].astype(float) * 100 for name in shares})
    settings: dict[str, Any] = {
        "column_order": list(columns), "column_config": columns, "hide_index": True,
        "placeholder": "–",
    }  # fmt: skip
    if key is None:
        st.dataframe(shown, **settings)
        return None
    event = st.dataframe(shown, key=key, on_select="rerun", selection_mode="single-row", **settings)
    rows = cast("dict[str, Any]", event)["selection"]["rows"]
    return frame.iloc[rows[0]] if rows and rows[0] < len(frame) else None
