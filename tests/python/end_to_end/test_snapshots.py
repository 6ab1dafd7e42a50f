"""Histories of any course: each state that a source showed is one version, whatever happens."""

import os
import random
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from world import PROJECT, World

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
END = datetime(9999, 12, 31, tzinfo=timezone.utc)
PRODUCTS = 80
STEPS = int(os.environ.get("SNAPSHOT_STEPS", "6"))
SNAPSHOT = ("snapshot", "--select", "snap_marketplace__products")


@pytest.fixture(scope="module")
def world(new_world: World) -> World:
    """A warehouse with empty raw tables, and dbt's views on them."""
    (new_world.folder / "demo" / "marketplace").mkdir(parents=True)
    new_world.load("logistics", expect=1)
    new_world.dbt("run", "--select", "stg_marketplace__products", "stg_shop__inventory_levels")
    return new_world


def show(world, table: str, day: float, columns: str, rows: list[tuple]) -> None:
    """Let a raw table be what its source showed on a day."""
    with world.connection.transaction(), world.connection.cursor() as cursor:
        stamp = (START + timedelta(days=day)).isoformat()
        for name, value in (("load_id", "1"), ("source_file", "test"), ("extracted_at", stamp)):
            cursor.execute("select set_config(%s, %s, true)", [f"ingest.{name}", value])
        cursor.execute(f"delete from {table}")
        marks = ", ".join(["%s"] * len(columns.split(",")))
        cursor.executemany(f"insert into {table} ({columns}) values ({marks})", rows)


def versions(world) -> dict[int, list[tuple]]:
    """Return name, price, whether deleted, first and last moment of each product's versions."""
    found: dict[int, list[tuple]] = {}
    for product, *version in world.rows(
        "select product_id, product_name, price, dbt_is_deleted = 'True', dbt_valid_from,"
        " least(dbt_valid_to, '9999-12-31 00:00+00') from snapshots.snap_marketplace__products"
        " order by 1, 5"
    ):
        found.setdefault(product, []).append(tuple(version))
    return found


def export(dice: random.Random, before: dict[int, tuple]) -> dict[int, tuple]:
    """Return the next export: products come, change, change back, go and come again."""
    after = {}
    for product in range(1, PRODUCTS + 1):
        held, draw = before.get(product), dice.random()
        if (held is None and draw < 0.4) or (held and draw < 0.3):
            after[product] = (dice.choice(["Hat", "Coat"]), Decimal(dice.randint(1, 3)))
        elif held and draw < 0.85:
            after[product] = held
    return after


def test_random_histories_are_kept_version_by_version(world) -> None:
    seed = int(os.environ.get("SNAPSHOT_SEED", random.randrange(10**6)))
    print(f"repeat it with SNAPSHOT_SEED={seed}")
    dice, now = random.Random(seed), {}
    expected: dict[int, list[list]] = {}
    columns = "product_id, product_name, category, price"
    for day in range(STEPS):
        is_lost = day == 3  # an empty export is a fault, and says nothing
        now = now if is_lost else export(dice, now)
        rows = [] if is_lost else [(product, name, "Hats", price)
                                   for product, (name, price) in now.items()]  # fmt: skip
        show(world, "raw_marketplace.products", day, columns, rows)
        moment = START + timedelta(days=day)
        for product in range(1, PRODUCTS + 1):
            past, shown = expected.setdefault(product, []), now.get(product)
            state = [*shown, False] if shown else past and [*past[-1][:2], True]
            if state and (not past or past[-1][:3] != state):
                if past:
                    past[-1][4] = moment
                past.append([*state, moment, END])
        world.dbt(*SNAPSHOT)
        if day == 2:  # what was seen already makes no version
            world.dbt(*SNAPSHOT)
        wanted = {product: [tuple(one) for one in past] for product, past in expected.items()}
        assert versions(world) == {product: past for product, past in wanted.items() if past}


def test_a_doubled_key_stops_the_snapshot_and_changes_nothing(world) -> None:
    columns, table = "sku, title, unit_price, currency_code", "raw_shop.inventory_levels"
    snapshot = ("snapshot", "--select", "snap_shop__inventory_levels")
    show(world, table, 1, columns, [("A", "Hat", 1, "EUR"), ("B", "Coat", 2, "EUR")])
    world.dbt(*snapshot)
    held = world.rows("select * from snapshots.snap_shop__inventory_levels order by sku")
    # two keys to the source, one to people
    rows = [("A", "Hat", 3, "EUR"), ("A ", "Hat", 4, "EUR"), ("B", "Coat", 5, "EUR")]
    show(world, table, 2, columns, rows)
    printed = world.dbt(*snapshot, expect=1)
    assert "sku is not a key of what snap_shop__inventory_levels reads: A (2 rows)" in printed
    assert world.rows("select * from snapshots.snap_shop__inventory_levels order by sku") == held
    show(world, table, 3, columns, rows[1:])
    world.dbt(*snapshot)
    assert world.rows(
        "select sku, unit_price from snapshots.snap_shop__inventory_levels"
        " where dbt_valid_to > '9999-01-01' order by sku"
    ) == [("A", 4), ("B", 5)]


def start(world, number: int) -> subprocess.Popen:
    """Start a snapshot with a target folder of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "dbt.cli.main", *SNAPSHOT],
        cwd=PROJECT,
        env={**world.environment, "DBT_TARGET_PATH": str(world.folder / f"target{number}")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@pytest.mark.long
def test_two_snapshots_at_once_make_each_version_once(world) -> None:
    columns = "product_id, product_name, category, price"
    show(world, "raw_marketplace.products", 100, columns, [(1, "Hat", "Hats", 1)])
    world.dbt(*SNAPSHOT)
    rows = [(product, "Scarf", "Hats", product) for product in range(1, 3000)]
    show(world, "raw_marketplace.products", 101, columns, rows)
    with world.connection.transaction():
        # both can read the history and neither can write it, until one waits for it, and the other
        # for the one
        world.connection.execute(
            "lock table snapshots.snap_marketplace__products in exclusive mode"
        )
        runs = [start(world, number) for number in range(2)]
        waiting = (
            "select (select count(distinct pid) from pg_locks where not granted),"
            " (select count(*) from pg_stat_activity where query ~ 'do [$]wait[$]')"
        )
        while world.rows(waiting) != [(1, 1)]:
            assert [run.poll() for run in runs] == [None, None]
            time.sleep(0.1)
            # a transaction is shown the same activity again and again
            world.connection.execute("select pg_stat_clear_snapshot()")

    outputs = [run.communicate()[0].decode() for run in runs]
    assert [run.returncode for run in runs] == [0, 0], outputs
    assert world.rows(
        "select count(*), count(distinct product_id) from snapshots.snap_marketplace__products"
        " where dbt_valid_to > '9999-01-01' and dbt_is_deleted = 'False'"
    ) == [(2999, 2999)]
    assert world.rows(
        "select count(*) from (select product_id from snapshots.snap_marketplace__products"
        " group by product_id, dbt_valid_from having count(*) > 1) as doubled"
    ) == [(0,)]
