"""Search: the listings found by words and filters, and what such items sell for."""

from typing import Any

import pandas as pd
import psycopg
import streamlit as st

from apps.dashboard import charts
from apps.dashboard.data import Read
from apps.dashboard.figures import count, in_words, money, share
from apps.dashboard.views import orders
from apps.dashboard.widgets import amount, chart, heading, number, table, tiles, title

SORTS = {"relevance": "Relevance", "price": "Cheapest first", "price_desc": "Dearest first",
         "newest": "Newest first"}  # fmt: skip
MODES = {"auto": "All words, or any if few", "all": "All words", "any": "Any word"}
# argument of the search, and facet
FILTERS = {"categories": "category", "brands": "brand", "sizes": "size", "colours": "colour",
           "conditions": "condition", "channels": "channel", "countries": "country"}  # fmt: skip
# argument of the search, by facet
NAMES = {facet: name for name, facet in FILTERS.items()}
# shown before anything is asked for
NEWEST = 50
# rows that may be asked for
MOST = 10_000
UNASKED = {"sort_by", "mode", "result_limit", "fold"}


def show(read: Read) -> None:
    """Draw the page."""
    heading("Search", read)
    words = st.text_input(
        "Words", max_chars=1000, placeholder='vintage "denim jacket" -black', key="q",
        icon=":material/search:", bind="query-params", help='"A phrase", -without, this or that.',
    )  # fmt: skip
    asked: dict[str, Any] = {"terms": words.strip() or None, **_filters(read)}
    for low, high in (("min_price", "max_price"), ("from_date", "to_date")):
        if None not in (asked[low], asked[high]) and asked[low] > asked[high]:
            st.warning(f"{asked[low]} is above {asked[high]}. Swap them.")
            return
    if not any(value is not None for name, value in asked.items() if name not in UNASKED):
        title("Newest listings")
        st.caption("Enter words above, or choose filters at the left, to search all of them.")
        newest = {**asked, "sort_by": "newest", "result_limit": NEWEST}
        _table(read("search_results", **newest), "score", "snippet")
        return
    try:
        found, facets, summaries = (
            read(f"search_{part}", **asked) for part in ("results", "facets", "summary")
        )
    except (psycopg.DataError, UnicodeError):
        st.warning("The words hold a character that no database holds. Take it out.")
        return
    st.session_state["facets"] = facets[["facet", "facet_value"]]
    summary = summaries.iloc[0]
    _remark(summary)
    if not found.empty:
        _draw(read, asked, facets, found, summary)


def _filters(read: Read) -> dict[str, object]:
    """Ask for the filters; return the arguments of the search's SQL functions."""
    known = pd.concat([read("search_options"), st.session_state.get("facets")])
    bar = st.sidebar
    asked: dict[str, object] = {
        name: bar.multiselect(
            in_words(facet), sorted(set(known.loc[known["facet"] == facet, "facet_value"])),
            accept_new_options=True, placeholder="Any", key=facet, bind="query-params",
        ) or None
        for name, facet in FILTERS.items()
    }  # fmt: skip
    left, right = bar.columns(2)
    asked["min_price"] = left.number_input("Price from", 0.0, 1e9, None, 5.0, key="min_price")
    asked["max_price"] = right.number_input("Price to", 0.0, 1e9, None, 5.0, key="max_price")
    asked["from_date"] = left.date_input("Listed from", None, key="from")
    asked["to_date"] = right.date_input("Listed to", None, key="to")
    asked["sort_by"] = bar.selectbox("Sort", list(SORTS), format_func=SORTS.get, key="sort")
    asked["mode"] = bar.selectbox("Listings with", list(MODES), format_func=MODES.get, key="mode")
    asked["result_limit"] = bar.number_input("Rows at most", 1, MOST, 100, key="limit")
    asked["fold"] = not bar.checkbox("Each listing of an item", key="listings")
    return asked


def _remark(summary: pd.Series) -> None:
    """Say what was corrected, and what to try if nothing was found."""
    if summary["corrected_words"]:
        st.caption("Corrected: " + ", ".join(summary["corrected_words"]))
    if summary["is_relaxed"]:
        st.caption("Few listings have all the words; these have some of them.")
    if not summary["found_count"]:
        near = ", ".join(summary["nearest_words"] or [])
        st.info(
            "Nothing found. Try fewer words or filters." + (f" Similar: {near}." if near else "")
        )


def _table(found: pd.DataFrame, *without: str) -> None:
    """Draw the listings, without some columns."""
    columns: dict[str, Any] = {
        "search_rank": number("Rank"), "title": "Listing", "brand": "Brand", "category": "Category",
        "size": "Size", "colour": "Colour", "condition": "Condition",
        "listing_channels": "Channels", "lowest_price": amount("Price from"),
        "highest_price": amount("Price to"), "currency_code": "Currency",
        "listing_status": "Status", "listing_count": number("Listings"),
        "sale_count": number("Sold"), "days_on_offer": number("Days on offer"),
        "score": amount("Score"), "snippet": "Words found", "product_id": "Product",
    }  # fmt: skip
    table(found, **{name: kind for name, kind in columns.items() if name not in without})


def _draw(
    read: Read, asked: dict[str, Any], facets: pd.DataFrame, found: pd.DataFrame, summary: pd.Series
) -> None:  # fmt: skip
    """Draw what was found, its prices and sales, and what it has in common."""
    currency = summary["currency_code"]
    low, high = summary["lower_quartile_price"], summary["upper_quartile_price"]
    prices = "Of all found that are priced in the currency of most."
    tiles(
        ("Found", count(summary["found_count"]), "Whatever the number of rows shown."),
        ("On offer", count(summary["available_count"]), "Available now."),
        ("Sold", share(summary["sold_share"]), "Share sold at least once."),
        ("Median price", money(summary["median_price"], currency), prices),
        ("Middle 50%", f"{money(low)} to {money(high)}", prices),
        ("Median days to sell", count(summary["median_days_to_sell"]), "Of those sold."),
    )
    _table(found)
    st.caption(f"{len(found):,} of {summary['found_count']:,} shown.")
    months = pd.DataFrame(summary["sales_by_month"], columns=["month", "quantity", "net_amount"])
    months["price"] = months["net_amount"].astype(float) / months["quantity"]
    months = months.assign(month=months["month"] + "-01", what="a piece")
    sold = chart("What such items sell for", months, charts.lines, "month", "price", "what",
                 f"average net price in {currency}", "month of the sale", "month",
                 key="months", leads="a month to see its orders")  # fmt: skip
    if sold:
        month = pd.Period(sold["day"], "M")
        every = read("search_results", **{**asked, "fold": False, "result_limit": MOST})
        orders.behind(
            read, f"such items in {month:%B %Y}", "month_orders", currency=currency,
            product_ids=list(every["product_id"]), first_date=month.start_time.date(),
            last_date=month.end_time.date(),
        )  # fmt: skip
    kinds = list(facets["facet"].unique())
    kind = st.segmented_control(
        "What was found, by", kinds, default=kinds[0], required=True, format_func=in_words
    )
    best = facets[facets["facet"] == kind].head(15)
    chosen = chart(in_words(kind), best, charts.ranked, "facet_value", "item_count", "items",
                   key="facet_bars", leads="a bar to see its listings")  # fmt: skip
    if chosen:
        title(f"Listings: {chosen['facet_value']}")
        narrower = {**asked, NAMES[kind]: [chosen["facet_value"]]}
        _table(read("search_results", **narrower), "score", "snippet")
