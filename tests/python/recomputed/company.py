"""Lines, orders and people, as the definitions make them of the raw tables."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from recomputed.channels import all_lines
from recomputed.identity import people, records
from recomputed.lines import Line, Rejected
from recomputed.products import Products
from recomputed.raw import Raw


@dataclass(frozen=True)
class Order:
    """The lines of one order."""

    lines: tuple[Line, ...]
    person: str | None

    @property
    def first(self) -> Line:
        return min(self.lines, key=lambda line: line.ordered_at)

    @property
    def order_date(self) -> date:
        return self.first.order_date

    @property
    def is_cancelled(self) -> bool:
        return all(line.is_cancelled for line in self.lines)

    @property
    def is_returned_whole(self) -> bool:
        return all(line.returned_quantity == line.quantity for line in self.lines)

    @property
    def is_converted(self) -> bool:
        """Say whether there is a rate for its currency."""
        return any(line.reporting_net_amount is not None for line in self.lines)


class Company:
    """Lines, orders and people, as the definitions make them of the raw tables."""

    def __init__(self, raw: Raw, products: Products) -> None:
        self.raw, self.products = raw, products
        self.lines: list[Line]
        self.rejected_lines: list[Line]
        self.rejected: Rejected
        self.lines, self.rejected_lines, self.rejected = all_lines(
            raw,
            lambda product, at: (
                version.price if (version := products.at(f"marketplace:{product}", at)) else None
            ),
        )
        self.records = records(raw)
        self.people = people(raw)
        by_order: dict[tuple[str, str], list[Line]] = defaultdict(list)
        for line in self.lines:
            by_order[line.order].append(line)
        self.orders = [Order(tuple(lines), self.person(lines[0])) for lines in by_order.values()]
        self.last_day = max(line.order_date for line in self.lines)

    def person(self, line: Line) -> str | None:
        """Return who bought a line; nothing if nobody knows."""
        return self.people.get(line.customer_record_id or "")
