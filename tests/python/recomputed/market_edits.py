"""What happens to the marketplace's exports in the wild."""

import os
import re
from datetime import date, datetime, timedelta, timezone

from world import World

OFFERED = """
select split_part(product_id, ':', 2)
from marts.fct_listing_lifecycle inner join marts.fct_piece_lifecycle using (canonical_product_id)
where product_id like 'marketplace:%%'
order by fct_listing_lifecycle.is_sold, fct_piece_lifecycle.listed_date desc nulls last, product_id
limit 1
"""


class Marketplace:
    """The marketplace's exports, of which a product goes and comes back, and one gets cheaper.

    Args:
        world: whose folder has them.
    """

    def __init__(self, world: World) -> None:
        self._world, self._folder = world, world.folder / "demo" / "marketplace"

    def cut_prices(self) -> None:
        """Cut the price of the first product, and of one on offer since a day that is known."""
        header, first, *others = self._lines("products")
        [(offered,)] = self._world.rows(OFFERED)
        others = [self._priced(line, "0.98") if line.startswith(f"{offered},") else line
                  for line in others]  # fmt: skip
        self._write("products", [header, self._priced(first, "0.99"), *others])

    def lose_product(self) -> None:
        """Leave out the product that was sold last, in an export of this day."""
        header, first, *others = self._lines("products")
        listed = {line.partition(",")[0] for line in others}
        sold = [line.split(",")[2:4] for line in self._lines("transactions")]
        self._user, self._lost = next(pair for pair in reversed(sold) if pair[1] in listed)
        kept = [line for line in others if not line.startswith(f"{self._lost},")]
        self._write("products", [header, first, *kept])
        self._day = self._written("products")

    def bring_back(self) -> None:
        """Offer it again at another price, sold on the day on which it was away."""
        lines = self._lines("products")
        self._write("products", [
            self._priced(line, "77.125") if line.startswith(f"{self._lost},") else line
            for line in lines
        ])  # fmt: skip
        sold = f"999901,999901,{self._user},{self._lost},1,{self._day + timedelta(days=1)}"
        self._write("transactions", [*self._lines("transactions"), sold])

    def _priced(self, line: str, price: str) -> str:
        return f"{line.rpartition(',')[0]},{price}"

    def _written(self, name: str) -> date:
        stamp = (self._folder / f"{name}.csv").stat().st_mtime
        return datetime.fromtimestamp(stamp, timezone.utc).date()

    def _lines(self, name: str) -> list[str]:
        text = (self._folder / f"{name}.csv").read_text(encoding="utf-8")
        return [line for line in text.split("\n") if re.match(r"\d", line) or "_id" in line]

    def _write(self, name: str, lines: list[str]) -> None:
        """Write an export an hour after the one that is there."""
        path = self._folder / f"{name}.csv"
        later = path.stat().st_mtime + 3600
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        os.utime(path, (later, later))
