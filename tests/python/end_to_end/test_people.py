"""Who is who: records of one person share a key, those of two never do, on each day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

import pytest
from world import World

from demo.people import LOYALTY, MARKETPLACE, SHOP

RECORDS = "select customer_record_id, customer_key from intermediate.int_customers_unified"


@pytest.fixture(scope="module", params=[11, 12], ids="seed_{}".format)
def people(request, postgres, tmp_path_factory) -> Iterator[World]:
    """A small world, loaded, with all that tells who is who built."""
    world = World(tmp_path_factory.mktemp("people"), postgres, f"people_{request.param}")
    world.demo("create", "--lines", "2000", "--seed", str(request.param))
    world.load()
    build(world)
    yield world
    world.connection.close()


def build(world: World) -> None:
    """Build the versions of customers and all before them, with their tests."""
    world.dbt(
        "build", "--select", "+dim_customer_versions", "--exclude", "test_type:unit",
        "--indirect-selection", "cautious",
    )  # fmt: skip


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


def check(world: World) -> None:
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


def test_first_day(people) -> None:
    check(people)


def test_each_person_has_a_version(people) -> None:
    [(without,)] = people.rows(
        "select count(*) from intermediate.int_customers_unified"
        " left join marts.dim_customers using (customer_key)"
        " left join marts.dim_customer_versions as versions using (customer_key)"
        " where dim_customers.record_count is null or versions.version_number is null"
    )
    assert without == 0


def test_a_week_later(people) -> None:
    people.demo("advance", "--days", "7")
    people.load()
    build(people)
    check(people)


def test_what_people_changed_made_versions(people) -> None:
    [(changed,)] = people.rows(
        "select count(*) from marts.dim_customer_versions as versions"
        " inner join snapshots.snap_shop__customers as accounts"
        " on versions.valid_from in (accounts.updated_at, accounts.dbt_valid_from)"
        " and versions.postcode = accounts.postcode"
        " where versions.version_number > 1 and accounts.dbt_is_deleted = 'False'"
    )
    assert changed > 0
