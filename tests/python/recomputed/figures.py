"""The figures of the marts, a function for each, as their descriptions define them."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from recomputed import goods, witnesses
from recomputed.company import Company, Order
from recomputed.identity import Record
from recomputed.lines import Line
from recomputed.sums import Rows, grouped, last_complete_days, money, total
from recomputed.texts import (
    NO_CURRENCY,
    by,
    currency,
    day,
    month,
    months_before,
    months_between,
    months_later,
    seed,
)

# as the vars of dbt_project.yml have it
TOP = 100
USERS_SINCE = date(2022, 1, 1)


def order_lines(company: Company) -> Rows:
    columns = (
        "source_system", "order_line_id", "channel", "store_id", "order_id", "product_id",
        "currency_code", "quantity", "unit_price", "discount_amount", "ordered_at",
        "customer_record_id", "sku", "promotion_code", "payment_method", "returned_quantity",
        "returned_at", "order_shipping_amount", "is_cancelled", "is_payment_recorded",
        "is_price_missing", "is_order_missing", "order_date", "is_returned", "gross_amount",
        "net_amount", "cancelled_amount", "returned_amount",
    )  # fmt: skip
    for line in company.lines:
        yield {
            **{column: getattr(line, column) for column in columns},
            "person": company.person(line),
        }


def rejected_order_lines(company: Company) -> Rows:
    for (source, kind, line), problem in company.rejected.items():
        yield {
            "source_system": source, "line_type": kind, "order_line_id": line, "problem": problem,
        }  # fmt: skip


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
            **money(order.lines),
        }


def daily_sales(company: Company) -> Rows:
    begun = grouped(company.orders, lambda order: (order.order_date, *_kind(order.first)))
    for key, lines in grouped(
        company.lines, lambda line: (line.order_date, *_kind(line))
    ).items():  # fmt: skip
        yield {
            **dict(zip(("order_date", "channel", "currency_code"), key, strict=True)),
            "order_count": len(begun.get(key, ())),
            "line_count": len(lines),
            "quantity": sum(line.quantity for line in lines),
            **money(lines),
        }


def _kind(line: Line) -> tuple[str, str]:
    return line.channel, line.currency_code


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
    by_month = grouped(company.lines, lambda line: (month(line.order_date), *_kind(line)))
    begun = grouped(company.orders, lambda order: (month(order.order_date), *_kind(order.first)))
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
                if others
                else (None, None)
            )
            row[f"{name}_gross_merchandise_value"] = then_gross
            row[f"{name}_net_merchandise_value"] = then_net
            row[change] = by(compared - then_net, then_net) if then_net else None
        yield row


def running_totals(company: Company) -> Rows:
    by_day = grouped(company.lines, lambda line: (line.order_date, *_kind(line)))
    first = min(line.order_date for line in company.lines)
    known_to = known_days(company)
    for channel, code in {_kind(line) for line in company.lines}:
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


def commission(line: Line) -> Fraction:
    """Return the commission on a line by the rate of its day; 0 where there is none."""
    for rate in seed("commission_rates"):
        if rate["channel"] == line.channel and (
            rate["valid_from"] <= line.order_date.isoformat() < rate["valid_to"]
        ):
            return line.net_merchandise_value * Fraction(rate["commission_rate"])
    return Fraction(0)


def gmv_bridge(company: Company) -> Rows:
    for (first, channel, code), lines in grouped(
        company.lines, lambda line: (month(line.order_date), *_kind(line))
    ).items():
        gross, net = _values(lines)
        earned = sum(map(commission, lines), Fraction(0))
        yield {
            "month_start_date": first,
            "channel": channel,
            "currency_code": code,
            "list_value": total(lines, "gross_amount"),
            "gross_merchandise_value": gross,
            "net_merchandise_value": net,
            "commission_amount": earned,
            "take_rate": by(earned, gross),
            **money(lines, ("discount_amount", "cancelled_amount", "returned_amount")),
        }


def ranked(rows: list[dict[str, Any]], order: Callable[[dict[str, Any]], Any]) -> Rows:
    """Give the first rows of each currency, with the ranks that each may have."""
    for of_currency in grouped(rows, lambda row: row["currency_code"]).values():
        places = sorted(map(order, of_currency))
        for row in sorted(of_currency, key=order)[:TOP]:
            first, last = bisect_left(places, order(row)), bisect_right(places, order(row))
            yield {**row, "sales_rank": range(first + 1, last + 1)}


def _sales(lines: list[Line]) -> dict[str, Any]:
    return {
        "line_count": len(lines),
        "quantity": sum(line.quantity for line in lines),
        **money(lines, ("net_amount", "net_merchandise_value")),
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
            **_sales(lines),
        })  # fmt: skip
    yield from ranked(
        rows, lambda row: (-row["net_merchandise_value"], -row["quantity"], row["product_id"])
    )


def ticket_sales(company: Company) -> Rows:
    events = {event.event_id: event for event in company.raw.events}
    for order in company.raw.ticket_orders:
        event = events.get(order.event_id)
        for place, ticket in enumerate(order.tickets or [], 1):
            price = Fraction(str(ticket.get("price") or 0))
            record = f"events:{order.ticket_order_id}"
            yield {
                "ticket_id": ticket.get("ticket_id") or f"{order.ticket_order_id}-{place}",
                "ticket_order_id": order.ticket_order_id,
                "event_id": order.event_id,
                "person": company.people[record],
                "customer_record_id": record,
                "event_name": event and event.event_name,
                "venue_city": event and event.venue_city,
                "event_status": event and event.status,
                "ticket_order_status": order.status,
                "ticket_type": ticket.get("type"),
                "currency_code": currency(order.currency_code),
                "gross_amount": price,
                "cancelled_amount": price if order.status == "cancelled" else Fraction(0),
                "refunded_amount": price if order.status == "refunded" else Fraction(0),
                "paid_amount": price if order.status == "paid" else Fraction(0),
                "is_checked_in": ticket.get("checked_in_at") is not None,
                "order_date": day(order.ordered_at, None),
                "ordered_at": order.ordered_at,
            }


def customers(company: Company) -> Rows:
    """Make the rows of dim_customers, but for what records tell differently."""
    accounts = ("marketplace", "shop account")
    joined = joined_dates(company)
    for person, records in people_records(company).items():
        yield {
            "person": person,
            "joined_date": joined.get(person),
            "record_count": len(records),
            "has_account": any(record.kind in accounts for record in records),
            "is_marketplace_customer": any(record.source == "marketplace" for record in records),
            "is_shop_customer": any(record.source == "shop" for record in records),
            "is_store_customer": any(record.source in ("stores", "history") for record in records),
            "is_loyalty_member": any(record.source == "catalog" for record in records),
            "is_ticket_buyer": any(record.source == "events" for record in records),
            "is_unknown": False,
        }
    yield {"person": None, "is_unknown": True}


def joined_dates(company: Company) -> dict[str, date]:
    """Return the day of each person's first account."""
    opened = [
        *((f"marketplace:{user.user_id}", user.join_date) for user in company.raw.users),
        *((f"shop:{row.customer_id}", day(row.created_at, None)) for row in company.raw.accounts),
    ]
    first: dict[str, date] = {}
    for record, joined in opened:
        person = company.people[record]
        if joined is not None:
            first[person] = min(joined, first.get(person, joined))
    return first


