"""What becomes of listings, and of pieces, which are all listings of what looks the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from recomputed.company import Company
from recomputed.goods import stock_counts
from recomputed.listings import Listing, canonical, days_between, listings, observed_days
from recomputed.prices import price_drops
from recomputed.sums import NO_CATEGORY, Rows, grouped

COUNTS_HOLD = timedelta(weeks=4)
AFTER_DROP = timedelta(days=14)
WINDOWS = (7, 30, 90)


def listing_lifecycle(company: Company) -> Rows:
    drops_of = grouped(price_drops(company), lambda drop: drop["product_id"])
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


def stock(company: Company) -> dict[str, list[int]]:
    """Return by product_id the pieces on the shelf and at each place that counted lately."""
    counts = list(stock_counts(company))
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
    drops = grouped(price_drops(company), lambda drop: drop["canonical_product_id"])
    counted_more = {row["product_id"] for row in stock_counts(company) if row["quantity"] > 1}
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
