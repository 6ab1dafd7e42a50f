"""The figures of the marts about goods: stock, sellers, and what second hand avoids."""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

from recomputed.company import Company
from recomputed.lines import Line
from recomputed.listings import in_catalog
from recomputed.sums import NO_CATEGORY, Rows, grouped, last_complete_days, last_day_of_all
from recomputed.texts import by, cleaned, day, month, months_later, seed, week

# a count holds until the next one of its place and unit, for so many weeks at most
WEEKS_HELD = 4
WEEK = timedelta(weeks=1)


def category_now(company: Company, product_id: str) -> str:
    now = company.products.now(product_id)
    return (now and now.category) or NO_CATEGORY


def category_at_sale(company: Company, line: Line) -> str:
    version = company.products.at(line.product_id, line.ordered_at)
    return (version and version.category) or NO_CATEGORY


def assumption(measure: str, category: str) -> dict[str, str]:
    """Return what is assumed for a category, or for all if it has no row of its own."""
    rows = {row["category"]: row for row in seed("sustainability_assumptions")
            if row["measure"] == measure}  # fmt: skip
    return rows.get(category) or rows["all"]


def sustainability(company: Company) -> Rows:
    displacement = assumption("displacement", "all")
    for (first, channel, category), lines in grouped(
        (line for line in company.lines if not line.is_cancelled),
        lambda line: (month(line.order_date), line.channel, category_at_sale(company, line)),
    ).items():
        kept = sum(line.quantity - line.returned_quantity for line in lines)
        for measure in ("emissions", "water"):
            effect = assumption(measure, category)
            yield {
                "month_start_date": first,
                "channel": channel,
                "category": category,
                "measure": measure,
                "unit": effect["unit"],
                "quantity": kept,
                **{
                    f"avoided_{name}": kept * Fraction(displacement[name]) * Fraction(effect[name])
                    for name in ("low", "central", "high")
                },
            }


def stock_counts(company: Company) -> Rows:
    reorder = {row.sku: row.reorder_point for row in company.raw.shelf}
    counts: dict[tuple, int] = {}
    # where two differ, what was sent last holds
    for row in sorted(company.raw.stock_counts, key=lambda row: row._load_id):
        key = "logistics", cleaned(row.location_code), cleaned(row.sku), row.counted_at
        if None not in (*key, row.quantity):
            counts[key] = row.quantity
    for unit in company.raw.shelf:
        if unit.updated_at is not None and unit.quantity_on_hand is not None:
            counts["shop", "SHOP", unit.sku, unit.updated_at] = unit.quantity_on_hand
    for (source, place, sku, at), quantity in counts.items():
        yield {
            "source_system": source,
            "location_code": place,
            "sku": sku,
            "counted_at": at,
            "product_id": f"shop:{sku}",
            "quantity": quantity,
            "reorder_point": reorder.get(sku),
            "counted_date": day(at, None),
        }


def weekly_stock_levels(company: Company) -> Rows:
    counts = grouped(
        (row for row in stock_counts(company) if row["source_system"] == "logistics"),
        lambda row: (row["product_id"], row["location_code"]),
    )
    # by category, week and product: what all places held, and when to order anew
    stock: dict[tuple[str, date], dict[str, list]] = defaultdict(dict)
    for (product, _), rows in counts.items():
        last_of_week = {
            week(row["counted_date"]): row
            for row in sorted(rows, key=lambda row: row["counted_at"])
        }
        for counted, row in last_of_week.items():
            for number in range(WEEKS_HELD):
                monday = counted + timedelta(weeks=number)
                if number and monday in last_of_week:
                    break
                level = stock[category_now(company, product), monday].setdefault(
                    product, [0, row["reorder_point"]]
                )
                level[0] += row["quantity"]
    for (category, monday), levels in stock.items():
        held = sum(quantity for quantity, _ in levels.values())
        reorder = sum(point or 0 for _, point in levels.values())
        yield {
            "category": category,
            "week_start_date": monday,
            "product_count": len(levels),
            "low_stock_product_count": sum(
                point is not None and quantity <= point for quantity, point in levels.values()
            ),
            "stock_quantity": held,
            "reorder_quantity": reorder,
            "is_low_stock": held <= reorder,
        }


