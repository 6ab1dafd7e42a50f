"""The figures of the marts about how listings and pieces sell, and what waits to be sold."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from recomputed.cohorts import middles
from recomputed.company import Company
from recomputed.lifecycles import WINDOWS, pieces
from recomputed.listings import Listing, canonical, days_between, listings
from recomputed.prices import price_drops
from recomputed.sums import NO_CATEGORY, Rows, grouped, last_day_of_all
from recomputed.texts import by, month, months_before

BANDS = ((Fraction(1, 20), "below 5 %"), (Fraction(1, 10), "5 to 10 %"),
         (Fraction(1, 5), "10 to 20 %"), (Fraction(10), "20 % and more"))  # fmt: skip
AGES = ((30, "0 to 30 days"), (60, "31 to 60 days"), (90, "61 to 90 days"),
        (180, "91 to 180 days"), (10**6, "over 180 days"))  # fmt: skip
LONG = 366
NO_BRAND = "No brand"
NEW = timedelta(days=90)


def price_drop_effect(company: Company) -> Rows:
    known = [piece for piece in pieces(company) if piece.row["listed_date"]]
    by_name = {piece.row["canonical_product_id"]: piece for piece in known}
    by_category = grouped(known, lambda piece: piece.category)
    # one drop a piece and day, the largest
    shares: dict[tuple[str, date], Fraction] = {}
    for drop in price_drops(company):
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


def days_to_sell(company: Company) -> Rows:
    counted = [piece for piece in pieces(company) if piece.row["is_counted"]]
    for (first, category, days), held in grouped(
        counted,
        lambda piece: (
            month(piece.row["listed_date"]), piece.category, min(piece.row["observed_days"], LONG)
        ),
    ).items():  # fmt: skip
        sold = sum(piece.row["is_sold"] for piece in held) if days < LONG else 0
        yield {
            "month_start_date": first,
            "category": category,
            "observed_days": days,
            "sold_count": sold,
            "unsold_count": len(held) - sold,
        }


def kaplan_meier_median(rows: list[dict[str, Any]]) -> int | None:
    """Return the first number of days by which at most half of the pieces are left."""
    left = Fraction(1)
    sold = Counter(row["observed_days"] for row in rows if row["is_sold"])
    for days in sorted(sold):
        left *= 1 - Fraction(sold[days], sum(row["observed_days"] >= days for row in rows))
        if left <= Fraction(1, 2):
            return days
    return None


def sell_through(company: Company) -> Rows:
    def place(piece: Any, on: date) -> tuple[date, str, str]:
        return month(on), piece.category, piece.row["brand"] or NO_BRAND

    listed: dict[tuple, list[dict[str, Any]]] = {}
    articles: dict[tuple, list[dict[str, Any]]] = {}
    sold: Counter[tuple] = Counter()
    for piece in pieces(company):
        row = piece.row
        if row["is_counted"]:
            listed.setdefault(place(piece, row["listed_date"]), []).append(row)
            if row["is_sold"]:
                sold[place(piece, row["first_sold_date"])] += 1
        elif row["listed_date"] and row["received_quantity"] is not None:
            articles.setdefault(place(piece, row["listed_date"]), []).append(row)
    for key in {*listed, *articles, *sold}:
        rows, stocked = listed.get(key, []), articles.get(key, [])
        received = sum(row["received_quantity"] for row in stocked)
        stock_sold = sum(row["sold_quantity"] for row in stocked)
        result = {
            **dict(zip(("month_start_date", "category", "brand"), key, strict=True)),
            "listed_count": len(rows),
            "sold_count": sold[key],
            "stock_sold_quantity": stock_sold,
            "stock_received_quantity": received,
            "median_days_to_sell": kaplan_meier_median(rows),
            "liquidity": by(sold[key], len(rows)),
            "stock_sell_through": by(stock_sold, received),
        }
        for window in WINDOWS:
            told = [row[f"is_sold_within_{window}_days"] for row in rows]
            known = [value for value in told if value is not None]
            result[f"known_within_{window}_days_count"] = len(known)
            result[f"sold_within_{window}_days_share"] = by(sum(known), len(known))
        yield result


def seller_quality(company: Company) -> Rows:
    known_to = last_day_of_all(company)
    year_before = months_before(known_to, 12)
    lines_of = grouped(
        (
            line for line in company.lines
            if not line.is_cancelled and year_before < line.order_date <= known_to
        ),
        lambda line: line.product_id,
    )  # fmt: skip
    known = [listing for listing in listings(company).values() if listing.seller]
    for seller, held in grouped(known, lambda listing: listing.seller).items():
        lines = [line for listing in held for line in lines_of.get(listing.product_id, ())]
        quantity = sum(line.quantity for line in lines)
        returned = sum(line.returned_quantity for line in lines)
        sold = [listing for listing in held if listing.sales]
        waited = [days_between(one.listed_date, one.first_sold_date) for one in sold]
        listed = [one.listed_date for one in held if one.listed_date]
        sold_days = [line.order_date for one in sold for line in one.sales]
        yield {
            "seller_id": seller,
            "listing_count": len(held),
            "sold_listing_count": len(sold),
            "sold_quantity": quantity,
            "returned_quantity": returned,
            "median_days_to_sell": middles([days for days in waited if days is not None]),
            "sold_share": by(len(sold), len(held)),
            "returned_share": by(returned, quantity),
            "is_new": bool(listed) and min(listed) > known_to - NEW,
            "is_active": max([*listed, *sold_days], default=date.min) > year_before,
            "first_listed_date": min(listed, default=None),
            "last_listed_date": max(listed, default=None),
            "last_sold_date": max(sold_days, default=None),
        }


def inventory_ageing(company: Company) -> Rows:
    stands_for = canonical(company)
    shelf = {f"shop:{row.sku}": row.quantity_on_hand for row in company.raw.shelf
             if row.quantity_on_hand is not None and row.updated_at is not None}  # fmt: skip
    offered = [listing for listing in listings(company).values() if listing.is_available]
    counted: list[tuple[Listing, int]] = []
    for same in grouped(offered, lambda listing: stands_for[listing.product_id]).values():
        on_shelf = [listing for listing in same if listing.product_id in shelf]
        # what is not on the shelf counts as one piece, however often listed
        first = min(same, key=lambda one: (one.listed_date or date.max, one.product_id))
        counted += [(one, shelf[one.product_id]) for one in on_shelf] or [(first, 1)]

    def age(listing: Listing) -> str:
        if listing.listed_date is None:
            return "unknown"
        days = (listing.last_known_date - listing.listed_date).days
        return next(name for limit, name in AGES if days <= limit)

    for (category, code, band), held in grouped(
        (pair for pair in counted if pair[1] > 0),
        lambda pair: (
            pair[0].now.category or NO_CATEGORY, pair[0].now.currency_code, age(pair[0])
        ),
    ).items():  # fmt: skip
        priced = [pair for pair in held if pair[0].now.price is not None]
        count = sum(number for _, number in held)
        yield {
            "category": category,
            "currency_code": code,
            "age_band": band,
            "listing_count": len(held),
            "piece_count": count,
            "unpriced_piece_count": count - sum(number for _, number in priced),
            "list_value": sum(
                (number * Fraction(listing.now.price) for listing, number in priced), Fraction(0)
            ),
        }
