"""Products as their sources told of them over time, for raw tables hold the present state only."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from decimal import Decimal

from recomputed.raw import Raw
from recomputed.texts import MARKETPLACE_CURRENCY, category, cleaned, currency

BEGINNING = datetime(1, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Version:
    """What was said of a product from a moment on."""

    title: str | None
    category: str | None
    price: Decimal | None
    currency_code: str
    is_deleted: bool = False
    # when the source was first seen to say so, and when it says that it did
    seen_at: datetime = BEGINNING
    updated_at: datetime | None = None
    valid_from: datetime = BEGINNING

    def says(self) -> tuple[object, ...]:
        return self.title, self.category, self.price, self.currency_code, self.is_deleted


class Products:
    """Versions of all products, by product_id; grows by `look`."""

    def __init__(self) -> None:
        self.versions: dict[str, list[Version]] = {}
        # when a source was first seen to offer what it did not offer when it was read first
        self.appeared_at: dict[str, datetime] = {}
        self._sources: set[str] = set()
        self._read_at = BEGINNING

    def look(self, raw: Raw) -> None:
        """Take in what the raw tables say now."""
        read_at = raw.said_at("marketplace", "products") or BEGINNING
        if read_at >= self._read_at:  # an older export changes nothing
            self._read_at = read_at
            offered = {
                f"marketplace:{row.product_id}": Version(
                    cleaned(row.product_name), category(row.category), row.price,
                    MARKETPLACE_CURRENCY, False, row._extracted_at,
                )
                for row in raw.marketplace_products
            }  # fmt: skip
            self._take("marketplace", offered, read_at)
        shelf = {
            f"shop:{row.sku}": Version(
                cleaned(row.title), category(row.category), row.unit_price,
                currency(row.currency_code), False, row._extracted_at, row.updated_at,
            )
            for row in raw.shelf
        }  # fmt: skip
        self._take("shop", shelf, raw.said_at("shop", "inventory_levels") or BEGINNING)
        # of goods that were never on the shelf the catalog alone tells
        self.catalog = {
            product: Version(
                cleaned(row.title), category(row.category), row.price, currency(row.currency_code),
                row.status in ("sold", "withdrawn"),
            )
            for row in raw.catalog
            if (product := f"shop:{row.sku}") not in self.versions
        }  # fmt: skip

    def _take(self, source: str, offered: dict[str, Version], read_at: datetime) -> None:
        for product, version in offered.items():
            known = self.versions.setdefault(product, [])
            if not known:
                known.append(version)
                if source in self._sources:
                    self.appeared_at[product] = version.seen_at
            elif version.says() != known[-1].says():
                self._add(known, version)
        self._sources.add(source)
        for product, known in self.versions.items():
            gone = product.startswith(source) and product not in offered
            if gone and not known[-1].is_deleted:
                self._add(known, replace(known[-1], is_deleted=True, seen_at=read_at))

    def _add(self, known: list[Version], version: Version) -> None:
        """Add a version; it begins when the source says, if that is between both statements."""
        said = version.updated_at
        is_believed = said is not None and known[-1].seen_at < said < version.seen_at
        known.append(replace(version, valid_from=said if is_believed else version.seen_at))

    def at(self, product_id: str, moment: datetime) -> Version | None:
        """Return what was said of a product at a moment."""
        if known := self.versions.get(product_id):
            return known[bisect_right(known, moment, key=lambda version: version.valid_from) - 1]
        return self.catalog.get(product_id)

    def now(self, product_id: str) -> Version | None:
        """Return what is said of a product today."""
        known = self.versions.get(product_id)
        return known[-1] if known else self.catalog.get(product_id)

    def all_now(self) -> Iterator[tuple[str, Version]]:
        """Give what is said of each product today."""
        yield from ((product, known[-1]) for product, known in self.versions.items())
        yield from self.catalog.items()
