"""The figures of the marts that look across sales: margin, countries, baskets, a forecast."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from itertools import permutations
from typing import Any

from recomputed import goods
from recomputed.company import Company
from recomputed.countries import country_of_order
from recomputed.lines import Line
from recomputed.sums import NO_CATEGORY, Rows, grouped, kind, last_day_of_all, money, total
from recomputed.texts import by, is_of, month, months_before, seed

LEAST_PAIR, PAIRS = 5, 200
WEEK = timedelta(weeks=1)
FORECAST_WEEKS, RECENT_WEEKS, WEEKS_OF_YEAR = 8, 4, 52


def rate(seed_name: str, column: str, of: date, category: str | None = None) -> Fraction | None:
    """Return the rate of a seed that holds on a day, for a category if the seed has any."""
    rows = [row for row in seed(seed_name) if is_of(row, of)]
    if category is not None:
        rows = [row for row in rows if row["category"] == category]
    return Fraction(rows[0][column]) if rows else None


def costs(category: str, line: Line) -> tuple[Fraction, Fraction] | None:
    """Return cost and value added tax of the pieces of a line that were kept, if they are known."""
    share = rate("cost_rates", "cost_rate", line.order_date, category)
    tax = rate("vat_rates", "vat_rate", line.order_date)
    if share is None or tax is None:
        return None
    kept = line.quantity - line.returned_quantity
    cost = kept * Fraction(line.unit_price) * share
    # contained in the margin; what is sold at a loss lowers no tax
    return cost, max(line.net_merchandise_value - cost, Fraction(0)) * tax / (1 + tax)


def contribution_margin(company: Company) -> Rows:
    for (first, channel, category, code), lines in grouped(
        (line for line in company.lines
         if line.channel != "marketplace" and not line.is_cancelled),
        lambda line: (
            month(line.order_date), line.channel, goods.category_at_sale(company, line),
            line.currency_code,
        ),
    ).items():  # fmt: skip
        net = total(lines, "net_merchandise_value")
        known = [(line, found) for line in lines if (found := costs(category, line))]
        uncosted = net - total((line for line, _ in known), "net_merchandise_value")
        cost = sum((found[0] for _, found in known), Fraction(0))
        tax = sum((found[1] for _, found in known), Fraction(0))
        yield {
            "month_start_date": first,
            "channel": channel,
            "category": category,
            "currency_code": code,
            "net_merchandise_value": net,
            "uncosted_value": uncosted,
            "cost_amount": cost,
            "vat_amount": tax,
            "contribution_margin": net - uncosted - cost - tax,
            "contribution_share": by(net - uncosted - cost - tax, net - uncosted - tax),
            "uncosted_share": by(uncosted, net),
        }


def sales_by_country(company: Company) -> Rows:
    country_code = country_of_order(company)
    for (first, code, (channel, currency_code)), orders in grouped(
        company.orders,
        lambda order: (month(order.order_date), country_code(order), kind(order.first)),
    ).items():
        sums = money(
            [line for order in orders for line in order.lines],
            ("net_amount", "net_merchandise_value"),
        )
        yield {
            "month_start_date": first,
            "country_code": code,
            "channel": channel,
            "currency_code": currency_code,
            "order_count": len(orders),
            "gross_merchandise_value": sums["net_amount"],
            "net_merchandise_value": sums["net_merchandise_value"],
        }


def baskets(company: Company) -> Rows:
    end = last_day_of_all(company)
    begin = months_before(end, 12)
    held: dict[tuple[str, str], set[str]] = {}
    for line in company.lines:
        category = goods.category_at_sale(company, line)
        is_counted = not line.is_cancelled and category != NO_CATEGORY
        if is_counted and begin < line.order_date <= end:
            held.setdefault(line.order, set()).add(category)
    alone = Counter(category for categories in held.values() for category in categories)
    pairs = Counter(pair for categories in held.values() for pair in permutations(categories, 2))
    frequent = {pair: count for pair, count in pairs.items() if count >= LEAST_PAIR}
    assert len(frequent) <= PAIRS, "which of them are the most frequent is to be told"
    for (one, other), count in frequent.items():
        yield {
            "category": one,
            "other_category": other,
            "order_count": len(held),
            "category_order_count": alone[one],
            "other_category_order_count": alone[other],
            "pair_order_count": count,
            "support_share": by(count, len(held)),
            "confidence": by(count, alone[one]),
            "lift": Fraction(count, alone[one]) / Fraction(alone[other], len(held)),
        }


class History:
    """Pieces of a category sold by week, as far as they are known."""

    def __init__(self, rows: list[dict[str, Any]], last: date) -> None:
        self.sold = {row["week_start_date"]: row["sold_quantity"] for row in rows
                     if row["week_start_date"] <= last}  # fmt: skip

    def mean(self, last: date) -> Fraction | None:
        """Return the mean of the four weeks up to one."""
        weeks = [last - number * WEEK for number in range(RECENT_WEEKS)]
        known = [self.sold[monday] for monday in weeks if monday in self.sold]
        return by(sum(known), len(known))

    def seasonal(self, monday: date, mean: Fraction | None) -> Fraction | None:
        """Return what was sold in the same week of the year before, the mean if nobody knows."""
        before = self.sold.get(monday - WEEKS_OF_YEAR * WEEK)
        return mean if before is None else Fraction(before)

    def error(self, last: date, forecast: Callable[[date], Fraction | None]) -> Fraction | None:
        """Return the weighted absolute percentage error over the last eight known weeks."""
        weeks = [last - number * WEEK for number in range(FORECAST_WEEKS)]
        told = [(forecast(monday), self.sold[monday]) for monday in weeks if monday in self.sold]
        if any(value is None for value, _ in told):
            return None
        return by(sum(abs((value or 0) - sold) for value, sold in told),
                  sum(sold for _, sold in told))  # fmt: skip


def sales_forecast(company: Company) -> Rows:
    known_to = last_day_of_all(company) - timedelta(days=6)
    last = known_to - timedelta(days=known_to.weekday())
    for category, rows in grouped(
        goods.weekly_sales_inventory(company), lambda row: row["category"]
    ).items():
        history = History(rows, last)
        if not history.sold:
            continue
        before, recent = history.mean(last - FORECAST_WEEKS * WEEK), history.mean(last)
        seasonal_error = history.error(
            last,
            lambda monday: history.seasonal(monday, before),  # noqa: B023
        )
        mean_error = history.error(last, lambda _: before)  # noqa: B023
        is_mean = None not in (mean_error, seasonal_error) and mean_error < seasonal_error
        for number in range(1, FORECAST_WEEKS + 1):
            monday = last + number * WEEK
            yield {
                "category": category,
                "week_start_date": monday,
                "forecast_method": "recent_mean" if is_mean else "seasonal_naive",
                "forecast_quantity": recent if is_mean else history.seasonal(monday, recent),
                "forecast_error": mean_error if is_mean else seasonal_error,
                "seasonal_naive_error": seasonal_error,
            }
