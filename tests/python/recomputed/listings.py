"""Listings and pieces, as the lifecycles describe them.

Brand and size are those of dim_products, as is said in `Described`; which goods are the same
follows here.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from recomputed.company import Company
from recomputed.lines import Line
from recomputed.products import BEGINNING, Version
from recomputed.raw import CatalogProduct
from recomputed.sums import grouped, last_complete_days
from recomputed.texts import cleaned, day, words


@dataclass(frozen=True)
class Listing:
    """A product as it is today, and how it sold."""

    product_id: str
    unit: str
    now: Version
    first: Version
    seller: str | None
    status: str | None
    brand: str | None
    size: str | None
    listed_at: datetime | None
    delisted_at: datetime | None
    last_known_date: date
    sales: tuple[Line, ...]

    @property
    def listed_date(self) -> date | None:
        return day(self.listed_at, None) if self.listed_at else None

    @property
    def delisted_date(self) -> date | None:
        return day(self.delisted_at, None) if self.delisted_at else None

    @property
    def first_sold_date(self) -> date | None:
        return min((line.order_date for line in self.sales), default=None)

    @property
    def sold_quantity(self) -> int:
        return sum(line.quantity - line.returned_quantity for line in self.sales)

    @property
    def is_available(self) -> bool:
        """Say whether it is on offer, as the search has it."""
        return self.status == "available" if self.status else not self.now.is_deleted


def is_kept(line: Line) -> bool:
    """Say whether a line is a sale: neither cancelled nor wholly brought back."""
    return not line.is_cancelled and line.returned_quantity < line.quantity


def in_catalog(company: Company) -> dict[str, CatalogProduct]:
    """Return what the catalog says of products, by product_id of shop and marketplace."""
    found = {f"shop:{row.sku}": row for row in company.raw.catalog}
    tied = {f"marketplace:{row.marketplace_product_id}": row for row in company.raw.catalog
            if row.marketplace_product_id is not None}  # fmt: skip
    return found | tied


@lru_cache(maxsize=1)
def listings(company: Company) -> dict[str, Listing]:
    """Return the listings by product_id."""
    told, ends = in_catalog(company), last_complete_days(company)
    sold = grouped(filter(is_kept, company.lines), lambda line: line.product_id)
    found = {}
    for product, now in company.products.all_now():
        row, described = told.get(product), company.raw.described[product]
        is_marketplace = product.startswith("marketplace")
        versions = company.products.versions.get(product)
        listed_at = (row and row.listed_at) or company.products.appeared_at.get(product)
        listed_date = day(listed_at, None) if listed_at else date.min
        delisted_at = None
        if now.is_deleted:
            delisted_at = now.valid_from if versions else row and row.updated_at
        found[product] = Listing(
            product_id=product,
            unit=f"shop:{row.sku}" if row else product,
            now=now,
            first=versions[0] if versions else now,
            seller=cleaned(row.seller_id) if row else None,
            status=row.status if row else None,
            brand=described.brand,
            size=described.size,
            listed_at=listed_at,
            delisted_at=delisted_at,
            last_known_date=ends["marketplace"]
            if is_marketplace
            else min(ends["shop"], ends["stores"]),
            sales=tuple(line for line in sold.get(product, ()) if line.order_date >= listed_date),
        )
    return found


@lru_cache(maxsize=1)
def canonical(company: Company) -> dict[str, str]:
    """Return by product_id the product that stands for all that look the same."""
    held = listings(company)
    units = [listing for listing in held.values() if listing.product_id.startswith("shop:")]
    stands_for = {}
    for same in grouped(
        units,
        lambda unit: (words(unit.now.title) or unit.product_id, unit.brand, unit.size),
    ).values():
        first = min(
            same,
            key=lambda unit: (unit.listed_at or BEGINNING, unit.product_id),
        )
        stands_for.update({unit.product_id: first.product_id for unit in same})
    return {product: stands_for.get(listing.unit, product) for product, listing in held.items()}


def days_between(first: date | None, last: date | None) -> int | None:
    return (last - first).days if first and last else None


def observed_days(
    listed: date | None, sold: date | None, delisted: date | None, known_to: date
) -> int | None:
    """Return for how long it was on offer, as far as known."""
    end = sold or min(delisted or known_to, known_to)
    return max((end - listed).days, 0) if listed else None
