"""The planted flaws of a world, one by one, as the lists in `truths/`."""

from collections.abc import Iterator
from typing import Any

from tools.demo import logistics
from tools.demo.dice import money
from tools.demo.marketplace import Marketplace, price_versions
from tools.demo.people import key
from tools.demo.products import DAYS_OF_CHANGE, DAYS_ON_SHELF, SHELF, price, shelf_change, sku
from tools.demo.shop import Shop
from tools.demo.shop_orders import FIRST_CUSTOMER, FIRST_ORDER
from tools.demo.stores import Store
from tools.demo.timeline import FIRST_DAY, RECENT_START, iso
from tools.demo.world import World

Rows = Iterator[dict[str, Any]]


def customer_pairs(world: World, shop: Shop, day: int) -> Rows:
    """Give the pairs of records of one person, where both are still there."""
    gone = {rank + FIRST_CUSTOMER for rank in shop.left(day)}
    for pair in world.people.pairs(day):
        if pair["shop"] not in gone:
            yield pair


def bad_rows(day: int) -> Rows:
    """Give the bad rows of the stock counts."""
    for past in range(FIRST_DAY - 200, day):
        if row := logistics.bad_row(past):
            yield row


def shelf_versions(world: World, exports: list[int]) -> Rows:
    """Give the shop's units whose price differed between the days of the exports."""
    products, today = world.products, exports[-1]
    for rank in products.shelf_ranks(FIRST_DAY - DAYS_OF_CHANGE, today - 1):
        offer = products.offer(SHELF.nth(rank))
        seen = [
            (day, price(offer, day - 1))
            for day in exports
            if offer.listed < day and products.is_on_shelf(rank, offer, day)
        ]
        if len(found := price_versions(seen)) > 1:
            yield {"sku": sku(rank), "versions": found}


def deleted_rows(
    world: World, shop: Shop, market: Marketplace, tickets: list[dict[str, Any]], day: int
) -> Rows:
    """Give what was deleted at its source between FIRST_DAY and a day."""
    for basket in _old_orders(world, day):
        if (flaw := shop.orders.flaw(basket)) and flaw[0] == "deleted" and flaw[1] < day:
            number, day_of = basket.index + FIRST_ORDER, iso(flaw[1])
            yield {"table": "shop.orders", "key": number, "deleted_on": day_of}
    for rank, when in shop.left(day).items():
        yield {"table": "shop.customers", "key": rank + FIRST_CUSTOMER, "deleted_on": iso(when)}
    products = world.products
    for when in range(FIRST_DAY, day):
        for rank in products.shelf_ranks(when - DAYS_ON_SHELF, when - DAYS_ON_SHELF):
            if rank >= products.evergreens:
                row = {"table": "shop.inventory_levels", "key": sku(rank), "deleted_on": iso(when)}
                yield row
    for rank, when in market.vanished.items():
        yield {"table": "marketplace.products", "key": rank + 1, "deleted_on": iso(when)}
    yield from tickets


def silent_changes(world: World, shop: Shop, day: int) -> Rows:
    """Give what changed since FIRST_DAY while its `updated_at` stood still."""
    for basket in _old_orders(world, day):
        if (flaw := shop.orders.flaw(basket)) and flaw[0] == "silent" and flaw[1] < day:
            number, day_of = basket.index + FIRST_ORDER, iso(flaw[1])
            yield {"table": "shop.orders", "key": number, "column": "country_code", "on": day_of}
    for when in range(FIRST_DAY, day):
        for rank in shop.shelf_changes(when):
            if shelf_change(rank, world.products.offer(SHELF.nth(rank)), when + 1, None)[2]:
                yield {"table": "shop.inventory_levels", "key": sku(rank), "on": iso(when)}


def _old_orders(world: World, day: int) -> Iterator[Any]:
    """Give the orders that can have met with a flaw before a day."""
    for past in range(FIRST_DAY - 60, day):
        numbers = world.shop.schedule.on(past)
        for index in {numbers.start, numbers.stop - 1}:
            yield world.shop.basket(index, past)


def late_rows(world: World, shop: Shop, day: int) -> Rows:
    """Give the orders that were committed late, behind the cursor, since FIRST_DAY."""
    for past in range(FIRST_DAY - 2, day):
        for basket in world.shop.on(past):
            late = shop.orders.lateness(basket)
            if late and FIRST_DAY <= past + late < day:
                number = basket.index + FIRST_ORDER
                yield {
                    "table": "shop.orders",
                    "key": number,
                    "ordered_on": iso(past),
                    "committed_on": iso(past + late),
                }


def receipts_without_mail(stores: list[Store], day: int) -> Rows:
    """Give the receipts whose mail is missing."""
    for store in stores:
        for past in range(RECENT_START, day):
            for basket in store.unconfirmed(past):
                yield {"store_id": store.code, "receipt_number": store.number(basket)}


def mail_disagreements(stores: list[Store], day: int) -> Rows:
    """Give the first lines of receipts of which till and mail tell different things."""
    for store in stores:
        for past in range(RECENT_START, day):
            for basket in store.confirmed(past):
                if store.disagrees(basket):
                    line, mailed = basket.lines[0], store.confirmed_lines(basket)[0]
                    yield {
                        "store_id": store.code,
                        "receipt_number": store.number(basket),
                        "line_number": 1,
                        "till": {"quantity": line.quantity, "unit_price": money(line.price)},
                        "mail": {"quantity": mailed.quantity, "unit_price": money(mailed.price)},
                    }


def receipts_only_by_mail(stores: list[Store], day: int) -> Rows:
    """Give the receipts that no till holds: lost in an outage, or held back by one."""
    for store in stores:
        for basket in store.only_by_mail(day):
            yield {
                "store_id": store.code,
                "receipt_number": store.number(basket),
                "sold_on": iso(basket.day),
                "for_good": store.is_lost(basket),
            }


def outages(stores: list[Store], day: int) -> Rows:
    """Give the outages that have begun; `is_over` says whether the till is back."""
    for store in stores:
        for outage in store.outages(day):
            yield {
                "store_id": store.code,
                "from": iso(outage.start),
                "to": iso(outage.end),
                "is_over": outage.end <= day,
                "receipts_lost": len(store.lost(outage)),
            }


def namesakes(world: World, day: int) -> Rows:
    """Give the pairs of customers of one name who are two persons."""
    for number in world.people.namesakes(day):
        person = world.people.get(number)
        yield {
            "name": f"{person.first_name} {person.last_name}",
            "shop": [key("shop", number - 1), key("shop", number)],
            "loyalty": [key("loyalty", number - 1), key("loyalty", number)],
        }
