"""What a build adds to the tables of earlier builds makes the same as a build from nothing.

INCREMENTAL_STEPS sets the number of steps; INCREMENTAL_SEED repeats a run.
"""

import os
import random
import time

import psycopg
import pytest
from commands import Started
from world import World

STEPS = int(os.environ.get("INCREMENTAL_STEPS", "2"))
KILLS = 4
SEED = int(os.environ.get("INCREMENTAL_SEED", "1"))
FACTS = (
    "fct_order_lines", "fct_orders", "fct_returns", "fct_invoices", "fct_payments_and_refunds",
)  # fmt: skip
SUMS = ("int_listing_sales_summed", "int_customer_orders_summed")
# what is compared of each table: all but the times of building
COMPARED = {
    **{f"marts.{name}": "select to_jsonb(t) - 'built_at' from {} as t" for name in FACTS},
    **{f"intermediate.{name}": "select to_jsonb(t) - 'built_at' from {} as t" for name in SUMS},
    "search.search_postings": "select term, listing_key, impact from {}",
    "search.search_vocabulary": "select word, term, document_count from {}",
    "search.search_trigrams": "select trigram, word from {}",
    "search.search_field_lengths": (
        "select field, document_count, filled_count, word_count, typical_length from {}"
    ),
    "search.search_documents": "select listing_key, title, price from {} where retired_at > now()",
}


def gone(table: str, key: str, which: str) -> str:
    """Return the statement by which a load deletes raw rows that are gone; see `ingest.gone`."""
    source, name = table.split(".")
    return (
        f"with gone as (delete from raw_{table} where {which} returning *)"
        " insert into raw_ingest.changes (source_name, table_name, operation, row_key)"
        f" select '{source}', '{name}', 'delete', jsonb_build_array({key}) from gone"
    )


# what changes in the wild without the demo's doing; each is undone by no later load
ACCIDENTS = {
    "a line of the shop is deleted": gone(
        "shop.order_items",
        "order_item_id",
        "order_item_id = (select min(order_item_id) from raw_shop.order_items)",
    ),
    "an order is deleted, and its lines stay": gone(
        "shop.orders", "order_id", "order_id = (select max(order_id) from raw_shop.order_items)"
    ),
    "an account is deleted": gone(
        "shop.customers",
        "customer_id",
        "customer_id = (select max(customer_id) from raw_shop.orders)",
    ),
    "an account of the marketplace is deleted": gone(
        "marketplace.users",
        "user_id",
        "user_id = (select max(user_id) from raw_marketplace.transactions)",
    ),
    "an order's only line becomes another's": (
        "update raw_shop.order_items set order_id = (select max(order_id) from raw_shop.orders)"
        " where order_item_id = (select min(alone.order_item_id) from ("
        " select min(order_item_id) as order_item_id from raw_shop.order_items"
        " group by order_id having count(*) = 1) as alone)"
    ),
    "a price gains a digit that changes no amount": (
        "update raw_shop.order_items set unit_price = cast(unit_price || '0' as numeric)"
        " where order_item_id = (select max(order_item_id) from raw_shop.order_items)"
    ),
    "a customer takes another's address": (
        "update raw_shop.customers set email = (select max(email) from raw_shop.customers)"
        " where customer_id = (select min(customer_id) from raw_shop.orders)"
    ),
    "a receipt is gone, and its lines stay": gone(
        "stores.receipts",
        "store_id, receipt_id",
        "(store_id, receipt_id) = (select store_id, receipt_id from raw_stores.receipts"
        " order by 1, 2 limit 1)",
    ),
    "a till has forgotten what a mail told": gone(
        "stores.receipts",
        "store_id, receipt_id",
        "(store_id, receipt_number) = (select till.store_id, till.receipt_number"
        " from raw_stores.receipts as till inner join raw_store_mail.order_confirmations as mail"
        " using (store_id, receipt_number) order by 1, 2 limit 1)",
    ),
    "past sales are gone": gone("history.sales", "sale_line_id", "sale_line_id % 50 = 1"),
    "a promotion gets another code": (
        "update snapshots.snap_shop__promotions set promotion_code = promotion_code || '-2'"
        " where promotion_id = (select min(promotion_id) from snapshots.snap_shop__promotions)"
    ),
}


@pytest.fixture(scope="module")
def growing(new_world: World) -> World:
    """A small world on its first day, loaded and built."""
    new_world.demo("create", "--lines", "2000", "--seed", str(SEED))
    new_world.load()
    build(new_world)
    return new_world


def build(world: World, *arguments: str) -> None:
    """Build the incremental tables and all that they are made of, without the tests."""
    names = [table.split(".")[1] for table in COMPARED]
    # a table that is made anew takes the views on it with it
    selected = [*names, "fct_invoice_items"] if arguments else [f"+{name}" for name in names]
    world.dbt("build", "--exclude-resource-type", "test", "unit_test", *arguments,
              "--select", *selected)  # fmt: skip


def checksums(world: World) -> dict[str, tuple]:
    """Return row count and checksum of each table."""
    return {
        table: world.rows(
            "select count(*), md5(string_agg(md5(r::text), '' order by md5(r::text)))"
            f" from ({query.format(table)}) as r"
        )[0]
        for table, query in COMPARED.items()
    }


