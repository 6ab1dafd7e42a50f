"""The figures of the marts about lines, orders, and what was sold when and where."""

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from recomputed.company import Company
from recomputed.lines import Line
from recomputed.sums import (
    REPORTED,
    Rows,
    grouped,
    kind,
    last_complete_days,
    money,
    ranked,
    reported,
    total,
)
from recomputed.texts import by, is_of, month, months_before, months_later, seed


def order_lines(company: Company) -> Rows:
    columns = (
        "source_system", "order_line_id", "channel", "store_id", "order_id", "product_id",
        "currency_code", "quantity", "unit_price", "discount_amount", "ordered_at",
        "sku", "promotion_code", "payment_method", "returned_quantity",
        "returned_at", "order_shipping_amount", "is_cancelled", "is_payment_recorded",
        "is_price_missing", "is_order_missing", "order_date", "is_returned", "gross_amount",
        "net_amount", "cancelled_amount", "returned_amount", "cancelled_date", "cancelled_at",
        *REPORTED,
    )  # fmt: skip
    for line in company.lines:
        yield {
            **{column: getattr(line, column) for column in columns},
            "person": company.person(line),
        }


def rejected_order_lines(company: Company) -> Rows:
    for (source, line_type, line), problem in company.rejected.items():
        yield {
            "source_system": source,
            "line_type": line_type,
            "order_line_id": line,
            "problem": problem,
        }


def orders(company: Company) -> Rows:
    for order in company.orders:
        first = order.first
        yield {
            "source_system": first.source_system,
            "order_id": first.order_id,
            "person": order.person,
            "order_date": order.order_date,
            "ordered_at": first.ordered_at,
            "line_count": len(order.lines),
            "quantity": sum(line.quantity for line in order.lines),
            "is_cancelled": order.is_cancelled,
            "has_returns": any(line.is_returned for line in order.lines),
            "is_payment_recorded": any(line.is_payment_recorded for line in order.lines),
            "has_missing_prices": any(line.is_price_missing for line in order.lines),
            "shipping_amount": first.order_shipping_amount,
            "currency_code": first.currency_code,
            "channel": first.channel,
            "store_id": first.store_id,
            "payment_method": first.payment_method,
            "is_returned_whole": order.is_returned_whole,
            "cancelled_date": max(
                filter(None, (line.cancelled_date for line in order.lines)), default=None
            ),
            **money(order.lines),
            **reported(order.lines),
        }


def daily_sales(company: Company) -> Rows:
    begun = grouped(company.orders, lambda order: (order.order_date, *kind(order.first)))
    for key, lines in grouped(
        company.lines, lambda line: (line.order_date, *kind(line))
    ).items():  # fmt: skip
        yield {
            **dict(zip(("order_date", "channel", "currency_code"), key, strict=True)),
            "order_count": len(begun.get(key, ())),
            "line_count": len(lines),
            "quantity": sum(line.quantity for line in lines),
            **money(lines),
            **reported(lines),
        }


def _values(lines: Iterable[Line]) -> tuple[Fraction, Fraction]:
    """Return gross and net merchandise value."""
    held = list(lines)
    return total(held, "net_amount"), total(held, "net_merchandise_value")


def source_horizons(company: Company) -> Rows:
    for source, end in last_complete_days(company).items():
        yield {
            "source_system": source,
            "is_closed": source == "history",
            "last_complete_date": end,
        }


def known_days(company: Company) -> dict[str, date]:
    """Return the last day of each channel of which all sales are known."""
    ends = last_complete_days(company)
    return {"marketplace": ends["marketplace"], "shop": ends["shop"], "store": ends["stores"]}


def monthly_summary(company: Company) -> Rows:
    known_to = known_days(company)
    by_month = grouped(company.lines, lambda line: (month(line.order_date), *kind(line)))
    begun = grouped(company.orders, lambda order: (month(order.order_date), *kind(order.first)))
    for (first, channel, code), lines in by_month.items():
        ours = begun.get((first, channel, code), [])
        is_complete = known_to[channel] >= months_later(first, 1) - timedelta(days=1)
        # of a month that is not over, so many days are compared
        days = 31 if is_complete else (known_to[channel] - first).days + 1
        gross, net = _values(lines)
        row = {
            "month_start_date": first,
            "channel": channel,
            "currency_code": code,
            "order_count": len(ours),
            "buyer_count": len({order.person for order in ours if order.person}),
            "quantity": sum(line.quantity for line in lines),
            "gross_merchandise_value": gross,
            "net_merchandise_value": net,
            "average_order_value": by(gross, len(ours)),
            "is_complete": is_complete,
        }
        compared = total((line for line in lines if line.order_date.day <= days),
                         "net_merchandise_value")  # fmt: skip
        for back, name, change in ((1, "previous_month", "change_to_previous_month"),
                                   (12, "last_year", "change_to_last_year")):  # fmt: skip
            others = by_month.get((months_later(first, -back), channel, code))
            then_gross, then_net = (
                _values(line for line in others if line.order_date.day <= days)
                if others and days > 0
                else (None, None)
            )
            row[f"{name}_gross_merchandise_value"] = then_gross
            row[f"{name}_net_merchandise_value"] = then_net
            row[change] = by(compared - then_net, then_net) if then_net else None
        yield row


