"""Days, the rhythm of trade, and how many things of a kind there are before a given day.

A day is the proleptic ordinal of `datetime.date.toordinal`. "The world at day D" holds all that
happened before D, midnight UTC.
"""

from array import array
from bisect import bisect_right
from collections.abc import Container, Sequence
from datetime import date
from functools import lru_cache

FIRST_DAY = date(2026, 1, 1).toordinal()
LAST_DAY = date(2031, 1, 1).toordinal()
HISTORY_START = date(2015, 7, 1).toordinal()
HISTORY_END = date(2023, 7, 1).toordinal()
SHOP_START = date(2018, 1, 1).toordinal()
MARKETPLACE_START = date(2019, 1, 1).toordinal()
EVENTS_START = date(2022, 1, 8).toordinal()
# from here on each live channel sells something every few days, even in the smallest world
RECENT_START = FIRST_DAY - 60
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_SIXTY = tuple(f"{number:02d}" for number in range(60))
_MINUTES = tuple(f"{hour:02d}:{minute}" for hour in range(24) for minute in _SIXTY)
# how lively trade is: at the start of each year, in each month, on each weekday from Monday on
_LEVEL = (64, 68, 76, 88, 106, 136, 186, 270, 380, 465, 535, 610, 685, 760, 835, 910, 985)
_LEVEL_FROM = 2015
_SEASON = (90, 88, 98, 104, 103, 96, 90, 92, 107, 112, 112, 108)
EVEN_SEASON = (100,) * 12
_WEEKDAY = (88, 88, 94, 98, 116, 130, 86)


@lru_cache(maxsize=8192)
def iso(day: int) -> str:
    """Write a day as YYYY-MM-DD."""
    return date.fromordinal(day).isoformat()


@lru_cache(maxsize=8192)
def compact(day: int) -> str:
    """Write a day as YYYYMMDD."""
    return iso(day).replace("-", "")


def clock(second: int) -> str:
    """Write a second of the day as HH:MM:SS."""
    return f"{_MINUTES[second // 60]}:{_SIXTY[second % 60]}"


def stamp(day: int, second: int) -> str:
    """Write a moment in UTC as PostgreSQL reads it."""
    return f"{iso(day)} {clock(second)}+00"


def stamp_iso(day: int, second: int) -> str:
    """Write a moment in UTC as JSON interfaces do."""
    return f"{iso(day)}T{clock(second)}Z"


def epoch(day: int, second: int = 0) -> int:
    """Return the seconds since 1970 of a moment."""
    return (day - _EPOCH_DAY) * 86_400 + second


@lru_cache(maxsize=32)
def _new_year(year: int) -> int:
    return date(year, 1, 1).toordinal()


@lru_cache(maxsize=2)
def _weights(season: tuple[int, ...]) -> "array[int]":
    """Sum of the trade weights of all days before each day, from HISTORY_START on."""
    sums = array("q", [0])
    for day in range(HISTORY_START, LAST_DAY):
        moment = date.fromordinal(day)
        year, passed = moment.year - _LEVEL_FROM, day - _new_year(moment.year)
        level = _LEVEL[year] * (366 - passed) + _LEVEL[year + 1] * passed
        weight = level * season[moment.month - 1] * _WEEKDAY[moment.weekday()]
        sums.append(sums[-1] + weight)
    return sums


class Schedule:
    """How many things of a kind there are before each day; they are numbered in that order.

    Args:
        start: first day on which any are made.
        total: how many there are at FIRST_DAY, or at `end`.
        initial: how many of them are already there before `start`.
        end: day from which on none are made.
        every: least number of days in which at least one is made, from RECENT_START on.
        busy: days on each of which at least one is made, too.
        phase: part of one, in hundredths, by which it is ahead of another schedule like it.
        season: how many are made in each month.
    """

    def __init__(
        self,
        start: int,
        total: int,
        initial: int = 0,
        end: int = LAST_DAY,
        every: int | None = None,
        busy: Container[int] = (),
        phase: int = 0,
        season: tuple[int, ...] = _SEASON,
    ) -> None:
        sums = _weights(season)
        first, until = sums[start - HISTORY_START], min(end, FIRST_DAY)
        whole = sums[until - HISTORY_START] - first
        passed = [sums[min(day, end) - HISTORY_START] - first for day in range(start, LAST_DAY + 1)]
        spread, ahead = total - initial, phase * whole // 100
        # what the least number adds is taken from the days before, so that `total` holds
        for _ in range(2):
            before = [initial + (spread * weight + ahead) // whole for weight in passed]
            for place in range(1, len(before)) if every or busy else ():
                least = before[place - 1] + (start + place - 1 in busy)
                if every and start + place > RECENT_START + every * phase // 100:
                    least = max(least, before[place - every] + 1)
                before[place] = max(before[place], least)
            spread = max(0, spread - max(0, before[until - start] - total))
        self.start, self._before = start, array("q", before)

    def before(self, day: int) -> int:
        """Return how many there are before a day."""
        place = day - self.start
        return self._before[place] if place > 0 else self._before[0]

    def on(self, day: int) -> range:
        """Return the numbers of those made on a day."""
        return range(self.before(day), self.before(day + 1)) if day >= self.start else range(0)

    def day_of(self, number: int) -> int:
        """Return the day on which a thing was made; initial ones a day before the start."""
        return self.start + bisect_right(self._before, number) - 1


class Slots:
    """A class of things among numbered things, with its own dense numbering (rank).

    A thing belongs to the class if its number modulo `cycle` is one of `slots`, so members can be
    counted and found without a list.
    """

    def __init__(self, cycle: int, slots: Sequence[int]) -> None:
        self._cycle, self._slots, self._size = cycle, slots, len(slots)
        self._below = [sum(slot < place for slot in slots) for place in range(cycle)]

    def count(self, total: int) -> int:
        """Return how many of the first `total` things belong; for a member, this is its rank."""
        whole, rest = divmod(total, self._cycle)
        return whole * self._size + self._below[rest]

    def nth(self, rank: int) -> int:
        """Return the number of the member with that rank."""
        whole, rest = divmod(rank, self._size)
        return whole * self._cycle + self._slots[rest]

    def holds(self, number: int) -> bool:
        """Return whether a thing belongs."""
        return number % self._cycle in self._slots
