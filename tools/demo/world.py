"""One world: its people, products and channels, put together for a seed and a size."""

from collections.abc import Iterator
from typing import NamedTuple

from tools.demo import people, products
from tools.demo.baskets import Channel, baskets_for
from tools.demo.dice import Dice
from tools.demo.people import People
from tools.demo.products import Products
from tools.demo.timeline import (
    FIRST_DAY,
    HISTORY_END,
    HISTORY_START,
    LAST_DAY,
    MARKETPLACE_START,
    SHOP_START,
    Schedule,
    Slots,
)

STORES = {"BER01": "Berlin", "HAM01": "Hamburg", "CGN01": "Köln", "MUC01": "München"}
_STORE_HOURS = (9, 11)
_PIECE_LINES, _MARKETPLACE_PIECE_LINES = Slots(3, (1,)), Slots(5, (0, 1, 3, 4))
_STORE_DISCOUNTS = (0, 0, 0, 0, 0, 0, 0, 5, 10, 20)


class Outage(NamedTuple):
    """A store's database is down from the start of day `start` up to the start of day `end`."""

    store: str
    start: int
    end: int


class World:
    """Everything that follows from a seed and a size.

    Args:
        seed: any whole number.
        lines: about how many order lines there are over all channels at the first day. From
            6,000 on something is sold on each day of the last two years.
        since: day before which what was sold is left out; all the rest stays as it is.
    """

    def __init__(self, seed: int, lines: int, since: int = HISTORY_START) -> None:
        self.seed, self.lines, self.since = seed, lines, since
        self.dice = Dice(seed)
        self.people = People(self.dice, self.lines)
        self.products = Products(self.dice, self.lines)
        self.history = self._channel(
            "history",
            Schedule(HISTORY_START, self._baskets(28), end=HISTORY_END, phase=99),
            products.STORES_PIECES,
            hours=_STORE_HOURS,
            discounts=_STORE_DISCOUNTS,
        )
        self.marketplace = self._channel(
            "marketplace",
            Schedule(MARKETPLACE_START, self._baskets(13), every=3),
            products.MARKETPLACE_PIECES,
            kind=products.MARKETPLACE,
            stock=products.MARKETPLACE_STOCK,
            piece_lines=_MARKETPLACE_PIECE_LINES,
            members=people.MARKETPLACE,
        )
        self.stores = {
            code: self._channel(
                f"store/{code}",
                # they take turns
                Schedule(
                    HISTORY_END,
                    self._baskets(27) // 4,
                    every=3,
                    phase=25 * place,
                    busy=self._outage_days(code),
                ),
                pieces,
                hours=_STORE_HOURS,
                discounts=_STORE_DISCOUNTS,
            )
            for place, (code, pieces) in enumerate(
                zip(STORES, products.PIECES_OF_STORES, strict=True)
            )
        }

        shop = self._baskets(32)
        self.shop = self._channel(
            "shop",
            Schedule(SHOP_START, shop, every=1, busy=self._idle_days(shop // 2)),
            products.SHOP_PIECES,
            members=people.SHOP,
        )

        channels = (self.marketplace, self.shop, self.history, *self.stores.values())
        self._sellers = [
            [channel for channel in channels if channel.pieces.holds(slot)]
            for slot in range(products.CYCLE)
        ]

    def _baskets(self, percent: int) -> int:
        """Return how many baskets hold a share of all order lines."""
        return baskets_for(self.lines * percent // 100)

    def _outage_days(self, store: str) -> set[int]:
        """Return the days on which a store's database is down; something is sold on each."""
        return {
            day
            for outage in self.outages(LAST_DAY)
            if outage.store == store
            for day in range(outage.start, min(outage.end, LAST_DAY))
        }

    def _idle_days(self, most: int) -> set[int]:
        """Return the days of the last two years, and after, on which only the shop could sell.

        Args:
            most: how many there may be before FIRST_DAY; earlier ones are left out.
        """
        schedules = [
            channel.schedule for channel in (self.history, self.marketplace, *self.stores.values())
        ]
        past, coming = (
            [day for day in days if not any(schedule.on(day) for schedule in schedules)]
            for days in (range(FIRST_DAY - 730, FIRST_DAY), range(FIRST_DAY, LAST_DAY))
        )
        return {*past[-most:], *coming}

    def _channel(
        self,
        name: str,
        schedule: Schedule,
        pieces: Slots,
        *,
        kind: Slots = products.SHELF,
        stock: Slots = products.SHELF_STOCK,
        piece_lines: Slots = _PIECE_LINES,
        members: Slots = people.LOYALTY,
        hours: tuple[int, int] = (0, 24),
        discounts: tuple[int, ...] = (0,),
    ) -> Channel:
        return Channel(
            name, self.dice, self.products, self.people, schedule, kind, pieces, stock,
            piece_lines, members, hours, discounts, self.since,
        )  # fmt: skip

    def sold_before(self, number: int, day: int) -> int | None:
        """Return the day on which a second-hand piece was sold, if that was before a day."""
        days = (channel.sold_on(number) for channel in self._sellers[number % products.CYCLE])
        return next((sold for sold in days if sold is not None and sold < day), None)

    def pieces_sold_on(self, day: int) -> Iterator[int]:
        """Give the ranks in SHELF of the second-hand pieces that are sold on a day."""
        for channel in (self.marketplace, self.shop, *self.stores.values()):
            for basket in channel.on(day):
                for line in basket.lines:
                    rank = products.SHELF.count(line.product)
                    if products.SHELF.holds(line.product) and not products.is_stock(rank):
                        yield rank

    def outages(self, day: int) -> list[Outage]:
        """Return the outages that began before or on a day, from 60 days before FIRST_DAY on.

        There is one in every 28 days; the first after FIRST_DAY begins one day later and lasts
        four days.
        """
        draw, codes = self.dice.purpose("outage"), list(STORES)
        found = []
        for cycle in range(-2, (day - FIRST_DAY) // 28 + 1):
            words = draw(cycle)
            offset, length = (1, 4) if cycle == 0 else (words[0] % 20, 2 + words[1] % 3)
            start = FIRST_DAY + 28 * cycle + offset
            if start <= day:
                found.append(Outage(codes[(cycle + words[2]) % 4], start, start + length))
        return found

    def down(self, store: str, day: int) -> Outage | None:
        """Return the outage that a store is in at the start of a day, if any."""
        for outage in self.outages(day):
            if outage.store == store and outage.start <= day < outage.end:
                return outage
        return None
