"""What several figures share: groups, sums, and the last day that is known."""

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
MONEY = (
    "gross_amount", "discount_amount", "net_amount", "cancelled_amount", "returned_amount",
    "net_merchandise_value",
)  # fmt: skip


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
    for row in company.raw.transactions:
        read["marketplace"]["transactions"] = day(row._extracted_at, None) - timedelta(days=1)
    # a till that has been away for a week is not waited for
    ends = {
        source: min(end for end in of.values() if end > max(of.values()) - timedelta(days=7))
        for source, of in read.items()
    }
    past = [line.order_date for line in company.lines if line.source_system == "history"]
    ends["history"] = max(past, default=company.last_day)
    return {source: min(end, company.last_day) for source, end in ends.items()}
