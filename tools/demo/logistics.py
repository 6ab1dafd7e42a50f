"""The warehouses' stock counts: a file a week, some of them sent twice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.demo.files import whole_file
from tools.demo.products import SHELF, is_stock, sku
from tools.demo.timeline import FIRST_DAY, compact, stamp
from tools.demo.world import STORES, World

_WEEKS_BEFORE = 26
_LOCATIONS = ("WH1", *STORES)
_BAD_WEEK, _BAD_PLACE = 3, 4
COUNTS = ("files", "identical_files", "good", "bad", "repeated")


class Counts:
    """The count files of any span of days."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._size = max(25, world.lines // 250)
        self._draw = world.dice.purpose("count")

    def write(self, folder: Path, start: int, end: int) -> dict[str, int]:
        """Write the files of the counts from day `start` to before day `end`.

        Returns:
            Numbers of files and rows; the rows of a file that is the copy of another do not count.
        """
        found = dict.fromkeys(COUNTS, 0)
        for week in range(-_WEEKS_BEFORE, (end - FIRST_DAY) // 7 + 1):
            day = FIRST_DAY + 7 * week + 1
            if not start <= day < end:
                continue
            path, place = folder / f"stock_counts_{compact(day)}.csv", (week + _WEEKS_BEFORE) % 13
            size = self._write(path, day, 0)
            found["files"] += 1
            found["bad"] += place == _BAD_WEEK
            found["good"] += size - (place == _BAD_WEEK)
            if place == 7:
                self._write(path.with_name(f"{path.stem}_resent.csv"), day, 1)
                found["files"] += 1
                found["good"] += 1
                found["repeated"] += size
            if place == 9:
                self._write(path.with_name(f"{path.stem}_copy.csv"), day, 0)
                found["files"] += 1
                found["identical_files"] += 1
        return found

    def _write(self, path: Path, day: int, extra: int) -> int:
        size = 0
        with whole_file(path, day + 1) as file:
            file.write("location_code,sku,counted_at,quantity,counted_by\n")
            for row in self._rows(day, extra):
                size += 1
                file.write(row)
        return size - extra

    def _rows(self, day: int, extra: int) -> Iterator[str]:
        offered = self._world.products.offered(SHELF, day)
        size = min(self._size, offered * len(_LOCATIONS) - 1)
        is_bad = ((day - 1 - FIRST_DAY) // 7 + _WEEKS_BEFORE) % 13 == _BAD_WEEK
        for place in range(size + extra):
            draw = self._draw(day * 10_000_000 + place)
            rank = offered - 1 - place // len(_LOCATIONS)
            good = draw[0] % (7 if is_stock(rank) else 2)
            quantity = "about 12" if is_bad and place == _BAD_PLACE else good
            moment = stamp(day, 28_800 + draw[1] % 28_800)
            where = _LOCATIONS[place % len(_LOCATIONS)]
            yield f"{where},{sku(rank)},{moment},{quantity},{draw[2] & 7}\n"


def bad_row(day: int) -> dict[str, Any] | None:
    """Return the bad row of the count of a day, if there is one."""
    week, rest = divmod(day - 1 - FIRST_DAY, 7)
    if rest or (week + _WEEKS_BEFORE) % 13 != _BAD_WEEK:
        return None
    return {
        "table": "logistics.stock_counts",
        "file": f"stock_counts_{compact(day)}.csv",
        "line": 2 + _BAD_PLACE,
        "reason": "quantity is not a number",
    }
