"""An error planted in a built warehouse makes the test fail that is there for it, by name."""

import contextlib
from collections.abc import Iterator

import pytest
from world import World

# what is planted, in which table, and the test that must name it
ERRORS = {
    "a product that nobody knows": (
        "marts.fct_order_lines",
        "update marts.fct_order_lines set product_key = gen_random_uuid()"
        " where order_line_key = (select order_line_key from marts.fct_order_lines limit 1)",
        "relationships_fct_order_lines_product_key__product_key__ref_dim_products_",
    ),
    "a negative price": (
        "marts.fct_order_lines",
        "update marts.fct_order_lines set unit_price = -unit_price"
        " where order_line_key = (select order_line_key from marts.fct_order_lines"
        " where unit_price > 0 limit 1)",
        "dbt_utils_accepted_range_fct_order_lines_unit_price__0",
    ),
    "two versions at once": (
        "marts.dim_products",
        "update marts.dim_products as one set valid_to = valid_to + interval '1 second'"
        " where product_key = (select product_key from marts.dim_products"
        " where not is_current limit 1)",
        "ranges_do_not_overlap_dim_products_product_id",
    ),
    "two versions at once in a snapshot": (
        "snapshots.snap_marketplace__products",
        "update snapshots.snap_marketplace__products"
        " set dbt_valid_to = dbt_valid_to + interval '1 second' where dbt_scd_id ="
        " (select min(dbt_scd_id) from snapshots.snap_marketplace__products"
        " where dbt_valid_to < '9999-12-31')",
        "snap_marketplace__products_ranges_do_not_overlap",
    ),
    "a moment without a version": (
        "marts.dim_customer_versions",
        "update marts.dim_customer_versions set valid_to = valid_to - interval '1 second'"
        " where customer_version_key = (select customer_version_key"
        " from marts.dim_customer_versions where not is_current limit 1)",
        "ranges_have_no_gap_dim_customer_versions_customer_key",
    ),
    "a lost row": (
        "marts.fct_order_lines",
        "delete from marts.fct_order_lines"
        " where order_line_key = (select order_line_key from marts.fct_order_lines limit 1)",
        "assert_order_lines_reconcile_with_sources",
    ),
    "a row that is there twice": (
        "marts.fct_order_lines",
        "insert into marts.fct_order_lines select (jsonb_populate_record(l, jsonb_build_object("
        "'order_line_key', gen_random_uuid(), 'order_line_id', 'again'))).*"
        " from marts.fct_order_lines as l limit 1",
        "fct_orders_line_count_as_in_lines",
    ),
    "a line off by a cent": (
        "marts.fct_order_lines",
        "update marts.fct_order_lines set net_amount = net_amount + 0.01"
        " where order_line_key = (select order_line_key from marts.fct_order_lines limit 1)",
        "fct_order_lines_amounts_add_up",
    ),
    "an invoice off by a cent": (
        "marts.fct_invoices",
        "update marts.fct_invoices set goods_amount = goods_amount + 0.01,"
        " total_amount = total_amount + 0.01"
        " where invoice_key = (select invoice_key from marts.fct_invoices"
        " where document_type = 'invoice' limit 1)",
        "assert_documents_are_those_of_their_orders",
    ),
    "a day's total off by a cent": (
        "marts.rpt_daily_sales",
        "update marts.rpt_daily_sales as one set net_amount = net_amount + 0.01"
        " where ctid = (select min(ctid) from marts.rpt_daily_sales)",
        "rpt_daily_sales_net_amount_as_in_lines",
    ),
}


@pytest.fixture(scope="module")
def built(new_world: World) -> World:
    """A small world of two states of its sources, built, in which these tests pass."""
    new_world.demo("create", "--lines", "1500")
    for _ in range(2):
        new_world.load()
        new_world.dbt("build", "--exclude-resource-type", "test", "unit_test")
        new_world.demo("advance", "--days", "5")
    new_world.dbt("test", "--select", *{name for _, _, name in ERRORS.values()})
    return new_world


@contextlib.contextmanager
def planted(world: World, table: str, planting: str) -> Iterator[None]:
    """Change one row of a table for as long as the context lasts."""
    world.connection.execute(f"create table public.untouched as table {table}")
    try:
        assert world.connection.execute(planting).rowcount == 1
        yield
    finally:
        world.connection.execute(f"truncate {table}")
        world.connection.execute(f"insert into {table} table public.untouched")
        world.connection.execute("drop table public.untouched")


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_is_named_by_the_test_for_it(built: World, error: str) -> None:
    table, planting, name = ERRORS[error]
    with planted(built, table, planting):
        printed = built.dbt("test", "--select", name, expect=1)
        assert f"Failure in test {name}" in printed
        if len(name) < 64:  # what is longer has a name that ends in a hash
            assert built.rows(f"select count(*) > 0 from test_failures.{name}") == [(True,)]


