"""Persons, and what each channel knows of them.

A person's number modulo 20 decides in which channels they appear and how they can be recognised.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from tools.demo import words
from tools.demo.dice import Dice
from tools.demo.timeline import HISTORY_START, Schedule, Slots

_CYCLE = 20
MARKETPLACE = Slots(_CYCLE, (0, 1, 2, 3, 4, 8, 9, 14, 16))
SHOP = Slots(_CYCLE, (5, 6, 7, 8, 9, 10, 13, 15, 17, 18))
GUESTS = Slots(_CYCLE, (11, 14, 16))  # order in the shop without an account
LOYALTY = Slots(_CYCLE, (9, 10, 11, 12, 13, 17, 18, 19))
EVENTS = Slots(_CYCLE, (13, 14, 15))
_BY_PHONE = (10, 15)  # the later channel has another e-mail address, but the same phone
_NO_EMAIL = 19  # the loyalty programme has a phone number only
_NAMESAKE = 18  # has the name of the person before, is somebody else
_DAYS_PER_ADDRESS = 200
_FOLDING = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "ë": "e", " ": ""})
_FOLDED = {
    name: name.lower().translate(_FOLDING) for name in (*words.FIRST_NAMES, *words.LAST_NAMES)
}
# what ties the records of one person: channel, slots, and by what
_PAIRS = (
    ("marketplace", "shop", (8, 9), "email"),
    ("shop", "loyalty", (9, 13), "email"),
    ("shop", "loyalty", (10,), "phone"),
)


class Person(NamedTuple):
    """One person; `phone` is (area, rest) as digits, empty where none is known."""

    number: int
    joined: int
    first_name: str
    last_name: str
    email: str
    other_email: str
    phone: tuple[str, str] | None
    country: tuple[str, tuple[str, ...]]
    draw: tuple[int, ...]


class People:
    """All persons of a world, in the order in which they came."""

    def __init__(self, dice: Dice, lines: int) -> None:
        total = max(100, lines // 8)
        self.schedule = Schedule(HISTORY_START, total, initial=total // 10)
        self._draw = dice.purpose("person")
        self._address = dice.purpose("address")
        self.get = lru_cache(maxsize=32_768)(self._get)

    def _get(self, number: int) -> Person:
        draw, slot = self._draw(number), number % _CYCLE
        names = self._draw(number - 1) if slot == _NAMESAKE else draw
        first = words.FIRST_NAMES[names[0] % len(words.FIRST_NAMES)]
        last = words.LAST_NAMES[names[1] % len(words.LAST_NAMES)]
        domain = words.EMAIL_DOMAINS[draw[2] % len(words.EMAIL_DOMAINS)]
        at_home = draw[3] % 4 or slot in (*_BY_PHONE, _NO_EMAIL)
        country = words.COUNTRIES[0 if at_home else 1 + draw[4] % (len(words.COUNTRIES) - 1)]
        block, serial = number % len(words.FICTIONAL_PHONE_BLOCKS), number // 5
        area, start = words.FICTIONAL_PHONE_BLOCKS[block]
        return Person(
            number,
            self.schedule.day_of(number),
            first,
            last,
            f"{_FOLDED[first]}.{_FOLDED[last]}{number}@{domain}",
            f"{_FOLDED[last]}{number}@example.net",
            (area, f"{start}{serial:06d}") if at_home else None,
            country,
            draw,
        )

    def members(self, channel: Slots, day: int) -> int:
        """Return how many persons had joined a channel before a day."""
        return channel.count(self.schedule.before(day))

    def address(self, number: int, day: int) -> tuple[str, str, str, int]:
        """Return street, city, postcode, and the day the person moved there."""
        moved = day - 1 - (day - 1 - number) % _DAYS_PER_ADDRESS
        draw = self._address(number * 100_000 + moved)
        city, postcode = words.CITIES[draw[0] % len(words.CITIES)]
        street = words.STREETS[draw[1] % len(words.STREETS)]
        return f"{street} {1 + draw[2] % 120}", city, postcode, moved

    def movers(self, channel: Slots, day: int) -> Iterator[int]:
        """Give the ranks of the channel's members who move on a day."""
        for number in range(day % _DAYS_PER_ADDRESS, self.schedule.before(day), _DAYS_PER_ADDRESS):
            if channel.holds(number):
                yield channel.count(number)

    def pairs(self, day: int) -> Iterator[dict[str, Any]]:
        """Give each planted pair of records that belong to one person."""
        for number in range(self.schedule.before(day)):
            for channel, other, slots, by in _PAIRS:
                if number % _CYCLE in slots:
                    yield {
                        "by": by,
                        "person": number,
                        channel: key(channel, number),
                        other: key(other, number),
                    }

    def namesakes(self, day: int) -> range:
        """Return the numbers of those who bear the name of the person before them."""
        return range(_NAMESAKE, self.schedule.before(day), _CYCLE)


def key(channel: str, number: int) -> int | str:
    """Return the key under which a channel (marketplace, shop, loyalty) knows a person."""
    if channel == "marketplace":
        return MARKETPLACE.count(number) + 1
    if channel == "shop":
        return SHOP.count(number) + 10_001
    return f"L{LOYALTY.count(number) + 1:07d}"


def written_email(person: Person, channel: str) -> str:
    """Return a person's e-mail address as typed in a channel; empty where it has none."""
    slot = person.number % _CYCLE
    if channel == "loyalty" and slot == _NO_EMAIL:
        return ""
    later = (channel == "loyalty" and slot == 10) or (channel == "events" and slot == 15)
    address = person.other_email if later else person.email
    style = (person.draw[5] + len(channel)) % 6
    if style == 0:
        return address.title()
    if style == 1:
        return f" {address} "
    return address.upper() if style == 2 else address


def written_phone(person: Person, channel: str) -> str:
    """Return a person's phone number as typed in a channel; empty where it has none."""
    if person.phone is None:
        return ""
    area, rest = person.phone
    style = (person.draw[6] + len(channel)) % 4
    if style == 0:
        return f"+49 {area} {rest[:-6]} {rest[-6:]}"
    if style == 1:
        return f"0{area} {rest}"
    return f"0049 {area} {rest}" if style == 2 else f"0{area}/{rest[:-6]}-{rest[-6:]}"
