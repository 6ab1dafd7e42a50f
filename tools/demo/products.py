"""Products: what they are, where they are offered, and their price on any day."""

from functools import lru_cache
from typing import NamedTuple

from tools.demo import words
from tools.demo.dice import Dice, Draw
from tools.demo.timeline import EVEN_SEASON, HISTORY_START, Schedule, Slots

CYCLE = 44
# what the marketplace offers; an eleventh of all products are shown in the shop as well
MARKETPLACE = Slots(CYCLE, range(11))
SHELF = Slots(CYCLE, range(7, CYCLE))
# stock articles are new, and there are several of each
MARKETPLACE_STOCK, SHELF_STOCK = Slots(CYCLE, (0,)), Slots(CYCLE, range(37, CYCLE))
# second-hand pieces, of which there is one each, by the channel that sells them
MARKETPLACE_PIECES = Slots(CYCLE, range(1, 11))
SHOP_PIECES = Slots(CYCLE, range(11, 21))
STORES_PIECES = Slots(CYCLE, range(21, 37))
PIECES_OF_STORES = tuple(Slots(CYCLE, range(first, first + 4)) for first in range(21, 37, 4))
DAYS_ON_SHELF = 210
DAYS_BETWEEN_CHANGES = 14
DAYS_BETWEEN_DROPS = 2 * DAYS_BETWEEN_CHANGES  # a new price shows where a row changes
DAYS_OF_CHANGE = 150  # after its listing no piece is sold any more, and no price moves
_PRICE_RANGES = tuple((low, high - low) for _, _, low, high in words.ITEMS)
_TITLE_TWIN = 50  # every fiftieth stock-keeping unit takes over the look of an earlier one


class Offer(NamedTuple):
    """What a product costs: `base` is its first price in millionths of a euro."""

    listed: int
    base: int
    is_reduced: bool


class Look(NamedTuple):
    """What a product is."""

    title: str
    category: str
    brand: str
    size: str
    colour: str
    noun: str
    style: str


class Products:
    """All products of a world, in the order in which they were first offered."""

    def __init__(self, dice: Dice, lines: int) -> None:
        total = max(300, lines * 55 // 100)
        self.schedule = Schedule(
            HISTORY_START, total, initial=total * 4 // 100, every=1, season=EVEN_SEASON
        )
        self.evergreens = SHELF.count(total) // 50
        self.evergreen_numbers = SHELF.nth(self.evergreens)
        # products of the first months were gone before the catalog was begun
        self.first_in_catalog = total * 3 // 100
        self._draw = lru_cache(maxsize=256)(dice.purpose("product"))
        self.offer = lru_cache(maxsize=16_384)(self._offer)
        self.look = lru_cache(maxsize=8192)(self._look)

    def _offer(self, number: int) -> Offer:
        draw, listed = self._draw(number), self.schedule.day_of(number)
        if number % 29 == 3:  # three for 10 or 20 euros: no cent can express that
            return Offer(listed, (3_333_300, 6_666_600)[draw[9] & 1], False)
        low, span = _PRICE_RANGES[draw[0] % len(_PRICE_RANGES)]
        euros = low + (span * (draw[7] + draw[8]) >> 34)
        base = euros * 1_000_000 + (0, 500_000, 900_000, 990_000)[draw[9] & 3]
        return Offer(listed, base, draw[12] % 3 != 0)

    def _look(self, number: int) -> Look:
        draw = self._draw(number)
        look = draw
        if SHELF.holds(number) and (rank := SHELF.count(number)) % _TITLE_TWIN == _TITLE_TWIN - 1:
            look = self._draw(SHELF.nth(rank - 7))
        noun, category, _, _ = words.ITEMS[look[0] % len(words.ITEMS)]
        brand = words.BRANDS[look[1] * look[2] * len(words.BRANDS) >> 64]
        sizes = words.SHOE_SIZES if category == "Shoes" else words.SIZES
        size, colour = sizes[look[3] % len(sizes)], words.COLOURS[look[4] % len(words.COLOURS)]
        style = words.STYLES[look[5] % len(words.STYLES)]
        has_size = category not in ("Bags", "Accessories")
        middle = f"{colour} {noun}" if look[6] % 3 else noun
        return Look(
            f"{style} {middle} {brand} {size}" if has_size else f"{style} {middle} {brand}",
            category,
            brand,
            size if has_size else "",
            colour,
            noun,
            style,
        )

    def draw(self, number: int) -> Draw:
        """Return the draw of a product, for whatever else is said of it."""
        return self._draw(number)

    def offered(self, kind: Slots, day: int) -> int:
        """Return how many products of a kind (MARKETPLACE, SHELF) were listed before a day."""
        return kind.count(self.schedule.before(day))

    def shelf_ranks(self, first: int, last: int) -> range:
        """Return the ranks in SHELF of what was listed on the days from `first` up to `last`."""
        return range(self.offered(SHELF, first), self.offered(SHELF, last + 1))

    def is_on_shelf(self, rank: int, offer: Offer, day: int) -> bool:
        """Return whether the shop still shows a unit; the best sellers stay for good."""
        return rank < self.evergreens or day - offer.listed <= DAYS_ON_SHELF


def price(offer: Offer, day: int) -> int:
    """Return the price in millionths: two in three get cheaper by 8 % every four weeks."""
    listed, base, is_reduced = offer
    if not is_reduced or day - listed < DAYS_BETWEEN_DROPS:
        return base
    steps = min(4, (day - listed) // DAYS_BETWEEN_DROPS)
    return base * (100 - 8 * steps) // 1_000_000 * 10_000


def sku(rank: int) -> str:
    """Return the stock-keeping unit of a rank in SHELF."""
    return f"TT-{rank + 1:07d}"


def is_stock(rank: int) -> bool:
    """Return whether there are several pieces of a rank in SHELF."""
    return SHELF_STOCK.holds(SHELF.nth(rank))


def shelf_change(rank: int, offer: Offer, day: int, sold: int | None) -> tuple[int, int, bool]:
    """Return what is on the shelf of a unit.

    A silent change (one in eight of a stock article's) leaves the row's time stamp where the change
    before had put it.

    Args:
        rank: in SHELF.
        offer: of the unit.
        day: at whose start it is looked at.
        sold: day before that on which the unit was sold, if it is a second-hand piece.

    Returns:
        Its pieces, the day they last changed, and whether in silence.
    """
    block = (day - 1 - offer.listed) // DAYS_BETWEEN_CHANGES
    if is_stock(rank):
        silent = block > 0 and (rank + block) % 8 == 5
        quantity = (rank * 7 + block * 3) % 6
        return quantity, offer.listed + DAYS_BETWEEN_CHANGES * (block - silent), silent
    changed = offer.listed + DAYS_BETWEEN_CHANGES * block
    return int(sold is None), max(changed, sold or 0), False