def users_since(company: Company) -> Rows:
    for person, joined in joined_dates(company).items():
        if joined >= USERS_SINCE:
            yield {"person": person, "joined_date": joined}


def people_records(company: Company) -> dict[str, list[Record]]:
    return grouped(company.records, lambda record: company.people[record.customer_record_id])


def bought(company: Company) -> dict[str, list[Order]]:
    """Return by known person the orders that were not cancelled."""
    kept = [order for order in company.orders if order.person and not order.is_cancelled]
    return grouped(kept, lambda order: order.person)


def main_currency(orders: list[Order]) -> tuple[str, list[Line], int]:
    """Return the currency of most orders, the lines in it, and the number of these orders.

    Ties go to more value, then to the code.
    """
    sums = []
    for code, held in grouped(orders, lambda order: order.first.currency_code).items():
        lines = [line for order in held for line in order.lines]
        sums.append((-len(held), -total(lines, "net_merchandise_value"), code, lines))
    count, _, code, lines = min(sums, key=lambda row: row[:3])
    return code, lines, -count


def fifths(values: dict[str, Any]) -> dict[str, int]:
    """Return in which fifth each is by value, 5 for the highest. Those alike: by their middle."""
    alike = grouped(values, lambda name: values[name])
    scores, below = {}, 0
    for value in sorted(alike):
        middle = Fraction(2 * below + len(alike[value]), 2 * len(values))
        scores.update(dict.fromkeys(alike[value], min(int(middle * 5) + 1, 5)))
        below += len(alike[value])
    return scores


