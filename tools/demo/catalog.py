"""The catalog: records of products and loyalty customers, made when they are asked for."""

from typing import Any

from tools.demo import words
from tools.demo.dice import money, skewed
from tools.demo.files import row_counts
from tools.demo.people import LOYALTY, key, written_email, written_phone
from tools.demo.products import MARKETPLACE, SHELF, is_stock, price, shelf_change, sku
from tools.demo.timeline import stamp_iso
from tools.demo.world import World

_UNREADABLE_PRICES = (17, 117)  # places in the list of products


class Catalog:
    """Both lists of the catalog as they stand at the start of a day."""

    def __init__(self, world: World, day: int) -> None:
        self._world, self.day = world, day
        self._first = SHELF.count(world.products.first_in_catalog)

    def size(self, table: str) -> int:
        """Return the number of records of a table, `products` or `customers`.

        Raises:
            KeyError: there is no such table.
        """
        return {
            "products": self._world.products.offered(SHELF, self.day) - self._first,
            "customers": self._world.people.members(LOYALTY, self.day),
        }[table]

    def record(self, table: str, place: int) -> dict[str, Any]:
        """Return the record at a place, from 0, of a table's stable order."""
        return self._product(place) if table == "products" else self._customer(place)

    def place_after(self, table: str, given: str) -> int:
        """Return the place behind that of a key.

        Raises:
            ValueError: this cannot be a key of the table.
        """
        prefix, first = ("TT-", self._first) if table == "products" else ("L", 0)
        if not given.startswith(prefix):
            raise ValueError(f"{given!r} is no key of {table}")
        return max(0, int(given[len(prefix) :]) - first)

    def truths(self) -> dict[str, dict[str, Any]]:
        """Return the row counts of both tables."""
        size = self.size("products")
        bad = sum(place < size for place in _UNREADABLE_PRICES)
        return {
            "catalog.products": row_counts(size - bad, {"price is not a number": bad}),
            "catalog.customers": row_counts(self.size("customers")),
        }

    def bad_rows(self) -> list[dict[str, Any]]:
        """Return the keys of the records that break the contract."""
        return [
            {
                "table": "catalog.products",
                "key": sku(self._first + place),
                "reason": "price is not a number",
            }
            for place in _UNREADABLE_PRICES
            if place < self.size("products")
        ]

    def _product(self, place: int) -> dict[str, Any]:
        products, rank = self._world.products, self._first + place
        number = SHELF.nth(rank)
        offer, look, draw = products.offer(number), products.look(number), products.draw(number)
        new, *used = words.CONDITIONS
        condition = new if is_stock(rank) else used[draw[11] % len(used)]
        remark = words.REMARKS[draw[10] % len(words.REMARKS)]
        sold = self._world.sold_before(number, self.day)
        _, changed, _ = shelf_change(rank, offer, self.day, sold)
        gone = "withdrawn" if sold is None else "sold"
        is_there = sold is None and products.is_on_shelf(rank, offer, self.day)
        cost = money(price(offer, self.day - 1))
        return {
            "sku": sku(rank),
            "marketplace_product_id": (
                MARKETPLACE.count(number) + 1 if MARKETPLACE.holds(number) else None
            ),
            "title": look.title,
            "description": (
                f"{look.style} {look.noun} by {look.brand} in {look.colour}, {condition}. {remark}"
            ),
            "brand": _mistyped(look.brand, draw[15]),
            "category": _recased(look.category, draw[15] >> 8),
            "size": look.size or ("n/a", "", None)[draw[14] % 3],
            "colour": "n/a" if draw[14] >> 8 & 31 == 0 else _recased(look.colour, draw[15] >> 16),
            "condition": _recased(condition, draw[15] >> 24),
            "price": "n/a" if place in _UNREADABLE_PRICES else cost,
            "currency_code": "EUR",
            "status": "available" if is_there else gone,
            "seller_id": f"S{skewed(draw[13], self._world.lines // 20) + 1:05d}",
            "listed_at": stamp_iso(offer.listed, draw[13] % 86_400),
            "updated_at": stamp_iso(changed, 86_399 if changed == offer.listed else 21_600),
            "photo_count": 1 + draw[12] % 6,
        }

    def _customer(self, rank: int) -> dict[str, Any]:
        person = self._world.people.get(LOYALTY.nth(rank))
        street, city, postcode, moved = self._world.people.address(person.number, self.day)
        draw, first, last = person.draw, person.first_name, person.last_name
        names = (f"{first} {last}", f"{last}, {first}", f"{first[0]}. {last}")
        created_at = stamp_iso(person.joined, draw[10] % 86_400)
        return {
            "customer_number": key("loyalty", person.number),
            "full_name": names[draw[11] % 3],
            "email": written_email(person, "loyalty") or None,
            "phone": written_phone(person, "loyalty") or None,
            "street": street,
            "city": city,
            "postcode": postcode,
            "country": person.country[1][draw[12] & 3],
            "has_marketing_consent": bool(draw[13] & 1),
            "created_at": created_at,
            "updated_at": stamp_iso(moved, 43_200) if moved > person.joined else created_at,
            "loyalty_points": draw[14] % 900,
        }


def _mistyped(brand: str, word: int) -> str:
    """Return a brand, misspelt in one case of sixteen and missing in another."""
    chance = word & 15
    if chance == 0:
        return "n/a"
    if chance == 1:
        return brand[:-2] + brand[-1] + brand[-2]
    return brand.lower() if chance == 2 else brand


def _recased(value: str, word: int) -> str:
    """Return a word in capitals, in small letters, with a blank behind it, or as it is."""
    choices = (value.upper(), value.lower(), f"{value} ", value, value, value, value, value)
    return choices[word & 7]
