"""Live replication: every row and every version arrives, whatever dies meanwhile."""

import os
import statistics
import time
from dataclasses import replace

import pytest
import workload

import warehouse
from ingest import forgotten
from ingest.load import load_table
from replication.subscription import Replication
from warehouse.errors import UserError

# REPLICATION_CHANGES tries more with the accidents, too
CHANGES = int(os.environ.get("REPLICATION_CHANGES", "100000"))
CHANGES_BY_ACCIDENT = int(os.environ.get("REPLICATION_CHANGES", "30000"))


def versions(live) -> list[tuple]:
    """Return all versions that the warehouse keeps of orders and stock, by their order."""
    return live.rows(
        "select table_name, operation, row_key, payload, committed_at"
        " from raw_ingest.changes where table_name <> 'beats' and operation <> 'restart'"
        " order by table_name, row_key, change_id"
    )


def written(live) -> list[tuple]:
    """Return the same as the shop wrote it down."""
    return live.source(
        "select table_name, operation, row_key, payload, pg_xact_commit_timestamp(transaction_id)"
        " from written order by table_name, row_key, change_id"
    )


def account(live) -> None:
    """Load, which accounts for what arrived."""
    for table in live.replication.tables:
        result = load_table(table)
        assert (result.status, result.notes) == ("loaded", [])


# of both the warehouse and the source; each alone in `make test-long`
@pytest.mark.parametrize(
    "accident",
    [
        "none",
        "both",
        *(pytest.param(one, marks=pytest.mark.long) for one in ("source", "warehouse", "network")),
    ],
)
def test_every_change_arrives_once(live, accident) -> None:
    live.replication.setup()
    changes = CHANGES if accident == "none" else CHANGES_BY_ACCIDENT
    threads = workload.work(live.shop, live.dbname, changes)
    if accident != "none":
        time.sleep(1.5)
    if accident == "network":
        live.network.cut()
        time.sleep(15)  # both ends give up
        live.network.mend()
    if accident in ("warehouse", "both"):
        live.kill_warehouse()
    if accident in ("source", "both"):
        live.shop.kill()
        live.shop.start()
        threads += workload.work(live.shop, live.dbname, changes)
    if accident in ("warehouse", "both"):
        live.server.start()
    for thread in threads:
        thread.join()
    live.catch_up()
    live.is_equal()
    account(live)
    known = written(live)
    assert len(known) > changes * 0.4
    assert versions(live) == known
    # what was accounted for once is not counted again
    loads = live.rows("select sum(rows_read) from raw_ingest.loads where table_name <> 'beats'")
    account(live)
    assert loads == [(len(known) + len(("orders", "stock")),)]  # each began with a restart
    assert loads == live.rows(
        "select sum(rows_read) from raw_ingest.loads where table_name <> 'beats'"
    )


def test_who_was_forgotten_does_not_come_back_live(live) -> None:
    """Neither into the rows nor into their history, once it is accounted for."""
    orders = live.replication.tables[0]
    live.replication.tables[0] = replace(
        orders,
        columns=tuple(
            replace(each, personal={"description": "email"}.get(each.name, ""))
            for each in orders.columns
        ),
    )
    live.source(
        "insert into orders values (1, 'placed', 1, now(), 'ann@mail.example', 'x'),"
        " (2, 'placed', 1, now(), 'bob@mail.example', 'x')"
    )
    live.replication.setup()
    account(live)
    with warehouse.connect() as connection:
        forgotten.remember(connection, [("email", "ann@mail.example")])
    live.source("update orders set status = 'paid', description = initcap(description)")
    live.catch_up()
    account(live)

    rows = "select order_id, status, description from orders order by 1"
    assert live.rows(rows) == [(1, "paid", None), (2, "paid", "Bob@Mail.Example")]
    history = "select payload ->> 'description' from raw_ingest.changes where operation = 'update'"
    assert sorted(live.rows(history), key=str) == [("Bob@Mail.Example",), (None,)]


