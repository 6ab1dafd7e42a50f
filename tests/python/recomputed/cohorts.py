"""The figures of the marts about who comes back, when, and what promotions have to do with it."""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

from recomputed.company import Company, Order
from recomputed.customers import bought
from recomputed.sums import Rows, grouped, last_day_of_all, total
from recomputed.texts import by, day, month, months_later

# shares of cohorts of fewer say little
LEAST_IN_COHORT = 10
EVER = date(1, 1, 1), date(9999, 12, 31)


def last_day_of_month(first: date) -> date:
    return months_later(first, 1) - timedelta(days=1)


def period_start(period: str, of: date) -> date:
    """Return the first day of the month or the quarter of a day."""
    return month(of) if period == "month" else months_later(of, -((of.month - 1) % 3))


def cohort_retention(company: Company) -> Rows:
    yield from retention_by(company, "month", 1)
    yield from retention_by(company, "quarter", 3)


def retention_by(company: Company, period: str, length: int) -> Rows:
    """Give the rows of months or quarters, which are so many months long."""
    # a period is over if it is in every source that is still read
    end = last_day_of_all(company) + timedelta(days=1)
    last = months_later(period_start(period, end), -length)
    kept = [order for order in company.orders if not order.is_cancelled]
    orders_of = grouped(kept, lambda order: period_start(period, order.order_date))
    bought_in: dict[str, set[date]] = defaultdict(set)
    for first, orders in orders_of.items():
        for order in orders:
            if first <= last and order.person:
                bought_in[order.person].add(first)
    for cohort, persons in grouped(bought_in, lambda one: min(bought_in[one])).items():
        count, since, first = len(persons), 0, cohort
        while first <= last:
            active = sum(first in bought_in[person] for person in persons)
            rolling = sum(first <= max(bought_in[person]) for person in persons)
            orders = orders_of.get(first, [])
            yield {
                "period": period,
                "cohort_start_date": cohort,
                "periods_since": since,
                "period_start_date": first,
                "customer_count": count,
                "least_customer_count": LEAST_IN_COHORT,
                "active_count": active,
                "rolling_count": rolling,
                "active_share": by(active, count) if count >= LEAST_IN_COHORT else None,
                "rolling_share": by(rolling, count) if count >= LEAST_IN_COHORT else None,
                "known_order_share": by(
                    sum(order.person is not None for order in orders), len(orders)
                ),
            }
            since, first = since + 1, months_later(first, length)


def middles(values: list[int]) -> range | None:
    """Return all that may be called the median of some values; nothing if there are none."""
    held = sorted(values)
    return range(held[(len(held) - 1) // 2], held[len(held) // 2] + 1) if held else None


def repeat_purchases(company: Company) -> Rows:
    known_to = last_day_of_all(company)
    days_of = {person: sorted(order.order_date for order in orders)
               for person, orders in bought(company).items()}  # fmt: skip
    for cohort, persons in grouped(days_of, lambda person: month(days_of[person][0])).items():
        waited = [(days_of[person][1] - days_of[person][0]).days
                  for person in persons if len(days_of[person]) > 1]  # fmt: skip
        row = {"cohort_month": cohort, "customer_count": len(persons)}
        for window in (30, 90, 180, 365):
            is_over = last_day_of_month(cohort) + timedelta(days=window) <= known_to
            back = [days for days in waited if days <= window]
            share = by(len(back), len(persons)) if is_over else None
            row[f"repeat_{window}_days_share"] = share
        row["median_days_to_second_order"] = middles(back) if is_over else None
        yield row


def lifetime_value(company: Company) -> Rows:
    known_to = last_day_of_all(company)
    orders_of: dict[tuple[str, str], list[Order]] = defaultdict(list)
    for person, orders in bought(company).items():
        for order in orders:
            orders_of[person, order.first.currency_code].append(order)
    first_of = {name: min(order.order_date for order in orders)
                for name, orders in orders_of.items()}  # fmt: skip
    for (cohort, code), names in grouped(
        first_of, lambda name: (month(first_of[name]), name[1])
    ).items():

        def value(window: int | None, of: tuple[tuple[str, str], ...]) -> Fraction:
            return sum(
                (
                    total(order.lines, "net_merchandise_value")
                    for name in of
                    for order in orders_of[name]
                    if window is None or (order.order_date - first_of[name]).days <= window
                ),
                Fraction(0),
            )

        yield {
            "cohort_month": cohort,
            "currency_code": code,
            "customer_count": len(names),
            "net_merchandise_value": value(None, tuple(names)),
            **{
                f"value_per_customer_{window}_days": by(value(window, tuple(names)), len(names))
                if last_day_of_month(cohort) + timedelta(days=window) <= known_to
                else None
                for window in (90, 180, 365)
            },
        }


def promotion_uplift(company: Company) -> Rows:
    first_of = {person: min(order.order_date for order in orders)
                for person, orders in bought(company).items()}  # fmt: skip
    sold = [order for order in company.orders
            if order.first.source_system == "shop" and not order.is_cancelled]  # fmt: skip
    known = {row.promotion_code: row for row in company.raw.promotions.values()}

    def new_share(orders: list[Order]) -> Fraction | None:
        named = [order for order in orders if order.person]
        return by(sum(order.order_date == first_of[order.person] for order in named), len(named))

    def average(orders: list[Order]) -> Fraction | None:
        return by(sum((total(order.lines, "net_amount") for order in orders), Fraction(0)),
                  len(orders))  # fmt: skip

    for promotion in known.values():
        begin = day(promotion.starts_at, None) if promotion.starts_at else EVER[0]
        # it ends with the first moment at which it no longer holds
        end = (
            day(promotion.ends_at - timedelta(microseconds=1), None)
            if promotion.ends_at
            else EVER[1]
        )
        of_days = [
            order for order in sold
            if begin <= order.order_date <= end
            or order.first.promotion_code == promotion.promotion_code
        ]  # fmt: skip
        for code, orders in grouped(of_days, lambda order: order.first.currency_code).items():
            redeemed = [order for order in orders
                        if order.first.promotion_code == promotion.promotion_code]  # fmt: skip
            full = [order for order in orders if order.first.promotion_code not in known]
            yield {
                "promotion_id": str(promotion.promotion_id),
                "promotion_code": promotion.promotion_code,
                "currency_code": code,
                "order_count": len(orders),
                "redeemed_order_count": len(redeemed),
                "full_price_order_count": len(full),
                "discount_amount": sum(
                    (total(order.lines, "discount_amount") for order in redeemed), Fraction(0)
                ),
                "redemption_share": by(len(redeemed), len(orders)),
                "redeemed_new_customer_share": new_share(redeemed),
                "redeemed_average_order_value": average(redeemed),
                "full_price_new_customer_share": new_share(full),
                "full_price_average_order_value": average(full),
                "discount_percent": promotion.discount_percent,
                "first_date": begin,
                "last_date": end,
            }
