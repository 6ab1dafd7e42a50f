"""What a build adds to the tables of earlier builds makes the same as a build from nothing.

INCREMENTAL_STEPS sets the number of steps; INCREMENTAL_SEED repeats a run.
"""

import os
import random
from collections.abc import Iterator

import pytest
from world import World

STEPS = int(os.environ.get("INCREMENTAL_STEPS", "3"))
SEED = int(os.environ.get("INCREMENTAL_SEED", "1"))
INCREMENTAL = ("marts.fct_order_lines",)
DEPENDENT = ("marts.fct_orders", "marts.fct_invoices", "marts.fct_invoice_items")
# what the search reads, without the times of indexing
INDEX = (
    "select term, listing_key, impact from search.search_postings",
    "select word, term, document_count from search.search_vocabulary",
    "select trigram, word from search.search_trigrams",
    "select field, document_count, word_count from search.search_field_lengths",
    "select listing_key, title, price, words from search.search_documents"
    " where retired_at = '9999-12-31 00:00:00+00'",
)
# what changes in the wild without the demo's doing; each is undone by no later load
ACCIDENTS = {
    "a line of the shop is deleted": (
        "delete from raw_shop.order_items"
        " where order_item_id = (select min(order_item_id) from raw_shop.order_items)"
    ),
    "a price gains a digit that changes no amount": (
        "update raw_shop.order_items set unit_price = cast(unit_price || '0' as numeric)"
        " where order_item_id = (select max(order_item_id) from raw_shop.order_items)"
    ),
    "a customer takes another's address": (
        "update raw_shop.customers set email = (select max(email) from raw_shop.customers)"
        " where customer_id = (select min(customer_id) from raw_shop.orders)"
    ),
    "a receipt comes later than its lines": (
        "delete from raw_stores.receipts where (store_id, receipt_id)"
        " = (select store_id, receipt_id from raw_stores.receipts order by 1, 2 limit 1)"
    ),
    "past sales are loaded late": (
        "delete from raw_history.sales where sale_line_id % 50 = 1;"
        "update raw_history.sales set sale_line_id = -sale_line_id where sale_line_id % 50 = 2"
    ),
}


@pytest.fixture(scope="module")
def growing(postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A small world on its first day, loaded and built."""
    world = World(tmp_path_factory.mktemp("incremental"), postgres, "incremental")
    world.demo("create", "--lines", "2000", "--seed", str(SEED))
    world.load()
    world.dbt("build", "--exclude", "resource_type:unit_test", "resource_type:test")
    yield world
    world.connection.close()


def test_incremental_tables_equal_those_built_from_nothing(growing: World) -> None:
    draw = random.Random(SEED)
    accidents = draw.sample(sorted(ACCIDENTS), len(ACCIDENTS))
    for step in range(STEPS):
        growing.demo("advance", "--days", str(draw.randint(1, 9)))
        growing.load(*(["--full", "shop", "stores"] if step % 2 else []))
        for accident in accidents[2 * step % len(accidents) :][:2]:
            growing.connection.execute(ACCIDENTS[accident])
        growing.dbt("seed")
        growing.dbt("snapshot")
        growing.dbt("run")
        built, indexed = growing.checksums(), _index(growing)
        growing.dbt("run", "--full-refresh", "--select", "marts.core", "search")
        afresh = growing.checksums()
        assert indexed == _index(growing), (step, SEED)
        for name in (*INCREMENTAL, *DEPENDENT):
            assert built[name] == afresh[name], (name, step, SEED)


def _index(world: World) -> list[tuple]:
    """Return row count and checksum of what the search reads."""
    checksum = "select count(*), md5(string_agg(md5(t::text), '' order by md5(t::text)))"
    return [world.rows(f"{checksum} from ({query}) as t")[0] for query in INDEX]


def test_a_second_build_writes_no_line(growing: World) -> None:
    before = growing.rows("select max(xmin::text::bigint) from marts.fct_order_lines")
    growing.dbt("run", "--select", "fct_order_lines")
    assert growing.rows("select max(xmin::text::bigint) from marts.fct_order_lines") == before


def test_a_second_build_indexes_nothing(growing: World) -> None:
    names = ("documents", "postings", "vocabulary", "trigrams", "field_lengths")
    query = ", ".join(
        f"(select max(xmin::text::bigint) from search.search_{name})" for name in names
    )
    before = growing.rows(f"select {query}")
    growing.dbt("run", "--select", *(f"search_{name}" for name in names))
    assert growing.rows(f"select {query}") == before