def test_incremental_tables_equal_those_built_from_nothing(growing: World) -> None:
    draw = random.Random(SEED)
    accidents = draw.sample(sorted(ACCIDENTS), len(ACCIDENTS))
    for step in range(STEPS):
        growing.demo("advance", "--days", str(draw.randint(1, 9)))
        growing.load(*(["--full", "shop", "stores"] if step % 2 else []))
        for accident in accidents[2 * step % len(accidents) :][:2]:
            growing.connection.execute(ACCIDENTS[accident])
        build(growing)
        grown = checksums(growing)
        for table in COMPARED:
            growing.connection.execute(f"drop table if exists public.{table.split('.')[1]}")
            growing.connection.execute(
                f"create table public.{table.split('.')[1]} as table {table}"
            )
        build(growing, "--full-refresh")
        afresh = checksums(growing)
        for table in COMPARED:
            assert grown[table] == afresh[table], (table, step, SEED)
            # the next step goes on from what has grown
            growing.connection.execute(f"truncate {table}")
            growing.connection.execute(f"insert into {table} table public.{table.split('.')[1]}")


@pytest.mark.long
def test_what_was_left_behind_catches_up(growing: World) -> None:
    # lines are built alone, twice, between which the clock is set back by a day
    build(growing)
    for accident in ("a line of the shop is deleted", "an order's only line becomes another's"):
        growing.connection.execute(ACCIDENTS[accident])
        run_lines(growing)
        for table in ("marts.fct_order_lines", "intermediate.int_order_lines_withdrawn"):
            growing.connection.execute(
                f"update {table} set built_at = built_at + interval '1 day'"
                f" where built_at = (select max(built_at) from {table})"
            )
    assert_the_next_build_equals_one_from_nothing(growing)


@pytest.mark.long
def test_lines_made_anew_alone_reach_what_is_made_of_them(growing: World) -> None:
    build(growing)
    growing.connection.execute(ACCIDENTS["a line of the shop is deleted"])
    run_lines(growing, "--full-refresh")
    assert_the_next_build_equals_one_from_nothing(growing)


def test_what_commits_during_or_after_a_build_is_in_the_next(growing: World) -> None:
    build(growing)
    line = (
        "insert into raw_shop.order_items (order_item_id, order_id, sku, quantity, unit_price,"
        " updated_at, _load_id, _loaded_at, _source_file, _extracted_at)"
        " select %s, order_id, sku, 1, 10, now(), _load_id, _loaded_at, _source_file, _extracted_at"
        " from raw_shop.order_items limit 1"
    )
    count = "select count(*) from marts.fct_order_lines where source_system = 'shop'"
    [(before,)] = growing.rows(count)
    with psycopg.connect(growing.conninfo()) as late, psycopg.connect(growing.conninfo()) as later:
        late.execute(line, [9_000_001])
        growing.connection.execute(line, [9_000_002])
        build(growing)
        assert growing.rows(count) == [(before + 1,)]
        # one began before that build, one after it, and both commit after the next
        later.execute(line, [9_000_003])
        build(growing)
        late.commit()
        later.commit()
    build(growing)
    assert growing.rows(count) == [(before + 3,)]


@pytest.mark.long
def test_a_build_that_is_killed_is_made_up_for(growing: World) -> None:
    draw = random.Random(SEED)
    for accident in draw.sample(sorted(ACCIDENTS), KILLS):
        growing.connection.execute(ACCIDENTS[accident])
        started = Started(
            "dbt.cli.main", "run", "--quiet", "--select", "+fct_order_lines", "fct_orders",
            environment=growing.environment,
        )  # fmt: skip
        time.sleep(draw.uniform(5, 25))
        started.process.kill()
        started.end()
    assert_the_next_build_equals_one_from_nothing(growing)


@pytest.mark.long
def test_a_table_that_was_restored_is_read_anew(growing: World) -> None:
    build(growing)
    growing.connection.execute("create table public.kept as table marts.fct_order_lines")
    growing.connection.execute(ACCIDENTS["past sales are gone"])
    growing.connection.execute(ACCIDENTS["a price gains a digit that changes no amount"])
    build(growing)
    growing.connection.execute("truncate marts.fct_order_lines")
    growing.connection.execute("insert into marts.fct_order_lines table public.kept")
    run_lines(growing)
    [(left,)] = growing.rows("select count(*) from marts.fct_order_lines")
    run_lines(growing, "--full-refresh")
    assert growing.rows("select count(*) from marts.fct_order_lines") == [(left,)]
    build(growing, "--full-refresh")


def assert_the_next_build_equals_one_from_nothing(world: World) -> None:
    build(world)
    grown = checksums(world)
    build(world, "--full-refresh")
    assert checksums(world) == grown


def run_lines(world: World, *arguments: str) -> None:
    """Build the order lines and nothing that is made of them."""
    world.dbt("run", *arguments, "--select", "int_order_lines_touched", "fct_order_lines")
    # the views on a table that is made anew go with it
    if arguments:
        world.dbt("run", "--select", "fct_invoice_items")


def test_a_second_build_writes_no_row(growing: World) -> None:
    build(growing)
    written = last_writers(growing)
    build(growing)
    assert last_writers(growing) == written


def test_lines_are_shown(growing: World) -> None:
    # without its tests, which ask for marts that are not built here
    alone = ("--indirect-selection", "empty", "--select", "fct_order_lines")
    assert "order_line_key" in growing.dbt("show", "--limit", "1", *alone)


def last_writers(world: World) -> dict[str, list[tuple]]:
    """Return the last transaction that wrote to each table."""
    return {
        table: world.rows(f"select max(xmin::text::bigint) from {table}")
        for table in COMPARED
        if table != "marts.fct_payments_and_refunds"  # its ticket orders are written by each build
    }
