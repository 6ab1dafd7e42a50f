"""One world: its people, products and channels, put together for a seed and a size."""

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
    MARKETPLACE_START,
    SHOP_START,
    Schedule,
    Slots,
)

STORES = {"BER01": "Berlin", "HAM01": "Hamburg", "CGN01": "Köln", "MUC01": "München"}
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
        lines: about how many order lines there are over all channels at the first day.
        since: day before which what was sold is left out; all the rest stays as it is.
    """

    def __init__(self, seed: int, lines: int, since: int = HISTORY_START) -> None:
        self.seed, self.lines, self.since = seed, lines, since
        self.dice = Dice(seed)
        self.people = People(self.dice, lines)
        self.products = Products(self.dice, lines)
        self.history = self._channel(
            "history",
            HISTORY_START,
            lines * 45 // 100,
            end=HISTORY_END,
            daily=0,
            hours=(9, 11),
            discounts=_STORE_DISCOUNTS,
        )
        self.shop = self._channel("shop", SHOP_START, lines * 22 // 100, members=people.SHOP)
        self.marketplace = self._channel(
            "marketplace",
            MARKETPLACE_START,
            lines * 18 // 100,
            kind=products.MARKETPLACE,
            members=people.MARKETPLACE,
        )
        self.stores = {
            code: self._channel(
                f"store/{code}",
                HISTORY_END,
                lines * 15 // 400,
                hours=(9, 11),
                discounts=_STORE_DISCOUNTS,
            )
            for code in STORES
        }

    def _channel(
        self,
        name: str,
        start: int,
        lines: int,
        *,
        end: int | None = None,
        daily: int = 1,
        kind: Slots = products.SHELF,
        members: Slots = people.LOYALTY,
        hours: tuple[int, int] = (0, 24),
        discounts: tuple[int, ...] = (0,),
    ) -> Channel:
        until = {} if end is None else {"end": end}
        schedule = Schedule(start, baskets_for(lines), daily=daily, **until)
        return Channel(
            name, self.dice, self.products, self.people, schedule, kind, members, hours, discounts,
            self.since,
        )  # fmt: skip

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
