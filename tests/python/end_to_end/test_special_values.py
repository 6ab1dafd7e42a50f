"""Values that would spoil every figure, and stamps of days to come, never reach a mart."""

import csv
import os
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from world import World

FAR = 2_240_000_000  # seconds: a day in 2040
SPOILT = r"\y(NaN|Infinity|infinity|2040-\d\d|2999-\d\d)"
# of a file: which column of its fifth row takes which value
PLANTED = {
    "products.csv": ("price", "NaN"),
    "users.csv": ("join_date", "infinity"),
    "transactions.csv": ("sale_date", "2999-12-31"),
}
AT_THE_SHOP = [
    "update order_items set unit_price = 'NaN', updated_at = now()"
    " where order_item_id = (select min(order_item_id) from order_items)",
    "update orders set updated_at = 'infinity' where order_id = (select min(order_id) from orders)",
    "update customers set updated_at = '2999-12-31'"
    " where customer_id = (select min(customer_id) from customers)",
]


@pytest.fixture(scope="module")
def world(new_world: World) -> World:
    new_world.demo("create", "--lines", "900", "--seed", "5")
    new_world.load()
    new_world.dbt("build", "--exclude-resource-type", "test", "unit_test")
    return new_world


def shop(world: World, *statements: str) -> None:
    conninfo = make_conninfo(world.conninfo(), dbname="demo_shop")
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def plant(path: Path, column: str, value: str) -> Callable[[], None]:
    """Put a value into a file's fifth row; return what takes it out again."""
    before = path.read_bytes()
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    place = [name.strip() for name in rows[0]].index(column)
    rows[5][place] = value
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    os.utime(path, (FAR, FAR))

    def mend() -> None:
        path.write_bytes(before)

    return mend


def spoilt(world: World) -> list[tuple[str, str]]:
    """Return the rows of marts and snapshots that hold any of it, but for open ends of validity."""
    found = []
    for schema, name in world.rows(
        "select table_schema, table_name from information_schema.tables"
        " where table_schema in ('marts', 'snapshots', 'search') and table_type = 'BASE TABLE'"
    ):
        rows = world.rows(
            f"select t::text from {schema}.{name} as t where t::text ~ %s limit 3", SPOILT
        )
        found += [(name, row) for (row,) in rows]
    return found


@pytest.mark.long
def test_a_build_is_green_and_the_rows_are_set_aside(world: World) -> None:
    folder = world.folder / "demo" / "marketplace"
    mends = [plant(folder / name, *what) for name, what in PLANTED.items()]
    shop(world, *AT_THE_SHOP)
    said = world.load("marketplace", "shop")
    assert "ahead of the source's clock" not in said  # such rows are in quarantine
    assert "is of 2040-12-25" in said or "which is not yet" in said
    reasons = {
        reason.partition(" (")[0]
        for (reason,) in world.rows("select reason from raw_ingest.quarantine")
    }
    assert {
        'price is not numeric: "NaN"', 'join_date is not date: "infinity"',
        'sale_date is not date: "2999-12-31"', 'unit_price is not numeric: "NaN"',
        'updated_at is not timestamptz: "infinity"',
        'updated_at is not timestamptz: "2999-12-31 00:00:00+00"',
    } <= reasons  # fmt: skip
    world.dbt("build", "--exclude-resource-type", "unit_test")
    assert spoilt(world) == []

    for mend in mends:
        mend()
    shop(
        world,
        "update order_items set unit_price = 19.90, updated_at = now() where unit_price = 'NaN'",
        "update orders set updated_at = now() where updated_at = 'infinity'",
        "update customers set updated_at = now() where updated_at > '2900-01-01'",
    )
    world.load("marketplace", "shop")
    world.dbt("build", "--exclude-resource-type", "test", "unit_test")
    assert spoilt(world) == []
    [(late,)] = world.rows("select count(*) from snapshots.snap_shop__customers"
                           " where dbt_valid_from > now()")  # fmt: skip
    assert late == 0