def test_a_large_transaction_and_wide_values_that_stay_the_same(live) -> None:
    live.source("insert into orders values (1, 'placed', 1.50, now(), repeat('wide ', 20000), 'x')")
    live.replication.setup()
    live.source("update orders set status = 'paid' where order_id = 1")
    live.source(
        "with many as (insert into orders select number, 'placed', number / 7.0, now(), null, 'x'"
        " from generate_series(2, 40000) as number) select 1"
    )
    live.source("update orders set amount = amount + 1; delete from orders where order_id % 2 = 0")
    live.source("insert into stock values ('A', 1, 1); truncate stock")
    live.catch_up()
    live.is_equal()
    account(live)
    kept = live.rows(
        "select operation, payload ->> 'status', length(payload ->> 'description')"
        " from raw_ingest.changes where row_key = '[1]' and table_name = 'orders'"
        " order by change_id"
    )
    assert kept == [
        ("insert", "placed", 100_000), ("update", "paid", 100_000), ("update", "paid", 100_000)
    ]  # fmt: skip
    assert live.rows(
        "select operation from raw_ingest.changes where table_name = 'stock' order by change_id"
    ) == [("restart",), ("insert",), ("truncate",)]
    # nothing that is not declared has arrived
    assert live.rows("select count(*) from raw_ingest.changes where payload ? 'secret'") == [(0,)]


def test_a_change_is_there_within_two_seconds(live) -> None:
    """Median over ten seconds of 1,000 changes a second."""
    live.replication.setup()
    started = time.monotonic()
    with live.shop.connect(live.dbname) as connection:
        for step in range(1000):
            connection.execute(
                "insert into stock select 'S' || %s, number, 1 from generate_series(1, 10) number",
                [step],
            )
            time.sleep(max(0.0, started + (step + 1) / 100 - time.monotonic()))
    rate = 10_000 / (time.monotonic() - started)
    live.catch_up()
    account(live)
    lags = live.rows(
        "select extract(epoch from received_at - committed_at) from raw_ingest.changes"
        " where table_name = 'stock' and operation = 'insert'"
    )
    assert len(lags) == 10_000
    assert statistics.median(float(lag) for (lag,) in lags) < 2, f"at {rate:.0f} changes a second"


def test_status_pause_resume_and_setup_again(live) -> None:
    assert live.replication.status().state == "not set up"
    with pytest.raises(UserError, match="not set up: Set it up: python -m ingest replicate"):
        live.replication.check()
    live.replication.setup()
    live.replication.setup()
    live.catch_up()
    status = live.replication.status()
    assert (status.state, status.problems) == ("streaming", [])
    assert status.behind < 100_000
    live.replication.pause()
    live.source("insert into stock values ('A', 1, 1)")
    assert live.replication.status().state == "paused"
    assert load_table(live.replication.tables[0]).status == "failed"
    live.replication.resume()
    live.catch_up()
    live.is_equal()
    assert live.rows("select count(*) from raw_ingest.changes where operation = 'restart'") == [
        (3,)
    ]


def test_the_guard_lets_go_before_the_sources_disk_fills(live) -> None:
    live.replication.setup()
    live.source("insert into stock values ('A', 1, 1)")
    live.catch_up()  # before the pause, which comes quicker than the row
    live.replication.pause()
    live.source("insert into written (payload) select to_jsonb(repeat(md5(n::text), 100))"
                " from generate_series(1, 3000) as n")  # fmt: skip
    live.source("select pg_switch_wal(); checkpoint")
    found, is_well = live.replication.guard(1 << 20, 1 << 40)
    assert "bytes of its log for us, 1,048,576 or more" in found
    assert not is_well
    assert live.replication.guard(1 << 39, 1 << 40)[1]
    found, is_well = live.replication.guard(1 << 10, 1 << 20)
    assert "the slot was dropped. Copy all anew" in found
    assert not is_well
    assert live.source("select count(*) from pg_replication_slots") == [(0,)]
    [problem] = live.replication.status().problems
    assert "The source holds no slot thinkthrift_shop any more, so changes were missed" in problem
    # what was there stays until all is copied anew
    assert live.rows("select count(*) from public.stock") == [(1,)]
    live.source("update stock set quantity = 2")
    live.replication.setup()
    live.catch_up()
    live.is_equal()


