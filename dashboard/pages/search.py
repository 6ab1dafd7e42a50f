"""Search: the listings found by words and filters, and what such items sell for."""

import pandas as pd
import psycopg
import streamlit as st

from dashboard import charts
from dashboard.data import Read
from dashboard.figures import count, money, share
from dashboard.widgets import chart, heading, number, table, tiles

SORTS = {"relevance": "Relevance", "price": "Cheapest first", "price_desc": "Dearest first",
         "newest": "Newest first"}  # fmt: skip
MODES = {"auto": "All words, or any if few", "all": "All words", "any": "Any word"}
FILTERS = {"categories": "category", "brands": "brand", "sizes": "size", "colours": "colour",
           "conditions": "condition", "channels": "channel", "countries": "country"}  # fmt: skip


def show(read: Read) -> None:
    """Draw the page."""
    heading("Search", read)
    words = st.text_input(
        "Words", max_chars=1000, placeholder='vintage "denim jacket" -black', key="q",
        icon=":material/search:", bind="query-params",
        help='As for a search engine: "a phrase", -without, this or that. Typing errors are mended.',
    )  # fmt: skip
    asked = {"terms": words.strip() or None, **_filters(read)}
    low, high = asked["min_price"], asked["max_price"]
    if low is not None and high is not None and low > high:
        st.warning(f"The lowest price, {low:g}, is above the highest, {high:g}. Swap them.")
        return
    if not any(asked[name] for name in ("terms", *FILTERS, "min_price", "max_price", "from_date")):
        st.info("Enter words above, or choose filters at the left.")
        return
    try:
        found = read("search_results", **asked)
        facets, summary = read("search_facets", **asked), read("search_summary", **asked).iloc[0]
    except (psycopg.DataError, UnicodeError):
        st.warning("The words hold a character that no database holds. Take it out.")
        return
    st.session_state["facets"] = facets[["facet", "facet_value"]]
    _remarks(summary)
    if found.empty:
        return
    _figures(summary)
    table(
        found, search_rank=number("Rank"), title="Listing", brand="Brand", category="Category",
        size="Size", colour="Colour", condition="Condition", price=number("Price", "%.2f"),
        currency_code="Currency", listing_status="Status", sale_count=number("Sold"),
        days_on_offer=number("Days on offer"), score=number("Score", "%.2f"), snippet="Words found",
        product_id="Product",
    )  # fmt: skip
    st.caption(f"{len(found):,} of {summary['found_count']:,} shown.")
    _sales(summary)
    st.subheader("What was found, by", anchor=False)
    kind = st.segmented_control("Facet", list(facets["facet"].unique()), default="category",
                                label_visibility="collapsed", required=True)  # fmt: skip
    best = facets[facets["facet"] == kind].head(15)
    chart("", best, lambda frame: charts.ranked(frame, "facet_value", "listing_count", "listings"))


def _filters(read: Read) -> dict[str, object]:
    """Ask for the filters; return the arguments of the search's SQL functions."""
    known = read("search_options")
    if "facets" in st.session_state:
        known = pd.concat([known, st.session_state["facets"]])
    bar = st.sidebar
    asked: dict[str, object] = {
        name: bar.multiselect(
            facet.capitalize(), sorted(known.loc[known["facet"] == facet, "facet_value"].unique()),
            accept_new_options=True, placeholder="Any", key=facet, bind="query-params",
        ) or None
        for name, facet in FILTERS.items()
    }  # fmt: skip
    left, right = bar.columns(2)
    asked["min_price"] = left.number_input("Price from", 0.0, 1e9, None, 5.0, key="min_price")
    asked["max_price"] = right.number_input("to", 0.0, 1e9, None, 5.0, key="max_price")
    asked["from_date"] = left.date_input("Listed from", None, key="from")
    asked["to_date"] = right.date_input("to ", None, key="to")
    asked["sort_by"] = bar.selectbox("Sort", list(SORTS), format_func=SORTS.get, key="sort")
    asked["mode"] = bar.selectbox("Listings with", list(MODES), format_func=MODES.get, key="mode")
    asked["result_limit"] = bar.number_input("Rows at most", 1, 10_000, 100, key="limit")
    return asked


def _remarks(summary: pd.Series) -> None:
    """Say what was corrected, and what to try if nothing was found."""
    if summary["corrected_words"]:
        st.caption("Corrected: " + ", ".join(summary["corrected_words"]))
    if summary["is_relaxed"]:
        st.caption("Few listings have all the words; these have some of them.")
    if not summary["found_count"]:
        near = ", ".join(summary["nearest_words"] or [])
        st.info("Nothing found. Try fewer words or filters." + (f" Alike: {near}." if near else ""))


def _figures(summary: pd.Series) -> None:
    currency = summary["currency_code"]
    prices = "Of all that was found and is priced in the currency of most."
    tiles({
        "Found": (count(summary["found_count"]), None, "Whatever the number of rows shown."),
        "On offer": (count(summary["available_count"]), None, "Available now."),
        "Sold": (share(summary["sold_share"]), None, "Share sold at least once."),
        "Median price": (money(summary["median_price"], currency), None, prices),
        "Half of them at": (f"{summary['lower_quartile_price']:,.2f} to "
                            f"{summary['upper_quartile_price']:,.2f}", None, prices),
        "Median days to sell": (count(summary["median_days_to_sell"]), None, "Of those sold."),
    })  # fmt: skip


def _sales(summary: pd.Series) -> None:
    """Draw what such items were sold for, by month."""
    months = pd.DataFrame(summary["sales_by_month"], columns=["month", "quantity", "net_amount"])
    months = months.assign(month=months["month"] + "-01", price=months["net_amount"] / months["quantity"],
                           what="price of a piece")  # fmt: skip
    chart("What such items sell for", months, lambda frame: charts.course(
        frame, "month", "price", "what", f"average net price in {summary['currency_code']}",
        "month of the sale"))  # fmt: skip