def segments(company: Company) -> dict[str, dict[str, Any]]:
    """Return the rows of dim_customer_segments by person."""
    names = {
        (int(row["recency_score"]), int(row["value_score"])): row["segment"]
        for row in seed("rfm_segments")
    }
    rows = {}
    for person, orders in bought(company).items():
        code, lines, _ = main_currency(orders)
        rows[person] = {
            "person": person,
            "currency_code": code,
            "order_count": len(orders),
            "net_merchandise_value": total(lines, "net_merchandise_value"),
            "last_order_date": max(order.order_date for order in orders),
        }
    recency = fifths({person: row["last_order_date"] for person, row in rows.items()})
    frequency = fifths({person: row["order_count"] for person, row in rows.items()})
    for same in grouped(rows, lambda person: rows[person]["currency_code"]).values():
        monetary = fifths({person: rows[person]["net_merchandise_value"] for person in same})
        for person in same:
            value = (frequency[person] + monetary[person] + 1) // 2
            rows[person] |= {
                "recency_score": recency[person],
                "frequency_score": frequency[person],
                "monetary_score": monetary[person],
                "segment": names[recency[person], value],
                "is_among_few": len(same) < 25,
            }
    return rows


def customer_segments(company: Company) -> Rows:
    yield from segments(company).values()


def favourite(lines: list[Line], name: Callable[[Line], str]) -> str | None:
    """Return what most pieces are of; ties go to the first name."""
    pieces = {
        value: sum(line.quantity for line in of)
        for value, of in grouped(lines, name).items()
    }  # fmt: skip
    return min(pieces, key=lambda value: (-pieces[value], value), default=None)


def customer_360(company: Company) -> Rows:
    orders_of, segment_of = bought(company), segments(company)
    year_before = months_before(company.last_day, 12)

    for person in people_records(company):
        orders = orders_of.get(person, [])
        lines = [line for order in orders for line in order.lines if not line.is_cancelled]
        row = {
            "person": person,
            "currency_code": NO_CURRENCY,
            "segment": "no_purchase",
            "favourite_category": favourite(
                lines, lambda line: goods.category_at_sale(company, line)
            ),
            "favourite_channel": favourite(lines, lambda line: line.channel),
            "order_count": len(orders),
            "quantity": sum(line.quantity for line in lines),
            "returned_quantity": sum(line.returned_quantity for line in lines),
            "lifetime_value": Fraction(0),
            "average_order_value": None,
            "first_order_date": min((order.order_date for order in orders), default=None),
            "last_order_date": max((order.order_date for order in orders), default=None),
            "is_active_buyer": any(order.order_date > year_before for order in orders),
        }
        row["returned_share"] = by(row["returned_quantity"], row["quantity"])
        if orders:
            code, held, count = main_currency(orders)
            row |= {
                "currency_code": code,
                "segment": segment_of[person]["segment"],
                "lifetime_value": total(held, "net_merchandise_value"),
                "average_order_value": by(total(held, "net_amount"), count),
            }
        yield row