def test_a_few_bad_rows_of_a_source_are_warned_of_and_many_fail(built: World) -> None:
    table = "raw_shop.order_items"
    name = "dbt_utils_accepted_range_stg_shop__order_items_unit_price__0"
    one = f"where order_item_id = (select min(order_item_id) from {table})"
    with planted(built, table, f"update {table} set unit_price = -1 {one}"):
        printed = built.dbt("test", "--select", name)
        assert f"Warning in test {name}" in printed
        assert built.rows(f"select count(*) from test_failures.{name}") == [(1,)]
        built.connection.execute(f"update {table} set unit_price = -1")
        printed = built.dbt("test", "--select", name, expect=1)
        assert f"Failure in test {name}" in printed


def test_mails_that_tell_a_receipt_differently_are_warned_of(built: World) -> None:
    table = "raw_store_mail.order_confirmations"
    name = "assert_mails_of_a_receipt_agree"
    columns = [
        column
        for (column,) in built.rows(
            "select column_name from information_schema.columns"
            " where table_schema || '.' || table_name = %s",
            table,
        )
    ]
    other = {"message_id": "'another'", "quantity": "quantity + 1"}
    values = ", ".join(other.get(column, column) for column in columns)
    again = f"insert into {table} ({', '.join(columns)}) select {values} from {table} limit 1"
    with planted(built, table, again):
        printed = built.dbt("test", "--select", name)
        assert f"Warning in test {name}" in printed
        assert built.rows(f"select count(*) from test_failures.{name}") == [(1,)]
    printed = built.dbt("test", "--select", name)
    assert "Warning" not in printed


def test_a_key_that_the_server_does_not_enforce_is_tested(built: World) -> None:
    table, name = "marts.rpt_daily_sales", "primary_key_holds_rpt_daily_sales_"
    [(key, columns)] = built.rows(
        "select conname, pg_get_constraintdef(oid) from pg_constraint"
        f" where conrelid = '{table}'::regclass and contype = 'p'"
    )
    built.dbt("test", "--select", name)
    built.connection.execute(f"alter table {table} drop constraint {key}")
    with planted(built, table, f"insert into {table} select * from {table} limit 1"):
        printed = built.dbt("test", "--select", name, expect=1)
        assert f"Failure in test {name}" in printed
    built.connection.execute(f"alter table {table} add constraint {key} {columns}")


def test_a_loss_between_raw_table_and_mart_is_one_row_by_name(built: World) -> None:
    table = "marts.fct_order_lines"
    lost = f"select min(order_line_key::text)::uuid from {table} where source_system = 'stores'"
    with planted(built, table, f"delete from {table} where order_line_key = ({lost})"):
        built.dbt("run", "--select", "rpt_source_reconciliation")
        assert built.rows(
            "select source_system from marts.rpt_source_reconciliation where not is_reconciled"
        ) == [("stores",)]
    built.dbt("build", "--select", "rpt_source_reconciliation")


def test_a_loss_between_source_and_raw_table_is_one_row_by_name(built: World) -> None:
    lost = "select min(order_item_id) from raw_shop.order_items"
    built.connection.execute(f"delete from raw_shop.order_items where order_item_id = ({lost})")
    built.load("shop")
    printed = built.dbt("build", "--select", "rpt_source_counts", expect=1)
    assert "accepted_values_rpt_source_counts_is_complete" in printed
    assert built.rows(
        "select source_name, table_name from marts.rpt_source_counts where not is_complete"
    ) == [("shop", "order_items")]
    built.load("--full", "shop.order_items")
    built.dbt("build", "--select", "rpt_source_counts")


@pytest.mark.long
def test_an_error_in_an_old_row_is_left_to_the_weekly_selector(built: World) -> None:
    table, planting, name = ERRORS["a product that nobody knows"]
    planting = planting.replace(" where", ", built_at = built_at - interval '30 days' where", 1)
    with planted(built, table, planting):
        printed = built.dbt("test", "--selector", "daily")
        assert f"Failure in test {name}" not in printed
        for chosen, days in (("weekly", "3"), ("daily", "31")):
            built.environment["DAILY_TEST_DAYS"] = days
            printed = built.dbt("test", "--selector", chosen, expect=1)
            assert f"Failure in test {name}" in printed
        built.environment["DAILY_TEST_DAYS"] = "a week"
        printed = built.dbt("test", "--selector", "daily", expect=1)
        del built.environment["DAILY_TEST_DAYS"]
        assert "DAILY_TEST_DAYS is 'a week'. Give a number of days above 0, such as 3." in printed
