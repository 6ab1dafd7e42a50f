"""The marketplace's exports: three CSV files, written anew each day, with their usual flaws."""

import csv
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from tools.demo.baskets import Tally, first_line
from tools.demo.dice import money
from tools.demo.files import row_counts, whole_file
from tools.demo.people import MARKETPLACE as MEMBERS
from tools.demo.people import written_email
from tools.demo.products import DAYS_OF_CHANGE, MARKETPLACE, MARKETPLACE_PIECES, price
from tools.demo.timeline import FIRST_DAY, MARKETPLACE_START, iso
from tools.demo.world import World

# by rank from the first product that the marketplace listed itself
_UNREADABLE_PRICE = {5: "12,50 EUR", 11: "on request", 23: "9..90"}
_REPEATED = 100  # ranks from one repeated row to the next


class Marketplace:
    """What the platform exports, and what it is worth.

    Args:
        exports: the days on which an export was written, in order; the last is today. A product's
            price is known from these days only, its first one also holds for all time before.
    """

    def __init__(self, world: World, exports: list[int]) -> None:
        self.world, self.exports, self.today = world, exports, exports[-1]
        self.vanished = vanishing(world, self.today)
        first = world.products.offered(MARKETPLACE, MARKETPLACE_START)
        ranks = {first + place: cost for place, cost in _UNREADABLE_PRICE.items()}
        # their rows are not among the repeated ones
        self._unreadable = {rank + _is_repeated(rank): cost for rank, cost in ranks.items()}
        self.bad_rows: list[dict[str, Any]] = []
        self.tally, self.at_current_price = Tally(), Tally()
        self.unpriced = self.currently_unpriced = 0
        self._price_on = lru_cache(maxsize=8192)(self._find_price)

    def write(self, folder: Path) -> dict[str, dict[str, Any]]:
        """Write the three files; return the row counts of each table."""
        return {
            "marketplace.users": self._write_users(folder / "users.csv"),
            "marketplace.products": self._write_products(folder / "products.csv"),
            "marketplace.transactions": self._write_transactions(folder / "transactions.csv"),
        }

    def _bad(self, file: str, line: int, key: int, reason: str) -> None:
        table = f"marketplace.{file.removesuffix('.csv')}"
        row = {"table": table, "file": file, "line": line, "key": key, "reason": reason}
        self.bad_rows.append(row)

    def _write_users(self, path: Path) -> dict[str, Any]:
        people, members = self.world.people, self.world.people.members(MEMBERS, self.today)
        with whole_file(path, self.today) as file:
            rows = csv.writer(file, lineterminator="\r\n")
            rows.writerow(
                [
                    "user_id",
                    "username",
                    "country",
                    "join_date",
                    "email",
                    "user_rating",
                    "items_sold",
                    "items_bought",
                    "referral_code",
                ]
            )
            for rank in range(members):
                person = people.get(MEMBERS.nth(rank))
                draw, age = person.draw, self.today - person.joined
                name = f"{person.first_name[:4].lower()}_{draw[7] % 1000}{rank}"
                row = [
                    rank + 1,
                    name,
                    person.country[1][draw[8] & 3],
                    iso(person.joined),
                    written_email(person, "marketplace"),
                    f"{3 + draw[9] % 21 / 10:.1f}",
                    age // (30 + draw[10] % 400),
                    age // (20 + draw[11] % 300),
                    f"R{draw[12] % 10_000:04d}",
                ]
                if rank == 25:
                    row.append("?")
                    self._bad("users.csv", rank + 2, rank + 1, "more fields than columns")
                rows.writerow(row)
        bad = int(members > 25)
        return row_counts(members - bad, {"more fields than columns": bad})

    def _write_products(self, path: Path) -> dict[str, Any]:
        products, line, repeated, bad = self.world.products, 1, 0, 0
        offered = products.offered(MARKETPLACE, self.today)
        with whole_file(path, self.today) as file:
            file.write("\ufeff")
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["product_id ", " product_name", "category", " price "])
            for rank in range(offered):
                if rank in self.vanished:
                    continue
                number, line = MARKETPLACE.nth(rank), line + 1
                look = products.look(number)
                cost = self._unreadable.get(rank)
                if cost:
                    bad += 1
                    self._bad("products.csv", line, rank + 1, "price is not a number")
                row = [
                    rank + 1,
                    look.title,
                    look.category.upper(),
                    cost or money(price(products.offer(number), self.today)),
                ]
                rows.writerow(row)
                if _is_repeated(rank):
                    rows.writerow(row)
                    repeated, line = repeated + 1, line + 1
            file.write("\n\n\n")
        present = line - 1 - repeated
        return row_counts(present - bad, {"price is not a number": bad}, repeated, blank_lines=3)

    def _write_transactions(self, path: Path) -> dict[str, Any]:
        counts, good = {"no such date": 0, "fewer fields than columns": 0}, 0
        with whole_file(path, self.today) as file:
            file.write("transaction_id,sale_id,user_id,product_id,quantity,sale_date\n")
            for day in range(MARKETPLACE_START, self.today):
                date = iso(day)
                for basket in self.world.marketplace.on(day):
                    number, rows = first_line(basket.index), []
                    for sale, (rank, product, quantity, _, _) in enumerate(basket.lines, number):
                        row = f"{basket.index + 1},{sale},{basket.member + 1},{rank + 1},{quantity}"
                        if sale % 20_000 == 200:
                            reason, row = "no such date", f"{row},{date[:4]}-02-30\n"
                        elif sale % 20_000 == 400:
                            reason, row = "fewer fields than columns", f"{row}\n"
                        else:
                            good, row = good + 1, f"{row},{date}\n"
                            self._count(rank, product, quantity, day)
                            rows.append(row)
                            continue
                        counts[reason] += 1
                        self._bad("transactions.csv", sale + 1, sale, reason)
                        rows.append(row)
                    file.write("".join(rows))
        return row_counts(good, counts)

    def _count(self, rank: int, product: int, quantity: int, day: int) -> None:
        self.tally.lines += 1
        self.tally.quantity += quantity
        if rank in self._unreadable:
            self.unpriced += 1
            self.currently_unpriced += 1
            return
        self.tally.gross += quantity * self._price_on(product, max(day, FIRST_DAY - 1))
        if rank in self.vanished:
            self.currently_unpriced += 1
        else:
            self.at_current_price.gross += quantity * self._price_on(product, self.today)

    def _find_price(self, product: int, day: int) -> int:
        """Return the price in the export that was valid on a day."""
        offer = self.world.products.offer(product)
        valid = max((export for export in self.exports if export <= day), default=0)
        if valid <= offer.listed:
            valid = next(export for export in self.exports if export > offer.listed)
        return price(offer, valid)

    def versions(self) -> Iterator[dict[str, Any]]:
        """Give each product whose price changed from one export to a later one."""
        products = self.world.products
        start = products.offered(MARKETPLACE, FIRST_DAY - DAYS_OF_CHANGE)
        for rank in range(start, products.offered(MARKETPLACE, self.today)):
            if rank in self._unreadable:
                continue
            offer = products.offer(MARKETPLACE.nth(rank))
            gone = self.vanished.get(rank, self.today + 1)
            seen = [day for day in self.exports if offer.listed < day <= gone]
            found = price_versions([(day, price(offer, day)) for day in seen])
            if len(found) > 1:
                yield {"product_id": rank + 1, "versions": found}

    def sums(self) -> dict[str, Any]:
        """Return the truth about the channel's money."""
        return {
            "lines_without_price": self.unpriced,
            "gross_at_current_price": money(self.at_current_price.gross),
            "lines_without_current_price": self.currently_unpriced,
        }


def _is_repeated(rank: int) -> bool:
    """Return whether the row of a product is in the export twice."""
    return rank % _REPEATED == 7


def price_versions(prices: list[tuple[int, int]]) -> list[dict[str, str]]:
    """Keep of (day, price in millionths) the first and each that differs from the one before."""
    found: list[tuple[int, int]] = []
    for day, cost in prices:
        if not found or found[-1][1] != cost:
            found.append((day, cost))
    return [{"from": iso(day), "price": money(cost)} for day, cost in found]


def vanishing(world: World, today: int) -> dict[int, int]:
    """Return the products (by rank) that were taken away before a day, and on which day.

    One goes every second day from FIRST_DAY on, a piece that is sold no more and keeps its price.
    """
    draw, gone = world.dice.purpose("vanish"), dict[int, int]()
    first, end = (
        world.products.offered(MARKETPLACE_PIECES, day)
        for day in (MARKETPLACE_START, FIRST_DAY - DAYS_OF_CHANGE)
    )
    first += max(_UNREADABLE_PRICE)
    for day in range(FIRST_DAY + 1, today, 2):
        number = MARKETPLACE_PIECES.nth(first + draw(day)[0] % (end - first))
        gone.setdefault(MARKETPLACE.count(number), day)
    return gone
