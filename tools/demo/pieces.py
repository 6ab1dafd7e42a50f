"""Which second-hand piece is sold when: each of them once, most of them soon after a price drop."""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from tools.demo.products import DAYS_BETWEEN_DROPS, Products
from tools.demo.timeline import Slots

_FORTNIGHT = DAYS_BETWEEN_DROPS // 2
# fortnights from a piece's listing to its sale, by turns
_WAITS = (1, 2, 2, 4, 4, 6)
_STEPS = (7919, 7907)  # primes; any number of pieces has no factor in common with one of them


class Rack(NamedTuple):
    """What can be sold in a fortnight.

    Attributes:
        before: how many pieces were sold before it.
        step: from one piece to the next one sold; visits each of them once.
        start: of the steps.
        ranks: of the pieces, by turns.
        numbers: of the same pieces.
    """

    before: int
    step: int
    start: int
    ranks: list[range]
    numbers: list[int]


class Pieces:
    """The second-hand pieces of one channel, in the order of their sale.

    The pieces listed in one fortnight are sold in some of the later ones, by turns. A fortnight of
    sale begins half a fortnight after one of listing, so that a piece which waited for its price to
    drop is most often sold within a fortnight after that.

    Args:
        products: all products of the world.
        kind: class of products that are the channel's pieces.
        lines: class of the channel's order lines, numbered from 0, that sell a piece.
        lines_before: returns how many order lines the channel has before a day.
        since: day before which nothing was listed for the channel.
    """

    def __init__(
        self,
        products: Products,
        kind: Slots,
        lines: Slots,
        lines_before: Callable[[int], int],
        since: int,
    ) -> None:
        self._products, self._kind, self._lines = products, kind, lines
        self._lines_before, self._since = lines_before, since
        self._rack = lru_cache(maxsize=4)(self._find_rack)

    def _find_rack(self, fortnight: int) -> Rack:
        """Return what can be sold in a fortnight."""
        ranks = []
        for turn, wait in enumerate(_WAITS):
            listed = (fortnight - wait) * _FORTNIGHT
            first = self._products.offered(self._kind, max(listed, self._since))
            end = self._products.offered(self._kind, listed + _FORTNIGHT)
            ranks.append(range(first + (turn - first) % len(_WAITS), end, len(_WAITS)))
        size = sum(map(len, ranks))
        step = next(step for step in _STEPS if not size or size % step)
        before = self._lines_before(fortnight * _FORTNIGHT + _FORTNIGHT // 2)
        numbers = [self._kind.nth(rank) for run in ranks for rank in run]
        return Rack(self._lines.count(before), step, fortnight, ranks, numbers)

    def rack(self, day: int) -> Rack:
        """Return what can be sold on a day."""
        return self._rack((day - _FORTNIGHT // 2) // _FORTNIGHT)

    def sold(self, line: int, rack: Rack) -> int | None:
        """Return the number of the piece that a line sells from a rack; None if it sells none."""
        if not self._lines.holds(line):
            return None
        before, step, start, _, numbers = rack
        place = self._lines.count(line) - before
        if place >= len(numbers):
            return None
        return numbers[(place * step + start) % len(numbers)]

    def line_of(self, number: int) -> int | None:
        """Return the number of the line that sells a product, now or later, if one does."""
        if not self._kind.holds(number):
            return None
        rank = self._kind.count(number)
        turn = rank % len(_WAITS)
        fortnight = self._products.schedule.day_of(number) // _FORTNIGHT + _WAITS[turn]
        before, step, start, ranks, numbers = self._rack(fortnight)
        if rank not in ranks[turn]:
            return None
        place = sum(map(len, ranks[:turn])) + ranks[turn].index(rank) - start
        line = self._lines.nth(before + place * pow(step, -1, len(numbers)) % len(numbers))
        until = self._lines_before((fortnight + 1) * _FORTNIGHT + _FORTNIGHT // 2)
        return line if line < until else None
