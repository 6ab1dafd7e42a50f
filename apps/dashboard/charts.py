"""The charts, drawn alike on the pages and in the report. Days are UTC, as in the marts."""

import altair as alt
import pandas as pd

# told apart by people who see few colours, too (Okabe and Ito), and on white
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#999999"]
# of a chart with its axes and legend, and of each row in those that have rows
HEIGHT, ROW, AXIS = 330, 26, 70


def lines(
    frame: pd.DataFrame, x: str, y: str, series: str, title: str, x_title: str
) -> alt.Chart:  # fmt: skip
    """Return lines over days, one for each series.

    Args:
        frame: one row for each point.
        x: column of dates.
        y: column of amounts.
        series: column of the lines' names.
        title: of the amounts, with their unit.
        x_title: of the days.
    """
    order = sorted(frame[series].unique())
    marks = _over_time(frame, x).mark_line(point=len(frame) < 40 * len(order))
    return _in_days(marks, frame, x, y, series, order, title, x_title)


def stacked(
    frame: pd.DataFrame, x: str, y: str, series: str, title: str, x_title: str
) -> alt.Chart:  # fmt: skip
    """Return bars over days, with a part for each series; see `lines` for the arguments."""
    order = sorted(frame[series].unique())
    marks = _over_time(frame, x).mark_bar(size=max(2, min(24, 330 // frame[x].nunique())))
    return _in_days(marks, frame, x, y, series, order, title, x_title)


def ranked(
    frame: pd.DataFrame, label: str, value: str, title: str, form: str = ",.0f"
) -> alt.Chart:  # fmt: skip
    """Return a bar for each row, in their order, with its value written at its end.

    Args:
        frame: one row for each bar.
        label: column of the bars' names.
        value: column of their lengths.
        title: of the lengths, with their unit.
        form: of the values that are written, as d3-format has them.
    """
    axis: dict[str, object] = {"format": "%"} if "%" in form else {"format": "~s", "tickMinStep": 1}
    base = alt.Chart(frame).encode(
        x=alt.X(f"{value}:Q", title=title).axis(grid=False, **axis),
        y=alt.Y(f"{label}:N", title=None, sort=None).axis(labelLimit=220),
        tooltip=[f"{label}:N", alt.Tooltip(f"{value}:Q", format=form)],
    )
    text = base.mark_text(align="left", dx=4).encode(text=alt.Text(f"{value}:Q", format=form))
    bars = base.mark_bar(color=COLOURS[0])
    return (bars + text).properties(height=AXIS + ROW * len(frame))


def retention(frame: pd.DataFrame) -> alt.Chart:
    """Return the share of each cohort that bought again, by months since its first purchase."""
    base = alt.Chart(frame).encode(
        x=alt.X("months_since:O", title="months since the first order").axis(labelAngle=0),
        y=alt.Y("cohort:N", title="first order in", sort="descending").axis(labelOverlap=False),
        tooltip=["cohort", "customer_count", alt.Tooltip("active_share", format=".1%")],
    )
    colour = alt.Color("active_share:Q", legend=None).scale(range=["#f2f6fa", COLOURS[0]])
    dark = alt.condition(alt.datum.active_share > 0.5, alt.value("white"), alt.value("#333333"))
    share = alt.Text("active_share:Q", format=".0%")
    tiles = base.mark_rect().encode(color=colour)
    text = base.mark_text(fontSize=11).encode(text=share, color=dark)
    return (tiles + text).properties(height=AXIS + ROW * frame["cohort"].nunique())


def sold_by_day(frame: pd.DataFrame) -> alt.Chart:
    """Return the share of listings sold, by days on offer, a line for each category."""
    marks = alt.Chart(frame, height=HEIGHT).mark_line(interpolate="step-after", clip=True)
    return marks.encode(
        x=alt.X("days_on_offer:Q", title="days on offer")
        .scale(domain=[0, 90])
        .axis(labelFlush=True),
        y=alt.Y("sold_share:Q", title="share sold").axis(format="%").scale(domain=[0, 1]),
        color=_colour("category", sorted(frame["category"].unique())),
        tooltip=["category", "days_on_offer", alt.Tooltip("sold_share", format=".1%")],
    )


def _over_time(frame: pd.DataFrame, x: str) -> alt.Chart:
    """Return a chart whose dates are text, which no browser moves to a zone of its own."""
    return alt.Chart(frame.assign(**{x: frame[x].astype(str)}), height=HEIGHT)


def _in_days(
    marks: alt.Chart, frame: pd.DataFrame, x: str, y: str, series: str, order: list[str],
    title: str, x_title: str,
) -> alt.Chart:  # fmt: skip
    is_long = frame[x].astype(str).str[:4].nunique() > 2
    form = "%b %Y" if is_long else "%d %b"
    axis = alt.Axis(format=form, grid=False, labelOverlap=True, labelSeparation=6)
    return marks.encode(
        x=alt.X(f"{x}:T", title=x_title, axis=axis).scale(type="utc"),
        y=alt.Y(f"{y}:Q", title=title).axis(format="~s"),
        color=_colour(series, order),
        tooltip=[f"{x}:N", f"{series}:N", alt.Tooltip(f"{y}:Q", format=",.2f")],
    )


def _colour(column: str, order: list[str]) -> alt.Color:
    scale = alt.Scale(domain=order, range=COLOURS[: len(order)])
    legend = alt.Legend(orient="top", columns=3) if len(order) > 1 else None
    return alt.Color(f"{column}:N", title=None, scale=scale, legend=legend)