def running_totals(company: Company) -> Rows:
    by_day = grouped(company.lines, lambda line: (line.order_date, *kind(line)))
    first = min(line.order_date for line in company.lines)
    known_to = known_days(company)
    for channel, code in {kind(line) for line in company.lines}:
        year = [Fraction(0), Fraction(0)]
        fiscal = [Fraction(0), Fraction(0)]
        ever = [Fraction(0), Fraction(0)]
        told: dict[date, dict[str, Fraction]] = {}
        for number in range((company.last_day - first).days + 1):
            of_day = first + timedelta(days=number)
            lines = by_day.get((of_day, channel, code), [])
            gross, net = _values(lines)
            if (of_day.month, of_day.day) == (1, 1):
                year = [Fraction(0), Fraction(0)]
            if (of_day.month, of_day.day) == (4, 1):
                fiscal = [Fraction(0), Fraction(0)]
            year = [year[0] + gross, year[1] + net]
            fiscal = [fiscal[0] + gross, fiscal[1] + net]
            ever = [ever[0] + gross, ever[1] + net]
            told[of_day] = {
                "year_to_date_gross_merchandise_value": year[0],
                "year_to_date_net_merchandise_value": year[1],
                "fiscal_year_to_date_gross_merchandise_value": fiscal[0],
                "fiscal_year_to_date_net_merchandise_value": fiscal[1],
            }
            before = told.get(months_before(of_day, 12), {})
            yield {
                "order_date": of_day,
                "channel": channel,
                "currency_code": code,
                "quantity": sum(line.quantity for line in lines),
                **told[of_day],
                **{f"last_{name}": before.get(name) for name in told[of_day]},
                "gross_merchandise_value": gross,
                "net_merchandise_value": net,
                "is_complete": of_day <= known_to[channel],
                "all_time_gross_merchandise_value": ever[0],
                "all_time_net_merchandise_value": ever[1],
            }


def commission_rate(line: Line) -> Fraction | None:
    """Return the rate of commission on a line of its day; nothing for own stock."""
    return next(
        (
            Fraction(rate["commission_rate"])
            for rate in seed("commission_rates")
            if rate["channel"] == line.channel and is_of(rate, line.order_date)
        ),
        None,
    )


def gmv_bridge(company: Company) -> Rows:
    for (first, channel, code), lines in grouped(
        company.lines, lambda line: (month(line.order_date), *kind(line))
    ).items():
        gross, net = _values(lines)
        rated = [(line, rate) for line in lines if (rate := commission_rate(line)) is not None]
        commissionable = total((line for line, _ in rated), "net_merchandise_value")
        earned = sum((line.net_merchandise_value * rate for line, rate in rated), Fraction(0))
        yield {
            "month_start_date": first,
            "channel": channel,
            "currency_code": code,
            "list_value": total(lines, "gross_amount"),
            "gross_merchandise_value": gross,
            "net_merchandise_value": net,
            "commission_amount": earned,
            "commissionable_value": commissionable,
            "take_rate": by(earned, commissionable),
            **money(lines, ("discount_amount", "cancelled_amount", "returned_amount")),
        }


def top_products(company: Company) -> Rows:
    known = [line for line in company.lines if line.product_id != "unknown"]
    rows = []
    for (product, code), lines in grouped(
        known, lambda line: (line.product_id, line.currency_code)
    ).items():
        now = company.products.now(product)
        rows.append({
            "product_id": product,
            "currency_code": code,
            "title": (now and now.title) or "Unknown product",
            "category": now and now.category,
            "line_count": len(lines),
            "quantity": sum(line.quantity for line in lines),
            **money(lines, ("net_amount", "net_merchandise_value")),
        })  # fmt: skip
    yield from ranked(
        rows, lambda row: (-row["net_merchandise_value"], -row["quantity"], row["product_id"])
    )