def weekly_sales_inventory(company: Company) -> Rows:
    stock = {(row["category"], row["week_start_date"]): row
             for row in weekly_stock_levels(company)}  # fmt: skip
    ends = last_complete_days(company)
    known_to = min(ends["shop"], ends["stores"])
    sold: dict[tuple[str, date], int] = defaultdict(int)
    sold_so_far: dict[tuple[str, date], int] = defaultdict(int)
    for line in company.lines:
        if line.channel != "marketplace" and not line.is_cancelled:
            key = category_now(company, line.product_id), week(line.order_date)
            sold[key] += line.quantity
            if line.order_date.weekday() <= known_to.weekday():
                sold_so_far[key] += line.quantity
    first: dict[str, date] = {}
    for category, monday in (*sold, *stock):
        first[category] = min(monday, first.get(category, monday))
    last = max(monday for _, monday in sold)
    for category, begin in first.items():
        weeks = [begin + timedelta(weeks=n) for n in range((last - begin).days // 7 + 1)]
        for place, monday in enumerate(weeks):
            recent = [of for of in weeks[max(place - 3, 0) : place + 1]
                      if of + timedelta(days=6) <= known_to]  # fmt: skip
            average = by(Fraction(sum(sold.get((category, of), 0) for of in recent)), len(recent))
            is_complete = monday + timedelta(days=6) <= known_to
            counted = sold if is_complete else sold_so_far
            is_compared = place and monday <= known_to
            before = counted.get((category, monday - WEEK), 0) if is_compared else None
            now = counted.get((category, monday), 0)
            level = stock.get((category, monday), {})
            held = level.get("stock_quantity")
            yield {
                "category": category,
                "week_start_date": monday,
                "iso_year": monday.isocalendar()[0],
                "iso_week": monday.isocalendar()[1],
                "sold_quantity": sold.get((category, monday), 0),
                "previous_week_quantity": before,
                "change_to_previous_week": Fraction(now, before) - 1 if before else None,
                "is_complete": is_complete,
                "stock_quantity": held,
                "stocked_product_count": level.get("product_count"),
                "low_stock_product_count": level.get("low_stock_product_count"),
                "average_weekly_quantity": average,
                "weeks_of_supply": by(held, average) if held is not None and average else None,
                "is_low_stock": level.get("is_low_stock"),
            }


def seller_concentration(company: Company) -> Rows:
    told = in_catalog(company)
    end = month(last_day_of_all(company) + timedelta(days=1))
    begin = months_later(end, -12)
    for code, lines in grouped(
        (line for line in company.lines if begin <= line.order_date < end),
        lambda line: line.currency_code,
    ).items():
        values: dict[str | None, Fraction] = defaultdict(Fraction)
        gross: dict[bool, Fraction] = defaultdict(Fraction)
        for line in lines:
            row = told.get(line.product_id)
            seller = cleaned(row.seller_id) if row else None
            values[seller] += line.net_merchandise_value
            gross[seller is None] += Fraction(line.net_amount)
        unknown = values.pop(None, Fraction(0))
        sellers = sorted((value for value in values.values() if value > 0), reverse=True)
        yield {
            "currency_code": code,
            "first_date": begin,
            "last_date": end - timedelta(days=1),
            "seller_count": len(sellers),
            "known_seller_value": sum(values.values(), Fraction(0)),
            "unknown_seller_value": unknown,
            "unknown_seller_share": by(gross[True], gross[True] + gross[False]),
            "herfindahl_hirschman_index": sum(
                (100 * value / sum(sellers)) ** 2 for value in sellers
            )
            if sellers
            else None,
            "top_10_share": by(sum(sellers[:10]), sum(sellers)) if sellers else None,
        }
