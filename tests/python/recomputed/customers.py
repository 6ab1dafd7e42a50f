"""The figures of the marts about people: who they are, what they buy, and who comes back."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from recomputed import goods
from recomputed.company import Company, Order
from recomputed.countries import country_by_person
from recomputed.identity import Record
from recomputed.lines import Line
from recomputed.sums import (
    Rows,
    converted,
    grouped,
    ranked,
    reported,
)
from recomputed.texts import (
    REPORTING_CURRENCY,
    by,
    currency,
    day,
    months_before,
    seed,
)

# as the vars of dbt_project.yml have it
USERS_SINCE = date(2022, 1, 1)
# of fewer customers than this fifths say little
MANY = 25


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
    """Make the rows of dim_customers, but for names and addresses."""
    accounts = ("marketplace", "shop account")
    joined, lives_in = joined_dates(company), country_by_person(company)
    for person, records in people_records(company).items():
        yield {
            "person": person,
            "joined_date": joined.get(person),
            "country_code": lives_in.get(person),
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


def unconverted(orders: list[Order]) -> int:
    """Return how many orders are in a currency without a rate."""
    return sum(not order.is_converted for order in orders)


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
        lines = [line for order in orders for line in order.lines]
        rows[person] = {
            "person": person,
            "currency_code": REPORTING_CURRENCY,
            "order_count": len(orders),
            "unconverted_order_count": unconverted(orders),
            "net_merchandise_value": converted(lines, "reporting_net_merchandise_value"),
            "last_order_date": max(order.order_date for order in orders),
        }
    recency = fifths({person: row["last_order_date"] for person, row in rows.items()})
    frequency = fifths({person: row["order_count"] for person, row in rows.items()})
    known = {person: row["net_merchandise_value"] for person, row in rows.items()
             if row["net_merchandise_value"] is not None}  # fmt: skip
    monetary = fifths(known)
    for person, row in rows.items():
        score = monetary.get(person, 3)
        row |= {
            "recency_score": recency[person],
            "frequency_score": frequency[person],
            "monetary_score": score,
            "segment": names[recency[person], (frequency[person] + score + 1) // 2],
            "is_among_few": len(rows) < MANY,
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
            "currency_code": REPORTING_CURRENCY,
            "country_code": country_by_person(company).get(person),
            "segment": "no_purchase",
            "favourite_category": favourite(
                lines, lambda line: goods.category_at_sale(company, line)
            ),
            "favourite_channel": favourite(lines, lambda line: line.channel),
            "order_count": len(orders),
            "unconverted_order_count": unconverted(orders),
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
            held = [line for order in orders for line in order.lines]
            row |= {
                "segment": segment_of[person]["segment"],
                "lifetime_value": converted(held, "reporting_net_merchandise_value"),
                "average_order_value": by(
                    converted(held, "reporting_net_amount") or 0,
                    len(orders) - row["unconverted_order_count"],
                ),
            }
        yield row


def sales_per_user(company: Company) -> Rows:
    known = [line for line in company.lines if company.person(line)]
    rows = []
    for person, lines in grouped(known, company.person).items():
        sums = reported(lines)
        rows.append({
            "person": person,
            "currency_code": REPORTING_CURRENCY,
            "line_count": len(lines),
            "unconverted_line_count": sum(line.reporting_net_amount is None for line in lines),
            "quantity": sum(line.quantity for line in lines),
            "net_amount": sums["reporting_net_amount"],
            "net_merchandise_value": sums["reporting_net_merchandise_value"],
            "first_order_date": min(line.order_date for line in lines),
            "last_order_date": max(line.order_date for line in lines),
        })  # fmt: skip

    def place(row: dict[str, Any]) -> tuple[bool, Fraction]:
        value = row["net_merchandise_value"]
        return value is None, -(value or 0)

    yield from ranked(rows, place)
