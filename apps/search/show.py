"""What was found, as a table for people, as JSON or as CSV."""

import re
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from apps.reports.printing import clean, console, say, write_csv, write_json
from apps.search.found import Found, Row
from apps.search.kept import Search, as_typed

# how search_results marks the words that were found
MARKED = re.compile(r"«(.*?)»")

COLUMNS: dict[str, dict[str, Any]] = {
    "rank": {"justify": "right"},
    "product": {"no_wrap": True},
    "listing, and the words found": {"ratio": 1},
    "brand": {},
    "size": {},
    "channels": {},
    "price": {"justify": "right", "no_wrap": True},
    "status": {"no_wrap": True},
    "score": {"justify": "right"},
}
# what a narrow terminal does without, and how many columns of text make one
SPARED, NARROW = ("brand", "size", "channels", "score"), 100


def as_table(found: Found) -> None:
    """Print the best columns as a table, and what else is to be known of the search.

    Args:
        found: what `Searcher.find` returned.
    """
    narrow = console.width < NARROW
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name, settings in COLUMNS.items():
        if not (narrow and name in SPARED):
            made.add_column(name, overflow="fold", **settings)
    for row in found.rows:
        score = f"{row['score']:.2f}" if row["score"] else ""
        cells = {
            "rank": row["search_rank"], "product": row["product_id"],
            "listing, and the words found": row["title"], "brand": row["brand"],
            "size": row["size"], "channels": _places(row),
            "price": _price(row), "status": row["listing_status"], "score": score,
        }  # fmt: skip
        texts = {name: Text(clean(cell)) for name, cell in cells.items()}
        if MARKED.search(row["snippet"] or ""):
            texts["listing, and the words found"].append_text(_marked(row["snippet"]))
        made.add_row(*(texts[str(column.header)] for column in made.columns))
    if found.rows:
        console.print(made)
    for line in _remarks(found):
        say(line)


def as_json(found: Found) -> None:
    """Print all columns of search_results, and search_summary, as JSON."""
    news = (
        {"new": {"since": found.news.since, "products": found.news.products}} if found.news else {}
    )
    write_json({"summary": found.summary, **news, "results": found.rows})


def as_csv(found: Found) -> None:
    """Print all columns of search_results as CSV with a header."""
    write_csv(found.columns, found.rows)


def as_list(searches: list[Search]) -> None:
    """Print searches that were made, as they are typed."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("searched at", "by", "saved as", "found", "search"):
        made.add_column(name, overflow="fold", justify="right" if name == "found" else "left")
    for one in searches:
        cells = (
            f"{one.searched_at:%Y-%m-%d %H:%M}", one.searched_by, one.search_name,
            f"{one.found_count:,}", as_typed(one.vars),
        )  # fmt: skip
        made.add_row(*(Text(clean(cell)) for cell in cells))
    if searches:
        console.print(made)
    else:
        say("None yet.")


def _remarks(found: Found) -> list[str]:
    """Return what a reader of the table should know besides: corrections, prices, what to try."""
    summary, count = found.summary, found.summary["found_count"]
    lines = []
    if summary["corrected_words"]:
        lines.append(f"Corrected: {', '.join(summary['corrected_words'])}")
    if summary["is_relaxed"]:
        lines.append("Few listings have all the words; these have some of them (mode=all: all).")
    if not count:
        lines.append("Nothing found. Try fewer words or filters, or mode=any.")
        if summary["nearest_words"]:
            lines.append(f"Words in use that are alike: {', '.join(summary['nearest_words'])}")
    else:
        lines.append(
            f"{count:,} found, {summary['available_count']:,} of them on offer,"
            f" {summary['sold_share']:.0%} sold at least once; prices from"
            f" {summary['lowest_price']:,.2f} to {summary['highest_price']:,.2f}"
            f" {summary['currency_code']}, half of them up to {summary['median_price']:,.2f}."
        )
    if found.news:
        since = f"{found.news.since:%Y-%m-%d %H:%M %Z}"
        new = ", ".join(found.news.products) or "nothing"
        lines.append(f"New since you looked on {since}: {new}")
    shown = f"{len(found.rows):,} shown, " if len(found.rows) < count else ""
    return [clean(line) for line in [*lines, f"{shown}found in {found.seconds:.1f} s"]]


def _places(row: Row) -> str:
    """Return the channels of an item, and how many listings they are if there are several."""
    count = row["listing_count"]
    listings = f" ({count:,} listings)" if count > 1 else ""
    return ", ".join(row["listing_channels"]) + listings


def _price(row: Row) -> str:
    """Return the price of an item, from the lowest to the highest if its listings differ."""
    low, high = row["lowest_price"], row["highest_price"]
    if low is None:
        return ""
    until = "" if low == high else f"–{high:,.2f}"
    return f"{low:,.2f}{until} {row['currency_code']}"


def _marked(text: str) -> Text:
    """Return a line with the words that were found in bold."""
    shown = Text(f"\n{clean(text)}", style="dim")
    shown.highlight_regex(MARKED, "bold not dim")
    return shown