def cohort_retention(company: Company) -> Rows:
    months = {
        person: {month(order.order_date) for order in orders}
        for person, orders in bought(company).items()
    }
    cohorts = grouped(months, lambda person: min(months[person]))
    # a month is over if it is in every source that is still read
    ends = last_complete_days(company)
    end = min(ends[source] for source in ends if source != "history") + timedelta(days=1)
    last = max(max(of) for of in months.values())
    for cohort, persons in cohorts.items():
        # each cohort has as many months as the oldest one
        for since in range(months_between(min(cohorts), last) + 1):
            looked_at = months_later(cohort, since)
            is_observed = months_later(looked_at, 1) <= end
            active = sum(looked_at in months[person] for person in persons)
            yield {
                "cohort_month": cohort,
                "months_since": since,
                "order_month": looked_at,
                "customer_count": len(persons),
                "active_count": active if is_observed else None,
                "active_share": by(active, len(persons)) if is_observed else None,
                "is_observed": is_observed,
            }


def sales_per_user(company: Company) -> Rows:
    known = [line for line in company.lines if company.person(line)]
    rows = [
        {
            "person": person,
            "currency_code": code,
            **_sales(lines),
            "first_order_date": min(line.order_date for line in lines),
            "last_order_date": max(line.order_date for line in lines),
        }
        for (person, code), lines in grouped(
            known, lambda line: (company.person(line), line.currency_code)
        ).items()
    ]
    yield from ranked(rows, lambda row: -row["net_merchandise_value"])


# by mart: its key, and what makes its rows
MARTS: dict[str, tuple[tuple[str, ...], Callable[[Company], Rows]]] = {
    "fct_order_lines": (("source_system", "order_line_id"), order_lines),
    "rpt_rejected_order_lines": (
        ("source_system", "line_type", "order_line_id"), rejected_order_lines,
    ),
    "dim_customers": (("person",), customers),
    "fct_ticket_sales": (("ticket_id",), ticket_sales),
    "fct_orders": (("source_system", "order_id"), orders),
    "rpt_daily_sales": (("order_date", "channel", "currency_code"), daily_sales),
    "rpt_source_horizons": (("source_system",), source_horizons),
    "rpt_monthly_summary": (("month_start_date", "channel", "currency_code"), monthly_summary),
    "rpt_running_totals": (("order_date", "channel", "currency_code"), running_totals),
    "rpt_gmv_bridge": (("month_start_date", "channel", "currency_code"), gmv_bridge),
    "dim_customer_segments": (("person",), customer_segments),
    "customer_360": (("person",), customer_360),
    "rpt_cohort_retention": (("cohort_month", "months_since"), cohort_retention),
    "rpt_sales_per_user": (("person", "currency_code"), sales_per_user),
    "rpt_users_since": (("person",), users_since),
    "rpt_store_sales_disagreements": (
        ("store_id", "receipt_number", "receipt_line_id", "line_number"),
        witnesses.store_sales_disagreements,
    ),
    "rpt_source_reconciliation": (("source_system",), witnesses.source_reconciliation),
    "dim_stores": (("store_id",), witnesses.stores),
    "dim_metric_days": (("date_day",), witnesses.metric_days),
    "dim_dates": (("date_day",), witnesses.dates),
    "rpt_sustainability": (
        ("month_start_date", "channel", "category", "measure"), goods.sustainability,
    ),
    "fct_stock_counts": (
        ("source_system", "location_code", "sku", "counted_at"), goods.stock_counts,
    ),
    "fct_weekly_stock_levels": (("category", "week_start_date"), goods.weekly_stock_levels),
    "rpt_weekly_sales_inventory": (
        ("category", "week_start_date"), goods.weekly_sales_inventory,
    ),
    "rpt_price_extremes_by_category": (("category", "currency_code"), goods.price_extremes),
    "fct_price_drops": (("product_id", "dropped_at"), goods.price_drops),
    "rpt_price_drop_effect": (("category", "drop_band"), goods.price_drop_effect),
    "rpt_seller_concentration": (("month_start_date", "currency_code"), goods.seller_concentration),
    "rpt_top_products": (("product_id", "currency_code"), top_products),
}  # fmt: skip
