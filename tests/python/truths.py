"""What the demo's generator planted, and whether the warehouse tells the same."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from itertools import combinations

from world import World

from tools.demo.people import LOYALTY, MARKETPLACE, SHOP

CHANNELS = {"marketplace": "marketplace", "shop": "shop",
            "stores": "stores_with_mail", "history": "history"}  # fmt: skip
PRICES = (
    ("marketplace", "product_id", "marketplace_price_versions"),
    ("shop", "sku", "shelf_price_versions"),
)
RECORDS = "select customer_record_id, customer_key from intermediate.int_customers_unified"


def assert_marts_tell_the_truth(world: World, channels: dict[str, str]) -> None:
    """Compare counts and money of each source system with the generator's."""
    truths = world.truths()["channels"]
    for source, truth in channels.items():
        [found] = world.rows(
            "select count(*), sum(quantity), sum(gross_amount), sum(discount_amount),"
            " sum(net_amount), count(*) filter (where is_cancelled),"
            " count(*) filter (where is_returned)"
            " from marts.fct_order_lines where source_system = %s",
            source,
        )
        want = truths[truth]
        expected = (
            want["lines"], want["quantity"], Decimal(want["gross"]), Decimal(want["discount"]),
            Decimal(want["net"]), want["cancelled_lines"], want["returned_lines"],
        )  # fmt: skip
        assert (source, *found) == (source, *expected)


def assert_raw_tables_hold_every_good_row(world: World) -> None:
    """Compare each raw table with what the source holds."""
    for table, truth in world.truths()["tables"].items():
        source, name = table.split(".")
        expected = truth["rows_good"]
        if source == "logistics":  # appended: a row sent twice is there twice
            expected += truth["rows_repeated"]
        [(count,)] = world.rows(f"select count(*) from raw_{source}.{name}")
        assert count == expected, table


def assert_every_price_is_one_version(world: World, prefix: str, key: str, name: str) -> None:
    """Compare the versions of products whose price changed with the prices that were seen."""
    planted = {
        f"{prefix}:{item[key]}": [Decimal(version["price"]) for version in item["versions"]]
        for item in world.listed(name)
    }
    found: dict[str, list[Decimal]] = {}
    for product, price in world.rows(
        "select product_id, price from marts.dim_products where not is_deleted"
        " and product_id like %s order by product_id, version_number",
        f"{prefix}:%",
    ):
        # a version can also begin because of another column
        if found.setdefault(product, [price])[-1] != price:
            found[product].append(price)
    assert {product: prices for product, prices in found.items() if len(prices) > 1} == planted


def person(record: str) -> int | None:
    """Return the number of the person whose record it is, if it is of a registered channel."""
    channel, _, key = record.partition(":")
    if channel == "catalog":
        return LOYALTY.nth(int(key[1:]) - 1)
    if channel == "marketplace":
        return MARKETPLACE.nth(int(key) - 1)
    return SHOP.nth(int(key) - 10_001) if channel == "shop" and key.isdigit() else None


def pairs(grouped: Iterable[Iterable[str]]) -> set[tuple[str, ...]]:
    """Return each pair of records that are in one group."""
    return {pair for records in grouped for pair in combinations(sorted(records), 2)}


def assert_people_are_told_apart(world: World) -> None:
    """Compare the matched records with those of the people of the world, and with its lists."""
    key_of = dict(world.rows(RECORDS))
    by_key, by_person = defaultdict(list), defaultdict(list)
    for record, key in key_of.items():
        if (number := person(record)) is not None:
            by_key[key].append(record)
            by_person[number].append(record)
    # nothing missed is recall 1, nothing wrong is precision 1
    assert pairs(by_key.values()) == pairs(by_person.values())
    assert len(world.listed("customer_pairs")) > 10
    for pair in world.listed("customer_pairs"):
        member, user = pair.get("loyalty"), pair.get("marketplace")
        other = f"catalog:{member}" if member else f"marketplace:{user}"
        assert key_of[f"shop:{pair['shop']}"] == key_of[other]
    for twins in world.listed("namesakes"):
        for prefix, name in (("shop", "shop"), ("catalog", "loyalty")):
            keys = [
                key_of[record] for key in twins[name] if (record := f"{prefix}:{key}") in key_of
            ]
            assert len(set(keys)) == len(keys)


def assert_each_person_has_a_version(world: World) -> None:
    """Each matched record belongs to a customer of the marts, of whom there is a first version."""
    assert world.rows(
        "select count(*) from intermediate.int_customers_unified"
        " left join marts.dim_customers using (customer_key)"
        " left join marts.dim_customer_versions as versions using (customer_key)"
        " where dim_customers.record_count is null or versions.version_number is null"
    ) == [(0,)]


def versions_by_a_change_of_address(world: World) -> int:
    """Count the versions of customers that began when an account of the shop changed."""
    [(changed,)] = world.rows(
        "select count(*) from personal.dim_customer_contact_versions as versions"
        " inner join snapshots.snap_shop__customers as accounts"
        " on versions.valid_from in (accounts.updated_at, accounts.dbt_valid_from)"
        " and versions.postcode = accounts.postcode"
        " where versions.version_number > 1 and accounts.dbt_is_deleted = 'False'"
    )
    return changed


def assert_sums_are_those_of_till_and_mail(world: World) -> None:
    want = world.truths()["channels"]["stores_with_mail"]
    assert world.rows(
        "select count(*), sum(quantity), sum(gross_amount), sum(net_amount)"
        " from marts.fct_order_lines where source_system = 'stores'"
    ) == [(want["lines"], want["quantity"], Decimal(want["gross"]), Decimal(want["net"]))]


def filled_in(world: World) -> set[tuple[str, str]]:
    """Return store and number of the receipts that are taken from a mail."""
    return set(
        world.rows(
            "select distinct store_id, receipt_number from intermediate.int_store_sales_reconciled"
            " where witness = 'mail'"
        )
    )


def known_by_mail_only(world: World) -> set[tuple[str, str]]:
    """Return store and number of the receipts that no till holds."""
    return {
        (row["store_id"], row["receipt_number"]) for row in world.listed("receipts_only_by_mail")
    }
