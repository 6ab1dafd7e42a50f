"""The figures of the marts about prices: what is cheapest, and what got cheaper."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from recomputed.company import Company
from recomputed.listings import canonical, in_catalog, is_kept
from recomputed.products import Version
from recomputed.sums import NO_CATEGORY, Rows, grouped, last_complete_days
from recomputed.texts import day

AROUND_DROP = timedelta(days=14)


def price_extremes(company: Company) -> Rows:
    told = in_catalog(company)

    def is_on_offer(product: str, version: Version) -> bool:
        status = told[product].status if product in told else None
        return not version.is_deleted and status not in ("sold", "withdrawn")

    offered = [
        (product, version)
        for product, version in company.products.all_now()
        if version.price is not None and is_on_offer(product, version)
    ]
    for (category, code), held in grouped(
        offered, lambda item: (item[1].category or NO_CATEGORY, item[1].currency_code)
    ).items():
        cheapest = min(held, key=lambda item: (item[1].price, item[0]))
        dearest = min(held, key=lambda item: (-item[1].price, item[0]))
        yield {
            "category": category,
            "currency_code": code,
            "cheapest_product_id": cheapest[0],
            "cheapest_title": cheapest[1].title,
            "dearest_product_id": dearest[0],
            "dearest_title": dearest[1].title,
            "product_count": len(held),
            "cheapest_price": cheapest[1].price,
            "dearest_price": dearest[1].price,
        }


def price_drops(company: Company) -> Rows:
    ends = last_complete_days(company)
    sold = grouped(filter(is_kept, company.lines), lambda line: line.product_id)
    stands_for = canonical(company)
    for product, versions in company.products.versions.items():
        source = product.partition(":")[0]
        known_to = min(ends[source], ends["stores"]) if source == "shop" else ends[source]
        for before, after in pairwise(versions):
            prices: list[Decimal | None] = [before.price, after.price]
            if None in prices or after.currency_code != before.currency_code:
                continue
            at, lines = after.valid_from, sold.get(product, [])
            if before.price <= after.price:
                continue
            earlier = [line for line in lines if at - AROUND_DROP <= line.ordered_at < at]
            later = [line for line in lines if at <= line.ordered_at < at + AROUND_DROP]
            yield {
                "product_id": product,
                "canonical_product_id": stands_for[product],
                "dropped_at": at,
                "dropped_date": day(at, None),
                "category": company.products.now(product).category,
                "currency_code": after.currency_code,
                "quantity_before": sum(line.quantity for line in earlier),
                "quantity_after": sum(line.quantity for line in later),
                "price_before": before.price,
                "price": after.price,
                "drop_amount": before.price - after.price,
                "is_observed": day(at + AROUND_DROP, None) <= known_to,
                "is_sold_after": bool(later),
            }
