"""The charts, drawn alike on the pages and in the report. Days are UTC, as in the marts."""

import altair as alt
import pandas as pd

# told apart by people who see few colours, too (Okabe and Ito), and on white
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#999999"]
HEIGHT = 260


def _days(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the frame with a column of dates as text, which no browser moves to its own zone."""
    return frame.assign(**{column: frame[column].astype(str)})


def _time(column: str, title: str) -> alt.X:
    return alt.X(f"{column}:T", title=title).scale(type="utc").axis(labelOverlap=True, grid=False)


def _colour(column: str, order: list[str], title: str | None = None) -> alt.Color:
    scale = alt.Scale(domain=order, range=COLOURS[: len(order)])
    return alt.Color(f"{column}:N", title=title, scale=scale).legend(orient="top")


def course(
    frame: pd.DataFrame, x: str, y: str, series: str, title: str, x_title: str, share: bool = False
) -> alt.Chart:
    """Return lines over days, one for each series, in the order in which they first occur.

    Args:
        frame: one row for each point.
        x: column of dates.
        y: column of amounts.
        series: column of the lines' names.
        title: of the amounts, with their unit.
        x_title: of the days.
        share: whether amounts are shares, shown as percentages.
    """
    amounts = alt.Y(f"{y}:Q", title=title).axis(format="%" if share else "~s")
    order = list(dict.fromkeys(frame[series]))
    return (
        alt.Chart(_days(frame, x), height=HEIGHT)
        .mark_line(strokeWidth=2, point=len(frame) < 40 * len(order))
        .encode(
            x=_time(x, x_title),
            y=amounts,
            color=_colour(series, order),
            strokeDash=alt.value([1, 0]),
            tooltip=[f"{x}:N", f"{series}:N", alt.Tooltip(f"{y}:Q", format=".1%" if share else ",.2f")],
        )
    )  # fmt: skip


def stacked(frame: pd.DataFrame, x: str, y: str, series: str, title: str, x_title: str) -> alt.Chart:
    """Return bars over days, with a part for each series; see `course` for the arguments."""
    order = sorted(frame[series].unique())
    step = max(4, min(40, 640 // max(1, frame[x].nunique())))
    return (
        alt.Chart(_days(frame, x), height=HEIGHT)
        .mark_bar(size=step)
        .encode(
            x=_time(x, x_title),
            y=alt.Y(f"{y}:Q", title=title).axis(format="~s"),
            color=_colour(series, order),
            tooltip=[f"{x}:N", f"{series}:N", alt.Tooltip(f"{y}:Q", format=",.2f")],
        )
    )


def ranked(
    frame: pd.DataFrame, label: str, value: str, title: str, form: str = ",.0f", sort: str | None = "-x"
) -> alt.Chart:
    """Return a bar for each row, with its value written at its end.

    Args:
        frame: one row for each bar.
        label: column of the bars' names.
        value: column of their lengths.
        title: of the lengths, with their unit.
        form: of the values that are written, as d3-format has them.
        sort: of the bars: longest first, or none for the order of the rows.
    """  # fmt: skip
    base = alt.Chart(frame, height=max(90, 30 * len(frame))).encode(
        x=alt.X(f"{value}:Q", title=title).axis(format="%" if "%" in form else "~s", grid=False),
        y=alt.Y(f"{label}:N", title=None, sort=sort).axis(labelLimit=220),
        tooltip=[f"{label}:N", alt.Tooltip(f"{value}:Q", format=form)],
    )
    text = base.mark_text(align="left", dx=4).encode(text=alt.Text(f"{value}:Q", format=form))
    return base.mark_bar(color=COLOURS[0]) + text


def retention(frame: pd.DataFrame) -> alt.Chart:
    """Return the share of each cohort that bought again, by months since its first purchase."""
    base = alt.Chart(frame, height=max(120, 24 * frame["cohort"].nunique())).encode(
        x=alt.X("months_since:O", title="months since the first order").axis(labelAngle=0),
        y=alt.Y("cohort:N", title="first order in", sort="descending"),
        tooltip=["cohort", "months_since", "customer_count", alt.Tooltip("active_share", format=".1%")],
    )  # fmt: skip
    colour = alt.Color("active_share:Q", title="share active").scale(range=["#f2f6fa", COLOURS[0]])
    dark = alt.condition(alt.datum.active_share > 0.5, alt.value("white"), alt.value("#333333"))
    tiles = base.mark_rect().encode(color=colour.legend(None))
    return tiles + base.mark_text(fontSize=11).encode(
        text=alt.Text("active_share:Q", format=".0%"), color=dark
    )


def sold_by_day(frame: pd.DataFrame) -> alt.Chart:
    """Return the share of listings sold, by days on offer, a line for each category."""
    return (
        alt.Chart(frame, height=HEIGHT)
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=alt.X("days_on_offer:Q", title="days on offer").scale(domain=[0, 365]),
            y=alt.Y("sold_share:Q", title="share sold").axis(format="%").scale(domain=[0, 1]),
            color=_colour("category", sorted(frame["category"].unique())),
            tooltip=["category", "days_on_offer", alt.Tooltip("sold_share", format=".1%")],
        )
    )
