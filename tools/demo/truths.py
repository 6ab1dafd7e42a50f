"""What is true of a world at a day: the sums and lists that tables made from it must agree with."""

from pathlib import Path
from typing import Any

from tools.demo import lists
from tools.demo.baskets import Tally
from tools.demo.catalog import Catalog
from tools.demo.databases import Databases
from tools.demo.dice import money
from tools.demo.events import Events
from tools.demo.files import row_counts, write_json, write_json_lines
from tools.demo.marketplace import Marketplace
from tools.demo.people import GUESTS, LOYALTY, MARKETPLACE
from tools.demo.shop import DATABASE, Shop
from tools.demo.state import State
from tools.demo.stores import MAILED_PER_DAY, Store
from tools.demo.timeline import RECENT_START, iso
from tools.demo.world import World

Table = dict[str, Any]
_TWIN_TITLES = """
select count(*), coalesce(sum(units), 0)::int from (
    select count(*) as units from inventory_levels group by title having count(*) > 1
) as twins
"""


def write(
    world: World,
    state: State,
    folder: Path,
    market: Marketplace,
    events: Events,
    tables: dict[str, Table],
    databases: Databases,
) -> None:
    """Write truths.json and the lists in truths/.

    Args:
        world: the world.
        state: its day, and its sums so far.
        folder: where the world is.
        market: after its export was written.
        events: after its dump was written.
        tables: row counts of marketplace and events.
        databases: where the shop's shelf is.
    """
    day, shop, catalog = state.day, Shop(world), Catalog(world, state.day)
    stores = [Store(world, code) for code in world.stores]
    counts = _write_lists(world, state, folder, market, events, catalog, shop, stores)
    with databases.connect(DATABASE) as connection:
        [(titles, units)] = connection.execute(_TWIN_TITLES)
    people = world.people
    value = {
        "day": iso(day),
        "seed": world.seed,
        "lines": world.lines,
        "exports": [iso(export) for export in state.exports],
        "channels": {
            "marketplace": {**amounts(market.tally), **market.sums()},
            **_channels(state, stores, day),
        },
        "stores": {store.code: amounts(Tally(**state.tallies[store.code])) for store in stores},
        "mail_covers": {
            "from": iso(RECENT_START),
            "first_sales_of_each_store_and_day": MAILED_PER_DAY,
        },
        "events": events.sums(),
        "products": {
            "marketplace": tables["marketplace.products"]["rows_good"],
            "shelf": state.counts["shop"]["inventory_levels"],
            "catalog": catalog.size("products"),
            "first_sku_in_catalog": catalog.record("products", 0)["sku"],
            "titles_under_several_skus_on_shelf": titles,
            "skus_on_shelf_that_share_a_title": units,
        },
        "customers": {
            "persons": people.schedule.before(day),
            "marketplace": people.members(MARKETPLACE, day),
            "shop": state.counts["shop"]["customers"],
            "loyalty": people.members(LOYALTY, day),
            "shop_guests": people.members(GUESTS, day),
        },
        "tables": {**tables, **_tables(state), **catalog.truths()},
        "lists": counts,
    }
    write_json(folder / "truths.json", day, value)


def _write_lists(
    world: World,
    state: State,
    folder: Path,
    market: Marketplace,
    events: Events,
    catalog: Catalog,
    shop: Shop,
    stores: list[Store],
) -> dict[str, int]:
    """Write the lists; return the length of each."""
    day = state.day
    found = {
        "bad_rows": [*market.bad_rows, *catalog.bad_rows(), *events.bad_rows, *lists.bad_rows(day)],
        "customer_pairs": lists.customer_pairs(world, shop, day),
        "namesakes": lists.namesakes(world, day),
        "marketplace_price_versions": market.versions(),
        "shelf_price_versions": lists.shelf_versions(world, state.exports),
        "deleted_rows": lists.deleted_rows(world, shop, market, events.vanished, day),
        "silent_changes": lists.silent_changes(world, shop, day),
        "late_rows": lists.late_rows(world, shop, day),
        "receipts_only_by_mail": lists.receipts_only_by_mail(stores, day),
        "receipts_without_mail": lists.receipts_without_mail(stores, day),
        "mail_disagreements": lists.mail_disagreements(stores, day),
        "outages": lists.outages(stores, day),
    }
    return {
        name: write_json_lines(folder / "truths" / f"{name}.jsonl", day, rows)
        for name, rows in found.items()
    }


def amounts(tally: Tally) -> dict[str, Any]:
    """Return sums, with amounts as exact decimal strings."""
    return {
        "lines": tally.lines,
        "quantity": tally.quantity,
        "gross": money(tally.gross),
        "discount": money(tally.discount),
        "net": money(tally.gross - tally.discount),
        "cancelled_lines": tally.cancelled_lines,
        "returned_lines": tally.returned_lines,
    }


def _channels(state: State, stores: list[Store], day: int) -> dict[str, Any]:
    shop = Tally(**state.tallies["shop"])
    tills = Tally().plus(*(Tally(**state.tallies[store.code]) for store in stores))
    mailed = Tally()
    for store in stores:
        for basket in store.only_by_mail(day):
            for line in store.confirmed_lines(basket):
                mailed.add(line.quantity, line.price, line.percent)
    return {
        "shop": amounts(shop),
        "stores": amounts(tills),
        "stores_with_mail": amounts(tills.plus(mailed)),
        "history": amounts(Tally(**state.tallies["history"])),
    }


def _tables(state: State) -> dict[str, Table]:
    """Return the row counts of what grows."""
    mail, counted, receipts = (state.counts[name] for name in ("mail", "logistics", "stores"))
    copies = mail["attached_copies"] + mail["inline_copies"]
    kinds = ("files", "original", "attached_copies", "inline_copies")
    return {
        "history.sales": row_counts(state.tallies["history"]["lines"]),
        **{f"shop.{name}": row_counts(count) for name, count in state.counts["shop"].items()},
        **{f"stores.{name}": row_counts(count) for name, count in receipts.items()},
        "store_mail.order_confirmations": row_counts(
            mail["original"] + copies,
            {"not readable": mail["unreadable_mails"]},
            mail["repeated"],
            **{kind: mail[kind] for kind in kinds},
        ),
        "logistics.stock_counts": row_counts(
            counted["good"],
            {"quantity is not a number": counted["bad"]},
            counted["repeated"],
            files=counted["files"],
            identical_files=counted["identical_files"],
        ),
    }
