"""The charts, drawn alike on the pages and in the report. Days are UTC, as in the marts."""

from collections.abc import Callable

import altair as alt
import pandas as pd

from apps.dashboard.figures import PERCENT, SHORT, count, money, share

# told apart by people who see few colours, too (Okabe and Ito), on white and on black
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#999999"]
# of a chart with its axes and legend, and of each row in those that have rows
HEIGHT, ROW, AXIS = 330, 26, 70
# of what is to be read on white and on black
GREY = "#777777"
# name of the selection of a mark
CHOSEN = "chosen"
STEPS = {"day": "D", "week": "W-MON", "month": "MS"}


def lines(
    frame: pd.DataFrame, x: str, y: str, series: str, title: str, x_title: str, step: str,
    form: Callable[..., str] = money,
) -> alt.LayerChart:  # fmt: skip
    """Return lines over days, one for each series, broken where there is nothing, to be chosen.

    Args:
        frame: one row for each point; those that are not `is_whole`, if it says so, are dashed.
        x: column of dates.
        y: column of amounts.
        series: column of the lines' names, in the order of the legend.
        title: of the amounts, with their unit.
        x_title: of the days.
        step: between two points: day, week or month.
        form: that writes amounts.
    """
    order = list(frame[series].unique())
    filled = _with_gaps(frame.assign(day=frame[x].astype(str)), x, series, step)
    has_points = len(frame) < 60 * len(order) or len(filled) > len(frame)
    dashes = _in_days(filled, x, y, series, order, title, x_title, form)
    dashed = dashes.mark_line(strokeDash=[4, 4], point=has_points)
    points = _points(dashes, "day", series)
    if "is_whole" not in frame:
        return dashes.mark_line(point=has_points) + points
    # over the dashes, whose last ones stay uncovered
    whole = filled.assign(**{y: filled[y].where(filled["is_whole"].eq(True))})
    solid = _in_days(whole, x, y, series, order, title, x_title, form).mark_line()
    return dashed + solid + points


def stacked(
    frame: pd.DataFrame, x: str, y: str, series: str, title: str, x_title: str, step: str,
    form: Callable[..., str] = money,
) -> alt.Chart:  # fmt: skip
    """Return bars over days, with a part for each series, to be chosen; see `lines`."""
    order = list(frame[series].unique())
    chosen = alt.selection_point(name=CHOSEN, fields=["day", series], empty=False)
    width = 300 // max(1, len(_with_gaps(frame, x, series, step)) // len(order))
    base = _in_days(frame.assign(day=frame[x].astype(str)), x, y, series, order, title, x_title,
                    form)  # fmt: skip
    pale = alt.condition(alt.datum.is_whole, alt.value(1), alt.value(0.45))
    edge = alt.condition(chosen, alt.value(2), alt.value(0))
    bars = base.mark_bar(size=max(2, min(24, width)), stroke=GREY)
    colour = _colour(series, order, symbolStrokeWidth=0)
    return bars.encode(color=colour, opacity=pale, strokeWidth=edge).add_params(chosen)


def ranked(
    frame: pd.DataFrame, label: str, value: str, title: str, form: Callable[..., str] = count
) -> alt.LayerChart:
    """Return a bar for each row, in their order, to be chosen, with its value at its end.

    Args:
        frame: one row for each bar.
        label: column of the bars' names.
        value: column of their lengths.
        title: of the lengths, with their unit.
        form: that writes values.
    """
    axis = alt.Axis(grid=False, tickCount=4, format=PERCENT if form is share else SHORT,
                    tickMinStep=0 if form is share else 1)  # fmt: skip
    chosen = alt.selection_point(name=CHOSEN, fields=[label], empty=False)
    base = alt.Chart(frame.assign(written=frame[value].map(form))).encode(
        x=alt.X(f"{value}:Q", title=title, axis=axis),
        y=alt.Y(f"{label}:N", title=None, sort=None).axis(labelLimit=170),
        tooltip=[alt.Tooltip(f"{label}:N", title=" "), alt.Tooltip("written:N", title=title)],
    )
    text = base.mark_text(align="left", dx=4, color=GREY).encode(text="written:N")
    edge = alt.condition(chosen, alt.value(2), alt.value(0))
    bars = base.mark_bar(color=COLOURS[0], stroke=GREY).encode(strokeWidth=edge)
    drawn: alt.LayerChart = bars.add_params(chosen) + text
    return drawn.properties(height=AXIS + ROW * len(frame))


