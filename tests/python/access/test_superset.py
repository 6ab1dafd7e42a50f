"""A BI tool reads the marts as a member of thinkthrift_bi, and nothing that is personal.

Takes an environment of its own, so it is run by `make bi-test` only.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from access.people import PASSWORD
from access.superset import PROGRAM, Superset

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not PROGRAM.exists(), reason="run by make bi-test"),
]
COLUMNS = """
select relname, attname, atttypid::regtype::text ~ '^(date|timestamp)'
from pg_class inner join pg_attribute on attrelid = pg_class.oid
where relnamespace::regnamespace::text = 'marts' and relkind in ('r', 'p', 'v', 'm')
    and attnum > 0 and not attisdropped
"""
MONTHS = {
    "rpt_daily_sales": ("order_date", "net_amount"),
    "rpt_gmv_bridge": ("month_start_date", "net_merchandise_value"),
    "fct_order_lines": ("ordered_at", "quantity"),
}
GROUPS = {
    "rpt_top_products": ("category", "net_amount"),
    "customer_360": ("segment", "lifetime_value"),
}


@pytest.fixture(scope="module")
def superset() -> Iterator[Superset]:
    folder = Path(tempfile.mkdtemp(prefix="thinkthrift_superset_"))
    running = Superset(folder)
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def database(superset: Superset, world) -> int:
    return superset.connect(world.conninfo(), "dashboard", PASSWORD)


@pytest.fixture(scope="module")
def datasets(superset: Superset, database: int) -> dict[str, int]:
    """The number of a dataset for each relation of marts."""
    return {
        name: superset.post("dataset/", database=database, schema="marts", table_name=name)["id"]
        for name in sorted(superset.relations(database, "marts"))
    }


def test_each_mart_is_a_dataset_with_its_columns(superset, datasets, world) -> None:
    found = set()
    for name, number in datasets.items():
        for column in superset.get(f"dataset/{number}")["result"]["columns"]:
            assert column["type"] not in (None, "", "NULL"), (name, column)
            found.add((name, column["column_name"], column["is_dttm"]))

    assert found == set(world.rows(COLUMNS))
    assert len(datasets) > 50


def chart(dataset: int, columns: list, **metric: object) -> dict:
    """Return what is asked for a chart of one metric."""
    return {
        "datasource": {"id": dataset, "type": "table"},
        "queries": [{"columns": columns, "metrics": [{"label": "total", **metric}]}],
        "result_format": "json",
        "result_type": "full",
    }


def test_each_mart_can_be_charted(superset, datasets, world) -> None:
    count = {"expressionType": "SQL", "sqlExpression": "count(*)"}
    for name, number in datasets.items():
        answer = superset.post("chart/data", **chart(number, [], **count))
        held = world.rows(f"select count(*) as total from marts.{name}")
        assert answer["result"][0]["data"] == [{"total": held[0][0]}], name


@pytest.mark.parametrize("name", [*MONTHS, *GROUPS])
def test_a_chart_shows_what_the_mart_holds(superset, datasets, world, name: str) -> None:
    by, value = (MONTHS | GROUPS)[name]
    column: object = by
    told = f"coalesce({by}, '')"
    if name in MONTHS:
        column = {
            "columnType": "BASE_AXIS", "expressionType": "SQL", "label": by, "sqlExpression": by,
            "timeGrain": "P1M",
        }  # fmt: skip
        told = f"extract(epoch from date_trunc('month', {by}::timestamptz))::bigint * 1000"
    total = {"expressionType": "SIMPLE", "aggregate": "SUM", "column": {"column_name": value}}
    answer = superset.post("chart/data", **chart(datasets[name], [column], **total))

    charted = {row[by] or "": float(row["total"] or 0) for row in answer["result"][0]["data"]}
    held = world.rows(
        f"select {told}, coalesce(sum({value}), 0)::float from marts.{name} group by 1"
    )
    assert len(held) > 1
    assert charted == pytest.approx(dict(held))


def test_personal_data_are_refused(superset, database) -> None:
    assert superset.query(database, "select country_code from marts.customer_360").ok

    for statement in (
        "select email from personal.dim_customer_contacts",
        "select * from raw_shop.customers",
        "select * from staging.stg_shop__customers",
    ):
        response = superset.query(database, statement)
        assert not response.ok
        assert "permission denied for schema" in response.text


def test_a_dataset_of_personal_data_has_no_rows(superset, database) -> None:
    """It can be made, for names of columns are no secret; see docs/access.md."""
    made = superset.post(
        "dataset/", database=database, schema="personal", table_name="dim_customer_contacts"
    )
    count = {"expressionType": "SQL", "sqlExpression": "count(email)"}
    refused = superset.try_to_post("chart/data", **chart(made["id"], [], **count))
    assert not refused.ok
    assert "permission denied for schema personal" in refused.text