def test_an_idle_source_does_not_hold_back_the_slot(live) -> None:
    live.replication.setup()
    live.catch_up()
    for _ in range(3):
        live.source("insert into written (payload) select to_jsonb(repeat(md5(n::text), 100))"
                    " from generate_series(1, 3000) as n")  # fmt: skip
    end = time.monotonic() + 60
    while (held := live.replication.status().held) > 5 << 20:
        assert time.monotonic() < end, f"{held:,} bytes are held back"
        live.source("checkpoint")
        time.sleep(1)


GONE = 'the source has no column "status" any more'


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("alter table orders rename column status to state", GONE),
        ("alter table orders drop column status cascade", GONE),
        # PostgreSQL itself does not change the type of what is published
        (
            "alter publication thinkthrift_shop drop table orders;"
            "alter table orders alter column amount type text;"
            "alter publication thinkthrift_shop add table orders",
            'column "amount" is text at the source, but numeric',
        ),
    ],
    ids=["renamed", "dropped", "another type"],
)
def test_a_changed_table_stops_with_a_message(live, change, message) -> None:
    live.source("insert into orders values (1, 'placed', 1.50, now(), null, 'x')")
    live.replication.setup()
    live.source(change)
    live.source("insert into orders (order_id, amount) values (2, '2.50')")
    result = load_table(live.replication.tables[0])
    assert result.status == "failed"
    assert message in result.notes[0]
    assert live.replication.status().state == "paused"
    assert live.rows("select status from public.orders where order_id = 1") == [("placed",)]


def test_a_column_more_at_the_source_changes_nothing(live) -> None:
    live.replication.setup()
    live.source("alter table orders add column note text; "
                "insert into orders values (1, 'placed', 1.50, now(), null, 'x', 'y')")  # fmt: skip
    live.catch_up()
    live.is_equal()


def test_what_stands_in_the_way_is_named_until_it_is_gone(live) -> None:
    live.replication.setup()
    live.rows("insert into public.stock values ('A', 1, 7)")  # by hand, which is not replicated
    live.source("insert into stock values ('A', 1, 1)")
    end = time.monotonic() + 30
    while (status := live.replication.status()).state != "stopped":
        assert time.monotonic() < end, status
    assert "duplicate key value" in status.problems[0] or "conflict" in status.problems[0]
    live.rows("delete from public.stock")
    live.catch_up()
    live.is_equal()
    assert live.replication.status().problems == []


def test_what_a_side_lacks_is_said_before_anything_is_made(live) -> None:
    live.source("create table keyless (id bigint)")
    tables = live.declare(orders="order_id bigint, nowhere text", stock="sku integer")
    with pytest.raises(UserError) as error:
        Replication("shop", tables).setup()
    assert 'the source has no column "nowhere"' in str(error.value)
    assert 'column "sku" is text at the source, but integer' in str(error.value)
    assert live.source("select count(*) from pg_publication") == [(0,)]
    assert live.source("select count(*) from pg_replication_slots") == [(0,)]