def retention(frame: pd.DataFrame) -> alt.LayerChart:
    """Return the share of each cohort that bought again, by months since its first purchase.

    A cohort's month can be chosen, by `name` and `months_since`.
    """
    chosen = alt.selection_point(name=CHOSEN, fields=["name", "months_since"], empty=False)
    sizes = frame[frame["months_since"] == 0].set_index("cohort")["customer_count"]
    named = frame.assign(
        name=frame["cohort"],
        cohort=[f"{name} ({count(sizes.get(name))})" for name in frame["cohort"]],
        written=frame["active_share"].map(share),
    )
    base = alt.Chart(named).encode(
        x=alt.X("months_since:O", title="months since the first order").axis(labelAngle=0),
        y=alt.Y("cohort:N", title="first order in (customers)", sort="descending").axis(
            labelOverlap=False
        ),
        tooltip=["cohort", "customer_count", "active_count", "written"],
    )
    colour = alt.Color("active_share:Q", legend=None).scale(range=["#f2f6fa", COLOURS[0]])
    dark = alt.condition(alt.datum.active_share > 0.5, alt.value("white"), alt.value("#333333"))
    shares = alt.Text("active_share:Q", format=".0%")
    edge = alt.condition(chosen, alt.value(2), alt.value(0))
    tiles = base.mark_rect(stroke=GREY).encode(color=colour, strokeWidth=edge).add_params(chosen)
    text = base.mark_text(fontSize=10).encode(text=shares, color=dark)
    drawn: alt.LayerChart = tiles + text
    return drawn.properties(height=AXIS + ROW * named["cohort"].nunique())


def sold_by_day(frame: pd.DataFrame) -> alt.LayerChart:
    """Return the share of listings sold, by days on offer: a line for each category."""
    written = frame.assign(written=frame["sold_share"].map(share))
    base = alt.Chart(written, height=HEIGHT).encode(
        x=alt.X("days_on_offer:Q", title="days on offer")
        .scale(domain=[0, 90])
        .axis(labelFlush=True),
        y=alt.Y("sold_share:Q", title="share sold").axis(format=PERCENT).scale(domain=[0, 1]),
        color=_colour("category", sorted(frame["category"].unique())),
        tooltip=["category", "days_on_offer", alt.Tooltip("written:N", title="share sold")],
    )
    curves = base.mark_line(interpolate="step-after", clip=True)
    within = base.transform_filter("datum.days_on_offer <= 90")
    drawn: alt.LayerChart = curves + _points(within, "category", "days_on_offer")
    return drawn


def _points(base: alt.Chart, *fields: str) -> alt.Chart:
    """Return points that are seen once they are chosen, and are larger than what they lie on."""
    chosen = alt.selection_point(name=CHOSEN, fields=list(fields), empty=False)
    seen = alt.condition(chosen, alt.value(1), alt.value(0))
    points = base.mark_point(size=120, filled=True, clip=True).encode(opacity=seen)
    selectable: alt.Chart = points.add_params(chosen)
    return selectable


def _with_gaps(frame: pd.DataFrame, x: str, series: str, step: str) -> pd.DataFrame:
    """Return the rows and, for each series and step that has none, one without an amount."""
    dates = pd.to_datetime(frame[x])
    every = pd.date_range(dates.min(), dates.max(), freq=STEPS[step])
    wanted = pd.MultiIndex.from_product([frame[series].unique(), every], names=[series, x])
    return frame.assign(**{x: dates}).set_index([series, x]).reindex(wanted).reset_index()


def _in_days(
    frame: pd.DataFrame, x: str, y: str, series: str, order: list[str],
    title: str, x_title: str, form: Callable[..., str],
) -> alt.Chart:  # fmt: skip
    """Return a chart without marks, whose dates are text that no browser moves to its own zone."""
    dates = pd.to_datetime(frame[x])
    is_long = (dates.max() - dates.min()).days > 500
    axis = alt.Axis(format="%b %Y" if is_long else "%d %b", grid=False, labelOverlap=True,
                    labelSeparation=6)  # fmt: skip
    written = frame.assign(
        **{x: dates.dt.strftime("%Y-%m-%d")}, from_day=dates.dt.strftime("%d %b %Y"),
        written=frame[y].map(form),
    )  # fmt: skip
    return alt.Chart(written, height=HEIGHT).encode(
        x=alt.X(f"{x}:T", title=x_title, axis=axis).scale(type="utc"),
        y=alt.Y(f"{y}:Q", title=title).axis(format=SHORT),
        color=_colour(series, order),
        tooltip=[alt.Tooltip("from_day:N", title=x_title), alt.Tooltip(f"{series}:N", title=" "),
                 alt.Tooltip("written:N", title=title)],
    )  # fmt: skip


def _colour(column: str, order: list[str], **symbols: float) -> alt.Color:
    scale = alt.Scale(domain=order, range=COLOURS[: len(order)])
    legend = alt.Legend(orient="top", columns=2, **symbols) if len(order) > 1 else None
    return alt.Color(f"{column}:N", title=None, scale=scale, legend=legend)
