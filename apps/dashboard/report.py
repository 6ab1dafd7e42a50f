"""The main charts and key figures as one HTML page that asks nobody for anything.

Charts are drawn when the page is written, so that it holds pictures and no program.
"""

from datetime import date, timedelta
from html import escape
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

from apps.dashboard import charts
from apps.dashboard.data import NotReady, Read
from apps.dashboard.figures import count, decimal, in_words, money, share
from apps.dashboard.filters import Period
from apps.dashboard.views.sales import key_figures, named

STYLE = """:root {color-scheme: light}
body {font: 15px/1.5 sans-serif; color: #222; max-width: 70rem; margin: 2rem auto; padding: 0 1rem}
h1 {margin-bottom: 0; line-height: 1.2} h2 {margin-top: 2.5rem} .note {color: #666}
.tiles {display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .7rem}
.tiles div {border: 1px solid #ddd; border-radius: .5rem; padding: .5rem .8rem}
.tiles b {display: block; font-size: 1.3rem; font-weight: 500; white-space: nowrap}
.charts {display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr))}
.charts, .tiles {gap: 1rem; margin: 1rem 0}
figure {margin: 0; min-width: 0} figcaption {font-weight: bold}
svg {width: 100%; height: auto; overflow: visible}
@page {size: A4; margin: 12mm}
@media print {body {margin: 0; max-width: none; font-size: 10pt} h2 {break-after: avoid}
.charts {grid-template-columns: 1fr 1fr} figure, .tiles, li {break-inside: avoid}}"""


def write(read: Read, path: Path) -> None:
    """Write the report on the 13 weeks up to the last day of sales.

    Args:
        read: gives what queries give.
        path: of the page; its folder is made.

    Raises:
        NotReady: there are no sales.
    """
    last, loaded = read("freshness").iloc[0]
    if pd.isna(last):
        raise NotReady("The marts hold no sales yet. Load some: make load build")
    days = Period(last - timedelta(days=90), last)
    parts = [
        f"<h1>ThinkThrift: {days.first:%d %B} to {last:%d %B %Y}</h1>",
        f'<p class="note">Loaded {loaded:%d %B %Y, %H:%M} UTC. Changes are against the same weeks a'
        " year before, of rates in percentage points. Dashed or pale: a week that is not over."
        " Amounts in different currencies are never added up.</p>",
    ]
    options = read("sales_options")
    for currency in sorted(options["currency_code"].unique()):
        channels = list(options["channel"].unique())
        parts += _sales(read, currency, channels, days)
    parts += ["<h2>Customers and listings</h2>", _figures(*_others(read, last)), _operations(read)]
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>ThinkThrift</title><style>{STYLE}</style>"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    page = f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>'
    path.write_text(page, encoding="utf-8")


def _sales(read: Read, currency: str, channels: list[str], days: Period) -> list[str]:
    asked = {**days.days, "currency": currency, "channels": channels}
    tiles = "".join(
        f"<div>{escape(label)}<b>{escape(text)}</b>{escape(change or '')}</div>"
        for label, text, _, change in key_figures(
            read("sales_totals", **asked).set_index("span"), currency
        )
    )
    value, unit = "net_merchandise_value", f"NMV in {currency}"
    course = named(read("sales_course", **asked, step="week"), days)
    parts = read("sales_channels", **asked, step="week")
    top = read("top_products", **asked)
    drawn = [
        ("NMV by week, and a year before", course, charts.lines,
         "start_date", value, "course", unit, "week of the sale", "week"),
        ("NMV by channel and week", parts, charts.stacked,
         "start_date", value, "channel_name", unit, "week of the sale", "week"),
        ("Top products by NMV", top, charts.ranked, "title", value, unit, money),
    ]  # fmt: skip
    return [f'<h2>Sales in {currency}</h2><div class="tiles">{tiles}</div>', _figures(*drawn)]


def _others(read: Read, last: date) -> list[tuple[Any, ...]]:
    segments = read("customer_options").groupby("segment", as_index=False)["customer_count"].sum()
    segments["segment"] = segments["segment"].map(in_words)
    since = last.replace(year=last.year - 8, month=1, day=1)
    cohorts = read("cohorts", cohort_format="YYYY", first_date=since, last_date=last)
    categories = list(read("product_options")["category"])
    year: dict[str, Any] = {
        "first_date": last - timedelta(days=363),
        "last_date": last,
        "categories": categories,
    }
    stock = read("stock", **year).dropna(subset="weeks_of_supply")
    listings = {**year, "first_date": year["first_date"].replace(day=1)}
    return [
        ("Customers by segment", segments.sort_values("customer_count", ascending=False),
         charts.ranked, "segment", "customer_count", "customers"),
        ("Share of customers who bought again", cohorts, charts.retention),
        ("Share of the year's listings sold", read("days_to_sell", **listings), charts.sold_by_day),
        ("Weeks of supply", stock, charts.lines,
         "week_start_date", "weeks_of_supply", "category", "weeks of supply", "week", "week",
         decimal),
    ]  # fmt: skip


def _operations(read: Read) -> str:
    """Return whether the figures can be trusted, as a sentence for each reason."""
    tests, agreeing = read("data_tests"), read("sources")
    loads = read("loads", sources=list(read("operation_options")["source_name"]))
    read_count, bad = loads["rows_read"].sum(), loads["rows_quarantined"].sum()
    passed = (tests["verdict"] == "pass").sum()
    loaded = (loads["last_status"] == "loaded").sum()
    portion = share(bad / max(read_count, 1))
    return f"""<h2>Operations</h2><ul>
<li>{loaded} of {len(loads)} raw tables were loaded last time.</li>
<li>{agreeing["is_agreeing"].sum()} of {len(agreeing)} sources agree with what was loaded.</li>
<li>{count(passed)} of {count(len(tests))} data tests passed.</li>
<li>{count(bad)} of {count(read_count)} rows are in quarantine ({portion}).</li>
</ul>"""


def _figures(*drawn: tuple[Any, ...]) -> str:
    """Return the charts as pictures: each a name, rows, what draws them, and its settings."""
    pictures = []
    for name, frame, draw, *settings in drawn:
        drawing = "<p>Nothing to show.</p>" if frame.empty else _picture(draw(frame, *settings))
        pictures.append(f"<figure><figcaption>{escape(name)}</figcaption>{drawing}</figure>")
    return f'<div class="charts">{"".join(pictures)}</div>'


def _picture(chart: alt.Chart | alt.LayerChart) -> str:
    # browsers' letters are wider than those that are measured here
    padding = {"left": 20, "top": 5, "right": 20, "bottom": 5}
    drawn = vl_convert.vegalite_to_svg(chart.properties(width=410, padding=padding).to_json())
    return str(drawn)
