"""What the pages ask for, in one place. An answer is kept from page to page and in the address."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

# each a whole number of weeks, so that weekends weigh alike in what is compared
PERIODS = {"Last 4 weeks": 28, "Last 13 weeks": 91, "Last 52 weeks": 364, "Last 3 years": 1092}
OWN_PERIOD = "Custom range"
DEFAULT = "Last 52 weeks"
LAST_YEAR, PREVIOUS = "Last year", "Previous period"
COMPARISONS = [LAST_YEAR, PREVIOUS, "None"]


@dataclass(frozen=True)
class Period:
    """Days that a page shows, and those that it compares them with.

    Attributes:
        first: first day.
        last: last day.
        comparison: one of `COMPARISONS`.
    """

    first: date
    last: date
    comparison: str = LAST_YEAR

    @property
    def shift(self) -> int | None:
        """How many days before it is what it is compared with; none if it is not compared."""
        shifts = {LAST_YEAR: 364, PREVIOUS: (self.last - self.first).days + 1}
        return shifts.get(self.comparison)

    @property
    def days(self) -> dict[str, date | int | None]:
        """The arguments of the queries that take days."""
        return {"first_date": self.first, "last_date": self.last, "shift": self.shift}

    @property
    def step(self) -> str:
        """How days are taken together in charts, so that some dozens of points are left."""
        count = (self.last - self.first).days
        return "day" if count < 62 else "week" if count < 750 else "month"

    def months(self) -> "Period":
        """Return the months that have days of this period, whole."""
        last = self.last.replace(day=monthrange(self.last.year, self.last.month)[1])
        return Period(self.first.replace(day=1), last, self.comparison)

    def months_before(self) -> "Period | None":
        """Return the months that these months are compared with; none if they are not."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        back = {LAST_YEAR: 12, PREVIOUS: count}.get(self.comparison)
        if back is None:
            return None
        first, last = (_months_earlier(day, back) for day in (self.first, self.last))
        return Period(first, last, self.comparison).months()

    def __str__(self) -> str:
        against = "" if self.shift is None else f", compared with {self.comparison.lower()}"
        return f"{self.first:%d %B %Y} to {self.last:%d %B %Y}{against}"


def period(first: date, last: date, is_compared: bool = True) -> Period:
    """Ask for a period within the days that there are, and for what to compare it with."""
    names = [*PERIODS, OWN_PERIOD]
    name = one("Period", names, names.index(DEFAULT))
    start = max(first, last - timedelta(days=PERIODS.get(name, 28) - 1))
    end = last
    if name == OWN_PERIOD:
        given = st.sidebar.date_input(
            "First and last day", (start, last), first, last, key="days", bind="query-params"
        )
        if len(given) != 2:
            st.info("Choose the last day, too.")
            st.stop()
        start, end = given
    comparison = one("Compare with", COMPARISONS, key="compare") if is_compared else "None"
    return Period(start, end, comparison)


def one(label: str, options: list[str], index: int = 0, key: str | None = None) -> str:
    """Ask for one of some values."""
    key = key or label.lower()
    chosen = st.sidebar.selectbox(label, options, index, key=key, bind="query-params")
    return str(chosen)


def some(label: str, options: list[str], shown: Callable[[str], str] = str) -> list[str]:
    """Ask for some of the values, or none for all of them."""
    return st.sidebar.multiselect(
        label, options, format_func=shown, placeholder="All", key=label.lower(), bind="query-params"
    ) or list(options)


def _months_earlier(day: date, count: int) -> date:
    """Return the first day of the month so many months before that of a day."""
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)
