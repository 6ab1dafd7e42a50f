"""The project's models on the shop's tables: loaded, and followed live."""

import time

import pytest

STAGED = "stg_shop__customers", "stg_shop__orders", "stg_shop__order_items"


def follow(world) -> None:
    """Follow the shop live from now on; dbt keeps apart what it parses for that."""
    world.environment["SHOP_READER"] = "live"
    world.environment["DBT_TARGET_PATH"] = str(world.folder / "target_live")
    del world.environment["DBT_PARTIAL_PARSE_FILE_PATH"]


def staged(world) -> list[list[tuple]]:
    """Return what staging holds of the shop, without what tells how it came."""
    world.dbt("run", "--quiet", "--select", *STAGED)
    return [
        world.rows(
            f"select to_jsonb(t) - '{{_loaded_at,extracted_at}}'::text[] as row from staging.{name}"
            " as t order by row"
        )
        for name in STAGED
    ]


@pytest.mark.long
def test_the_same_rows_arrive_either_way(new_world, shop, declared_shop) -> None:
    fill = """
        insert into customers (customer_id, email, created_at)
        select n, 'c' || n || '@example.com', now() from generate_series(1, 50) as n;
        insert into orders (order_id, customer_id, ordered_at, status, currency_code, updated_at)
        select n, n % 50, now(), 'placed', 'EUR', now() from generate_series(1, 200) as n;
        insert into order_items (order_item_id, order_id, sku, quantity, unit_price, updated_at)
        select n, n % 200, 'S' || n, 1, n / 7.0, now() from generate_series(1, 500) as n;
    """
    change = """
        update orders set status = 'paid' where order_id % 3 = 0;
        delete from order_items where order_id % 9 = 0;
        insert into customers (customer_id, email) values (99, 'new@example.com');
    """
    with shop.connect(declared_shop) as source:
        source.execute(fill)
    new_world.environment["SHOP_LOCATION"] = shop.uri(declared_shop)
    new_world.run("ingest", "load", "shop")
    loaded = staged(new_world)
    loading = dict(new_world.environment)
    follow(new_world)
    assert "shop is live" in new_world.run("ingest", "replicate", "setup", "shop")
    assert staged(new_world) == loaded
    with shop.connect(declared_shop) as source:
        source.execute(change)
        [[position]] = source.execute("select pg_current_wal_lsn()").fetchall()
        while source.execute(
            "select confirmed_flush_lsn < %s from pg_replication_slots", [position]
        ).fetchone()[0]:
            time.sleep(0.02)
    printed = new_world.run("ingest", "load", "shop")
    assert "loaded" in printed
    assert "streaming" in new_world.run("ingest", "replicate", "status")
    live = staged(new_world)
    assert live != loaded
    # each version that the shop had is a version in the warehouse
    new_world.dbt("run", "--quiet", "--select", "stg_ingest__changes", "int_row_versions")
    assert new_world.rows(
        "select payload ->> 'status', valid_to > now() from intermediate.int_row_versions"
        " where table_name = 'orders' and row_key = '[3]' order by valid_from"
    ) == [("placed", False), ("paid", True)]
    # and back
    following, new_world.environment = new_world.environment, loading
    new_world.run("ingest", "load", "--full", "shop")
    assert staged(new_world) == live
    new_world.environment = following
    new_world.run("ingest", "replicate", "drop", "shop")
    with shop.connect(declared_shop) as source:
        assert source.execute("select count(*) from pg_replication_slots").fetchone() == (0,)