HARMFUL = {
    "an undeclared column in the key": (
        "orders", "alter table orders add column shop integer default 1, drop constraint"
        " orders_pkey, add primary key (order_id, shop)", "finds changed rows by shop, too",
    ),
    "an undeclared column in the index that is the identity": (
        "orders", "alter table orders add column code text not null default gen_random_uuid();"
        " create unique index by_code on orders (code);"
        " alter table orders replica identity using index by_code",
        "finds changed rows by code, too",
    ),
    "identity full": ("orders", "alter table orders replica identity full", "identity full"),
    "no identity": ("orders", "alter table orders replica identity nothing", "has no key by which"),
    "no key": ("orders", "alter table orders drop constraint orders_pkey", "has no key by which"),
    "a deferrable key": (
        "orders", "alter table orders drop constraint orders_pkey,"
        " add primary key (order_id) deferrable", "has no key by which",
    ),
    "unlogged": ("orders", "alter table orders set unlogged", "keeps no log"),
    "a generated column": (
        "orders", "alter table orders drop column description,"
        " add column description text generated always as (status || '!') stored",
        "generates description",
    ),
    "a view": (
        "orders", "alter table orders rename to all_orders;"
        " create view orders as select * from all_orders", "is a view",
    ),
    "a name in another case": (
        "orders", 'alter table orders rename column status to "Status"', 'It has "Status"',
    ),
    "a table in another case": (
        '"Orders"', 'alter table orders rename to "Orders"', "no table public.orders",
    ),
    "a partition without a log of its own identity": (
        "orders", "drop table orders; create table orders (order_id bigint primary key, status"
        " text, amount numeric, placed_at timestamptz, description text)"
        " partition by range (order_id); create table orders_1 partition of orders default;"
        " alter table orders_1 replica identity full", "orders_1 has replica identity full",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", HARMFUL)
def test_a_table_whose_writes_would_fail_is_refused_before_anything_is_made(live, kind) -> None:
    table, change, message = HARMFUL[kind]
    live.source(change)
    with pytest.raises(UserError, match="orders") as error:
        live.replication.setup()
    assert message in str(error.value)
    assert live.source("select count(*) from pg_publication") == [(0,)]
    assert live.source("select count(*) from pg_replication_slots") == [(0,)]
    write_as_the_shop(live, table)


def write_as_the_shop(live, table: str) -> None:
    """Insert, change, delete and truncate, as the shop does."""
    status = '"Status"' if live.source(
        "select 1 from pg_attribute where attname = 'Status' and attnum > 0"
    ) else "status"  # fmt: skip
    live.source(f"insert into {table} (order_id, {status}) values (7, 'placed')")
    live.source(f"update {table} set amount = 2, {status} = 'paid' where order_id = 7")
    live.source(f"delete from {table} where order_id = 7")
    if not live.source("select 1 from pg_views where schemaname = 'public'"):
        live.source(f"truncate {table}")


@pytest.mark.parametrize(
    "change",
    [
        "select 1",
        "create unique index by_id on orders (order_id); alter table orders drop constraint"
        " orders_pkey, replica identity using index by_id",
        "drop table orders; create table orders (order_id bigint primary key, status text, amount"
        " numeric, placed_at timestamptz, description text, extra text)"
        " partition by range (order_id); create table orders_1 partition of orders default",
    ],
    ids=["key", "index", "partitions"],
)
def test_a_table_that_is_followed_can_be_written_to(live, change) -> None:
    live.source(change)
    live.replication.setup()
    write_as_the_shop(live, "orders")
    live.source("insert into orders (order_id, status) values (8, 'placed')")
    live.catch_up()
    assert live.rows("select order_id, status from public.orders") == [(8, "placed")]


def test_settings_that_are_used_up_are_named(live) -> None:
    [(most, used)] = live.source(
        "select current_setting('max_replication_slots')::int, count(*) from pg_replication_slots"
    )
    for number in range(most - used - 1):
        live.source("select pg_create_physical_replication_slot(%s)", f"other_{number}")
    try:
        with pytest.raises(UserError, match="max_replication_slots"):
            live.replication.setup()
    finally:
        live.source("select pg_drop_replication_slot(slot_name) from pg_replication_slots")
    assert live.source("select count(*) from pg_publication") == [(0,)]


def test_drop_leaves_the_rows_and_nothing_at_the_source(live) -> None:
    live.source("insert into stock values ('A', 1, 1)")
    live.replication.setup()
    assert live.replication.drop() is None
    assert live.source("select count(*) from pg_replication_slots") == [(0,)]
    assert live.source("select count(*) from pg_publication") == [(0,)]
    assert live.rows("select count(*) from public.stock") == [(1,)]
    live.replication.setup()
    live.shop.kill()
    try:
        left = live.replication.drop()
    finally:
        live.shop.start()
    assert "select pg_drop_replication_slot('thinkthrift_shop')" in left
    with warehouse.connect() as connection:
        assert connection.execute("select count(*) from pg_subscription").fetchone() == (0,)
