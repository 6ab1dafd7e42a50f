"""The online shop's orders and promotions, as a function of the day."""

from functools import lru_cache
from typing import NamedTuple

from tools.demo.baskets import Basket, first_line
from tools.demo.databases import text
from tools.demo.dice import money, skewed
from tools.demo.people import GUESTS, SHOP, written_email
from tools.demo.products import sku
from tools.demo.timeline import FIRST_DAY, SHOP_START, iso, stamp
from tools.demo.world import World

DAYS_UNTIL_FLAW = 40  # age of an order when it is deleted, or changed in silence
FIRST_ORDER, FIRST_CUSTOMER, _UNKNOWN_CUSTOMER = 100_001, 10_001, 90_000_000
_PROMOTION_CYCLE, _PROMOTION_DAYS = 21, 12


class Order(NamedTuple):
    """An order and its lines as rows, and (quantity, price, percent, cancelled, returned)."""

    row: str
    items: list[str]
    sold: list[tuple[int, int, int, bool, bool]]


class Orders:
    """All orders of the shop, and how each of them stands on any day."""

    def __init__(self, world: World) -> None:
        self._people, self._channel = world.people, world.shop
        self._promotion_draw = world.dice.purpose("promotion")
        self._promotion = lru_cache(maxsize=4)(self._find_promotion)

    def lateness(self, basket: Basket) -> int:
        """Return the days by which an order is committed late: the first of each third day is."""
        is_third = (basket.day - FIRST_DAY) % 3 == 2
        if (is_third and basket.index == self._channel.schedule.before(basket.day)) or basket.draw[
            13
        ] >> 8 & 511 == 0:
            return 1 + (basket.draw[13] & 1)
        return 0

    def flaw(self, basket: Basket) -> tuple[str, int] | None:
        """Return what happens behind the back of `updated_at`: "deleted" or "silent", and when."""
        day = basket.day + DAYS_UNTIL_FLAW
        if day < FIRST_DAY:
            return None
        numbers = self._channel.schedule.on(basket.day)
        if (day - FIRST_DAY) % 2 == 0:
            return ("deleted", day) if basket.index == numbers.start else None
        return ("silent", day) if basket.index == numbers.stop - 1 else None

    def order(self, basket: Basket, day: int) -> Order | None:
        """Return an order as it stands at the start of a day, or None if it is not there."""
        start = basket.day + self.lateness(basket)
        elapsed, draw, flaw = day - start, basket.draw, self.flaw(basket)
        if elapsed < 1 or (flaw and flaw[0] == "deleted" and flaw[1] < day):
            return None
        is_cancelled = draw[3] >> 16 & 31 == 0
        status, changed = self._status(elapsed, is_cancelled)
        ordered_at = stamp(basket.day, basket.second)
        updated_at = stamp(start + changed, draw[15] % 86_400) if changed else ordered_at
        customer, email, country = self._customer(basket)
        if flaw and flaw[0] == "silent" and flaw[1] < day:
            country = "CH"
        code, percent = self._promotion_of(basket)
        number, items, sold, gross = basket.index + FIRST_ORDER, [], [], 0
        line = first_line(basket.index)
        for place, (rank, _, quantity, _, cost) in enumerate(basket.lines):
            is_returned, moments = False, f"\\N\t{ordered_at}"
            if draw[12] >> 8 * place & 255 < 21 and not is_cancelled:
                returned = start + 10 + (draw[14] >> 8 * place) % 20
                if is_returned := returned < day:
                    moment = stamp(returned, draw[11] % 86_400)
                    moments = f"{moment}\t{moment}"
            items.append(
                f"{line + place}\t{number}\t{sku(rank)}\t{quantity}\t{money(cost)}"
                f"\t{money(quantity * cost * percent // 100)}\t{moments}"
            )
            sold.append((quantity, cost, percent, is_cancelled and elapsed > 1, is_returned))
            gross += quantity * cost
        shipping = "0.00" if gross >= 50_000_000 else "4.90"
        note = "gift wrap" if draw[10] & 63 == 0 else ""
        row = (
            f"{number}\t{text(customer)}\t{email}\t{ordered_at}\t{status}\t{text(code)}"
            f"\t{shipping}\tEUR\t{country}\t{text(note)}\t{updated_at}"
        )
        return Order(row, items, sold)

    @staticmethod
    def _status(elapsed: int, is_cancelled: bool) -> tuple[str, int]:
        """Return the status and the days after which it was reached."""
        if elapsed == 1:
            return "placed", 0
        if is_cancelled:
            return "cancelled", 1
        if elapsed < 4:
            return "paid", 1
        return ("shipped", 3) if elapsed < 6 else ("delivered", 5)

    def _customer(self, basket: Basket) -> tuple[str, str, str]:
        """Return customer number, e-mail address and country of an order."""
        draw, people = basket.draw, self._people
        chance = draw[2] % 100
        if chance == 99:
            return str(_UNKNOWN_CUSTOMER + basket.index), f"gone{basket.index}@example.org", "DE"
        if chance < 12:
            rank = skewed(draw[1], people.members(GUESTS, basket.day))
            person = people.get(GUESTS.nth(rank))
            return "", written_email(person, "guest"), person.country[0]
        person = people.get(SHOP.nth(basket.member))
        number = str(basket.member + FIRST_CUSTOMER)
        return number, written_email(person, "shop"), person.country[0]

    def _find_promotion(self, number: int) -> tuple[str, int, int]:
        """Return code, discount in percent and first day of a promotion."""
        percent = (5, 10, 15, 20, 25, 30)[self._promotion_draw(number)[0] % 6]
        start = SHOP_START + number * _PROMOTION_CYCLE
        season = ("WINTER", "SPRING", "SUMMER", "AUTUMN")[int(iso(start)[5:7]) % 12 // 3]
        return f"{season}{percent}-{number + 1}", percent, start

    def _promotion_of(self, basket: Basket) -> tuple[str, int]:
        number, elapsed = divmod(basket.day - SHOP_START, _PROMOTION_CYCLE)
        if elapsed >= _PROMOTION_DAYS or basket.draw[3] % 10 >= 4:
            return "", 0
        code, percent, _ = self._promotion(number)
        return code, percent

    def promotions(self, day: int) -> list[str]:
        """Return the promotions that had begun before a day."""
        rows = []
        for number in range((day - 1 - SHOP_START) // _PROMOTION_CYCLE + 1):
            code, percent, start = self._promotion(number)
            end = stamp(start + _PROMOTION_DAYS, 0)
            rows.append(
                f"{number + 1}\t{code}\t{percent} % off everything\t{percent}\t{stamp(start, 0)}"
                f"\t{end}\t{stamp(start, 0)}"
            )
        return rows
