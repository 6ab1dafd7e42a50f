"""Where people live, by the record of theirs that changed last, and where orders are sold to."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache

from recomputed.company import Company, Order
from recomputed.products import BEGINNING
from recomputed.sums import grouped
from recomputed.texts import country, email, midnight, seed

NO_COUNTRY = "ZZ"


def statements(company: Company) -> Iterator[tuple[str, str | None, datetime | None]]:
    """Give which record says which country, and when it changed."""
    raw = company.raw
    for user in raw.users:
        joined = midnight(user.join_date) if user.join_date else None
        yield f"marketplace:{user.user_id}", user.country, joined
    for account in raw.accounts:
        changed = account.updated_at or account.created_at
        yield f"shop:{account.customer_id}", account.country_code, changed
    for member in raw.members:
        changed = member.updated_at or member.created_at
        yield f"catalog:{member.customer_number}", member.country, changed
    guests = [
        order for order in raw.shop_orders
        if order.customer_id not in raw.account_ids and email(order.customer_email)
    ]  # fmt: skip
    for address, orders in grouped(guests, lambda order: email(order.customer_email)).items():
        orders.sort(key=lambda order: order.ordered_at)
        last = next((order.country_code for order in reversed(orders)
                     if country(order.country_code)), None)  # fmt: skip
        yield f"shop:{address}", last, orders[0].ordered_at


@lru_cache(maxsize=1)
def country_by_person(company: Company) -> dict[str, str]:
    told: dict[str, tuple[datetime, str]] = {}
    # of what changed at once the first record holds
    for record, text, changed in sorted(statements(company), reverse=True):
        code, at, person = country(text), changed or BEGINNING, company.people[record]
        if code and (person not in told or at >= told[person][0]):
            told[person] = at, code
    return {person: code for person, (_, code) in told.items()}


def country_of_order(company: Company) -> Callable[[Order], str]:
    """Return what tells the country of an order's sale."""
    lives_in = country_by_person(company)
    shipped = {str(order.order_id): order.country_code for order in company.raw.shop_orders}
    stores = {row["store_id"]: row["country_code"] for row in seed("stores")}

    def told(order: Order) -> str:
        first = order.first
        if first.source_system == "shop":
            return country(shipped.get(first.order_id)) or NO_COUNTRY
        return stores.get(first.store_id or "") or lives_in.get(order.person or "") or NO_COUNTRY

    return told
