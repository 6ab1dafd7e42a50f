"""What several figures share: groups, sums, and the last day that is known."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from recomputed.company import Company
from recomputed.lines import Line
from recomputed.texts import day, zones

Rows = Iterator[dict[str, Any]]
NO_CATEGORY = "Uncategorised"
# as the vars of dbt_project.yml have it
TOP = 100
MONEY = (
    "gross_amount", "discount_amount", "net_amount", "cancelled_amount", "returned_amount",
    "net_merchandise_value",
)  # fmt: skip
REPORTED = ("reporting_net_amount", "reporting_net_merchandise_value")


def grouped(rows: Iterable, key: Callable) -> dict:
    """Return lists of rows by a key."""
    groups: dict = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def total(rows: Iterable, name: str) -> Fraction:
    return sum((Fraction(getattr(row, name)) for row in rows), Fraction(0))


def money(lines: Iterable[Line], names: Iterable[str] = MONEY) -> dict[str, Fraction]:
    """Return the sums of the lines' amounts."""
    held = list(lines)
    return {name: total(held, name) for name in names}


def converted(lines: Iterable[Line], name: str) -> Fraction | None:
    """Return the sum of what has a rate; nothing if nothing has one."""
    known = [getattr(line, name) for line in lines]
    known = [value for value in known if value is not None]
    return sum(known, Fraction(0)) if known else None


def reported(lines: Iterable[Line]) -> dict[str, Fraction | None]:
    """Return the sums of the lines' amounts in the reporting currency."""
    held = list(lines)
    return {name: converted(held, name) for name in REPORTED}


def kind(line: Line) -> tuple[str, str]:
    return line.channel, line.currency_code


def ranked(rows: Iterable[dict[str, Any]], order: Callable[[dict[str, Any]], Any]) -> Rows:
    """Give the first rows of each currency, with the ranks that each may have."""
    for of_currency in grouped(rows, lambda row: row["currency_code"]).values():
        places = sorted(map(order, of_currency))
        for row in sorted(of_currency, key=order)[:TOP]:
            first, last = bisect_left(places, order(row)), bisect_right(places, order(row))
            yield {**row, "sales_rank": range(first + 1, last + 1)}


def last_complete_days(company: Company) -> dict[str, date]:
    """Return for each source the last day of which all its sales are known."""
    read: dict[str, dict[str, date]] = defaultdict(dict)
    for load in company.raw.loads:
        if load.source_name in ("shop", "stores") and load.status == "loaded":
            before = read[load.source_name].get(load.source_file, date.min)
            # a database is not a store, so their day ends with that of the last of them
            stores: Iterable[str | None] = zones() if load.source_name == "stores" else [None]
            last = min(day(load.finished_at, store) for store in stores)
            day_before = last - timedelta(days=1)
            read[load.source_name][load.source_file] = max(before, day_before)
    if said_at := company.raw.said_at("marketplace", "transactions"):
        read["marketplace"]["transactions"] = day(said_at, None) - timedelta(days=1)
    # a till that has been away for a week is not waited for
    ends = {
        source: min(end for end in of.values() if end > max(of.values()) - timedelta(days=7))
        for source, of in read.items()
    }
    written = [load.extracted_at for load in company.raw.loads if load.source_name == "history"]
    if told := [day(at, None) - timedelta(days=1) for at in written if at]:
        ends["history"] = max(told)
    return {source: min(end, company.last_day) for source, end in ends.items()}


def last_day_of_all(company: Company) -> date:
    """Return the last day that every source that is still read has told in full."""
    return min(end for source, end in last_complete_days(company).items() if source != "history")
