"""Who is who: records of one person share a key, those of two never do, on each day."""

import pytest
from truths import assert_people_are_told_apart
from world import World


@pytest.fixture(scope="module")
def people(new_world: World) -> World:
    """A small world, loaded, with all that tells who is who built."""
    new_world.demo("create", "--lines", "2000", "--seed", "11")
    new_world.load()
    build(new_world)
    return new_world


def build(world: World) -> None:
    """Build the versions of customers and all before them, with their tests."""
    world.dbt(
        "build", "--select", "+dim_customer_versions", "--exclude", "test_type:unit",
        "--indirect-selection", "cautious",
    )  # fmt: skip


def test_first_day(people) -> None:
    assert_people_are_told_apart(people)


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
    assert_people_are_told_apart(people)


def test_what_people_changed_made_versions(people) -> None:
    [(changed,)] = people.rows(
        "select count(*) from marts.dim_customer_versions as versions"
        " inner join snapshots.snap_shop__customers as accounts"
        " on versions.valid_from in (accounts.updated_at, accounts.dbt_valid_from)"
        " and versions.postcode = accounts.postcode"
        " where versions.version_number > 1 and accounts.dbt_is_deleted = 'False'"
    )
    assert changed > 0
