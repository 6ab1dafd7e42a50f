"""Listings and pieces, as the lifecycles describe them.

Brand and size are those of dim_products, as is said in `Described`; which goods are the same
follows here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from recomputed import goods
from recomputed.company import Company
from recomputed.lines import Line
from recomputed.products import BEGINNING, Version
from recomputed.sums import NO_CATEGORY, Rows, grouped, last_complete_days
from recomputed.texts import by, cleaned, day, words

COUNTS_HOLD = timedelta(weeks=4)
AFTER_DROP = timedelta(days=14)
BANDS = ((Fraction(1, 20), "below 5 %"), (Fraction(1, 10), "5 to 10 %"),
         (Fraction(1, 5), "10 to 20 %"), (Fraction(10), "20 % and more"))  # fmt: skip
WINDOWS = (7, 30, 90)


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


@dataclass(frozen=True)
class Piece:
    """A row of fct_piece_lifecycle, and the days on which the piece was sold."""

    row: dict[str, Any]
    sold_dates: frozenset[date]

    @property
    def category(self) -> str:
        return self.row["category"] or NO_CATEGORY

    def is_watched(self, on: date) -> bool:
        """Say whether it is on offer on a day, and the 14 days from it on are over."""
        row = self.row
        is_sold = not row["is_stock_article"] and row["is_sold"] and row["first_sold_date"] < on
        is_gone = row["delisted_date"] is not None and row["delisted_date"] <= on
        return not is_sold and not is_gone and on + AFTER_DROP <= row["last_known_date"]

    def is_sold_from(self, on: date) -> bool:
        """Say whether it is sold in the 14 days from a day on."""
        return any(on <= sold < on + AFTER_DROP for sold in self.sold_dates)


def is_kept(line: Line) -> bool:
    """Say whether a line is a sale: neither cancelled nor wholly brought back."""
    return not line.is_cancelled and line.returned_quantity < line.quantity


@lru_cache(maxsize=1)
def listings(company: Company) -> dict[str, Listing]:
    """Return the listings by product_id."""
    told, ends = goods.in_catalog(company), last_complete_days(company)
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
            sales=tuple(
                line for line in sold.get(product, ()) if line.order_date >= listed_date
            ),
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


def listing_lifecycle(company: Company) -> Rows:
    drops_of = grouped(goods.price_drops(company), lambda drop: drop["product_id"])
    stands_for = canonical(company)
    for product, listing in listings(company).items():
        sales, drops = listing.sales, drops_of.get(product, [])
        first_at = min((line.ordered_at for line in sales), default=None)
        last_at = max((line.ordered_at for line in sales), default=None)
        is_followed = any(drop["is_sold_after"] for drop in drops)
        is_known = drops and all(drop["is_observed"] for drop in drops)
        is_same_currency = listing.first.currency_code == listing.now.currency_code
        yield {
            "product_id": product,
            "canonical_product_id": stands_for[product],
            "seller_id": listing.seller,
            "category": listing.now.category,
            "currency_code": listing.now.currency_code,
            "sale_count": len(sales),
            "sold_quantity": listing.sold_quantity,
            "days_to_sell": days_between(listing.listed_date, listing.first_sold_date),
            "observed_days": observed_days(
                listing.listed_date, listing.first_sold_date, listing.delisted_date,
                listing.last_known_date,
            ),
            "listing_price": listing.first.price if is_same_currency else None,
            # of several that are first, any
            "sale_price": frozenset(
                None if line.is_price_missing else line.unit_price
                for line in sales if line.ordered_at == first_at
            ) or None,
            "price_drop_count": len(drops),
            "largest_drop_amount": max((drop["drop_amount"] for drop in drops), default=0),
            "is_sold": bool(sales),
            "is_censored": not sales,
            "is_sold_within_14_days_after_drop": is_followed if is_followed or is_known else None,
            "listed_date": listing.listed_date,
            "first_dropped_date": min((drop["dropped_date"] for drop in drops), default=None),
            "first_sold_date": listing.first_sold_date,
            "last_sold_date": max((line.order_date for line in sales), default=None),
            "last_known_date": listing.last_known_date,
            "listed_at": listing.listed_at,
            "first_sold_at": first_at,
            "last_sold_at": last_at,
            "delisted_at": listing.delisted_at,
        }  # fmt: skip


def days_between(first: date | None, last: date | None) -> int | None:
    return (last - first).days if first and last else None


def observed_days(
    listed: date | None, sold: date | None, delisted: date | None, known_to: date
) -> int | None:
    """Return for how long it was on offer, as far as known."""
    end = sold or min(delisted or known_to, known_to)
    return max((end - listed).days, 0) if listed else None


def stock(company: Company) -> dict[str, list[int]]:
    """Return by product_id the pieces on the shelf and at each place that counted lately."""
    counts = list(goods.stock_counts(company))
    counted = [row for row in counts if row["source_system"] == "logistics"]
    last = max((row["counted_date"] for row in counted), default=None)
    held: dict[str, list[int]] = {}
    for row in counts:
        if row["source_system"] == "shop":
            held.setdefault(row["product_id"], []).append(row["quantity"])
    for (product, _), rows in grouped(
        counted, lambda row: (row["product_id"], row["location_code"])
    ).items():
        latest = max(rows, key=lambda row: row["counted_at"])
        if latest["counted_date"] > last - COUNTS_HOLD:
            held.setdefault(product, []).append(latest["quantity"])
    return held


@lru_cache(maxsize=1)
def pieces(company: Company) -> list[Piece]:
    stands_for, held = canonical(company), stock(company)
    drops = grouped(goods.price_drops(company), lambda drop: drop["canonical_product_id"])
    counted_more = {
        row["product_id"] for row in goods.stock_counts(company) if row["quantity"] > 1
    }
    all_listings = listings(company)
    found = []
    for name, same in grouped(
        all_listings.values(), lambda listing: stands_for[listing.product_id]
    ).items():
        listed = first_listed_date(same)
        sold = earliest(listing.first_sold_date for listing in same)
        gone = [listing.delisted_date for listing in same]
        delisted = None if None in gone else max(filter(None, gone))
        known_to = min(listing.last_known_date for listing in same)
        sold_quantity = sum(listing.sold_quantity for listing in same)
        in_stock = [quantity for listing in same for quantity in held.get(listing.product_id, ())]
        is_article = any(listing.product_id in counted_more for listing in same)
        row = {
            "canonical_product_id": name,
            "category": all_listings[name].now.category,
            "brand": all_listings[name].brand,
            "listing_count": len(same),
            "sold_quantity": sold_quantity,
            "stock_quantity": sum(in_stock) if in_stock else None,
            "received_quantity": sold_quantity + sum(in_stock) if is_article and in_stock else None,
            "days_to_sell": days_between(listed, sold),
            "observed_days": observed_days(listed, sold, delisted, known_to),
            "is_sold": sold is not None,
            "is_stock_article": is_article,
            "is_counted": not is_article and listed is not None,
            "listed_date": listed,
            "first_sold_date": sold,
            "first_dropped_date": earliest(drop["dropped_date"] for drop in drops.get(name, ())),
            "delisted_date": delisted,
            "last_known_date": known_to,
        }
        piece = Piece(row, frozenset(line.order_date for one in same for line in one.sales))
        for window in WINDOWS:
            row[f"is_sold_within_{window}_days"] = is_sold_within(row, window)
        found.append(piece)
    return found


def first_listed_date(same: list[Listing]) -> date | None:
    """Return the first day of listing; nothing if that of any is not known."""
    days = [listing.listed_date for listing in same]
    return None if None in days else min(filter(None, days))


def earliest(days: Iterable[date | None]) -> date | None:
    return min(filter(None, days), default=None)


def is_sold_within(piece: dict[str, Any], window: int) -> bool | None:
    """Say whether a piece was sold within so many days; nothing if nobody knows yet."""
    if piece["listed_date"] is None:
        return None
    end = piece["listed_date"] + timedelta(days=window)
    if end > piece["last_known_date"]:
        return None
    if piece["is_sold"]:
        return piece["days_to_sell"] <= window
    is_gone_before = piece["delisted_date"] is not None and piece["delisted_date"] < end
    return None if is_gone_before else False


def piece_lifecycle(company: Company) -> Rows:
    yield from (piece.row for piece in pieces(company))


def price_drop_effect(company: Company) -> Rows:
    known = [piece for piece in pieces(company) if piece.row["listed_date"]]
    by_name = {piece.row["canonical_product_id"]: piece for piece in known}
    by_category = grouped(known, lambda piece: piece.category)
    # one drop a piece and day, the largest
    shares: dict[tuple[str, date], Fraction] = {}
    for drop in goods.price_drops(company):
        of = drop["canonical_product_id"], drop["dropped_date"]
        share = Fraction(drop["drop_amount"]) / Fraction(drop["price_before"])
        shares[of] = max(share, shares.get(of, share))
    drops = []
    for (name, on), share in shares.items():
        piece = by_name.get(name)
        if piece is None or on < piece.row["listed_date"] or not piece.is_watched(on):
            continue
        age = on - piece.row["listed_date"]
        control = []
        for other in by_category[piece.category]:
            then, dropped = other.row["listed_date"] + age, other.row["first_dropped_date"]
            if other.is_watched(then) and (dropped is None or dropped > then):
                control.append(other.is_sold_from(then))
        drops.append((piece, share, piece.is_sold_from(on), by(sum(control), len(control))))
    for (category, band), held in grouped(
        drops,
        lambda drop: (drop[0].category, next(name for limit, name in BANDS if drop[1] < limit)),
    ).items():
        compared = [(sold, control) for _, _, sold, control in held if control is not None]
        followed = sum(sold for _, _, sold, _ in held)
        yield {
            "category": category,
            "drop_band": band,
            "drop_count": len(held),
            "sold_after_count": followed,
            "compared_count": len(compared),
            "average_drop_share": by(sum(share for _, share, _, _ in held), len(held)),
            "sold_after_share": by(followed, len(held)),
            "undropped_sold_share": by(sum(control for _, control in compared), len(compared)),
            "sold_share_difference": by(
                sum(sold - control for sold, control in compared), len(compared)
            ),
        }
