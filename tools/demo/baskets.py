"""Baskets: what is bought together, in every channel and on any day."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import asdict, astuple, dataclass
from typing import NamedTuple

from tools.demo.dice import Dice, Draw, skewed
from tools.demo.people import People
from tools.demo.pieces import Pieces, Rack
from tools.demo.products import DAYS_ON_SHELF, Products, price
from tools.demo.timeline import Schedule, Slots

# lines a basket, in turns: the number of a basket's first line needs no counting
_SIZES = (1, 2, 1, 3, 1, 2, 1, 2, 3, 1, 1, 2)
_BEFORE = tuple(sum(_SIZES[:place]) for place in range(len(_SIZES)))
_CYCLE, _CYCLE_LINES = len(_SIZES), sum(_SIZES)


class Line(NamedTuple):
    """One line: a product by its rank in the channel's range and by its number.

    The price of one piece is in millionths, the discount in whole percent.
    """

    rank: int
    product: int
    quantity: int
    percent: int
    price: int


class Basket(NamedTuple):
    """One basket; `member` is the buyer's rank among those whom the channel may know."""

    index: int  # type: ignore[assignment]  # a tuple's own method of that name is not used
    day: int
    second: int
    member: int
    lines: list[Line]
    draw: Draw


def first_line(index: int) -> int:
    """Return the number of a basket's first line, counted from 1 over the whole channel."""
    whole, rest = divmod(index, _CYCLE)
    return whole * _CYCLE_LINES + _BEFORE[rest] + 1


def baskets_for(lines: int) -> int:
    """Return how many baskets hold about so many lines."""
    return max(1, lines * _CYCLE // _CYCLE_LINES)


class Channel:
    """The sales of one channel.

    Args:
        name: purpose of its draws; differs for each channel and store.
        schedule: number of baskets a day.
        kind: class of products that it shows.
        pieces: class of second-hand pieces that it sells, each once.
        stock: class of stock articles that it sells, each a few times.
        piece_lines: class of its order lines that sell a piece; the others sell stock.
        members: class of persons who buy there.
        hours: first hour of opening and number of hours.
        discounts: percentages of which each line gets one.
        since: day before which the baskets of the schedule are left out.
    """

    def __init__(
        self,
        name: str,
        dice: Dice,
        products: Products,
        people: People,
        schedule: Schedule,
        kind: Slots,
        pieces: Slots,
        stock: Slots,
        piece_lines: Slots,
        members: Slots,
        hours: tuple[int, int] = (0, 24),
        discounts: tuple[int, ...] = (0,),
        since: int = 0,
    ) -> None:
        self.name, self.schedule, self.kind, self.members = name, schedule, kind, members
        self.pieces = pieces
        self._products, self._people, self._discounts = products, people, discounts
        self._stock, self._since = stock, since
        self._evergreens = max(1, stock.count(products.evergreen_numbers))
        self._pieces = Pieces(products, pieces, piece_lines, self._lines_before, schedule.start)
        self._draw = dice.purpose(f"basket/{name}")
        self._open, self._span = hours[0] * 3600, hours[1] * 3600
        self._day, self._today = -1, self._find_today(schedule.start)

    def on(self, day: int) -> Iterator[Basket]:
        """Give the baskets of a day in the order of their time."""
        if day >= self._since:
            for index in self.schedule.on(day):
                yield self.basket(index, day)

    def basket(self, index: int, day: int | None = None) -> Basket:
        """Return one basket; its day is looked up if it is not given."""
        if day is None:
            day = self.schedule.day_of(index)
        if self._day != day:
            self._day, self._today = day, self._find_today(day)
        start, spread, members, offered, recent, rack = self._today
        draw = self._draw(index)
        second = self._open + self._span * (((index - start) << 32) + draw[0]) // spread
        lines, number = [], first_line(index) - 1
        for place in range(_SIZES[index % _CYCLE]):
            word, extra, quantity = draw[4 + place], draw[8 + place], 1
            product = self._pieces.sold(number + place, rack)
            if product is None:
                if word & 31:
                    rank = offered - 1 - (word * recent >> 32)
                else:  # one of those that never go out of fashion
                    rank = skewed(word, self._evergreens)
                product = self._stock.nth(rank)
                quantity = 1 if extra & 15 else 2 + (extra >> 4 & 1)
            percent = self._discounts[(extra >> 8) % len(self._discounts)]
            cost = price(self._products.offer(product), day)
            lines.append(Line(self.kind.count(product), product, quantity, percent, cost))
        return Basket(index, day, second, self._buyer(draw, members), lines, draw)

    def _find_today(self, day: int) -> tuple[int, int, int, int, int, Rack]:
        """Return what the baskets of a day have in common.

        Returns:
            Its first basket, the number of its baskets times 2^32, who can buy, the stock articles
            offered so far and of late, and the second-hand pieces.
        """
        numbers, offered = self.schedule.on(day), self._products.offered(self._stock, day)
        return (
            numbers.start,
            len(numbers) << 32,
            self._people.members(self.members, day),
            offered,
            max(1, offered - self._products.offered(self._stock, day - DAYS_ON_SHELF)),
            self._pieces.rack(day),
        )

    @staticmethod
    def _buyer(draw: Draw, members: int) -> int:
        """Return the rank of a buyer: one of those who joined last, or an old customer."""
        if draw[7] & 1:
            return members - 1 - skewed(draw[1], max(1, members // 4))
        return skewed(draw[1], members)

    def sold_on(self, number: int) -> int | None:
        """Return the day on which the channel sells a second-hand piece; None if it never does."""
        line = self._pieces.line_of(number)
        if line is None:
            return None
        whole, rest = divmod(line, _CYCLE_LINES)
        return self.schedule.day_of(whole * _CYCLE + bisect_right(_BEFORE, rest) - 1)

    def _lines_before(self, day: int) -> int:
        """Return how many order lines there are before a day."""
        return first_line(self.schedule.before(day)) - 1


@dataclass
class Tally:
    """Exact sums over lines sold; amounts in millionths."""

    lines: int = 0
    quantity: int = 0
    gross: int = 0
    discount: int = 0
    cancelled_lines: int = 0
    returned_lines: int = 0

    def add(
        self,
        quantity: int,
        price: int,
        percent: int,
        is_cancelled: bool = False,
        is_returned: bool = False,
        sign: int = 1,
    ) -> None:
        """Add one line, or with `sign` -1 take it out; `price` in millionths."""
        gross = sign * quantity * price
        self.lines += sign
        self.quantity += sign * quantity
        self.gross += gross
        self.discount += gross * percent // 100
        self.cancelled_lines += sign * is_cancelled
        self.returned_lines += sign * is_returned

    def plus(self, *others: "Tally") -> "Tally":
        """Return the sum of this and other tallies."""
        tallies = (self, *others)
        return Tally(*(sum(values) for values in zip(*map(astuple, tallies), strict=True)))

    def as_dict(self) -> dict[str, int]:
        """Return the sums by name."""
        return asdict(self)
