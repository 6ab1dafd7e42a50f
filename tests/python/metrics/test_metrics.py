"""Metrics computed from their definitions in YAML are what the marts say.

MetricFlow, which a BI tool would ask, turns the definitions into SQL; a definition that is changed
in either place makes a test fail.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.postgres import PostgresSQLSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import (
    parse_manifest_from_dbt_generated_manifest,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup
from world import World


@dataclass(frozen=True)
class Agreement:
    """A mart, and the metrics that say the same.

    Parameters
    ----------
    group_by
        Names by which MetricFlow groups, in the order of the first columns of the query.
    mart
        What to select from the mart: the keys, then one figure for each metric.
    metrics
        Names of the metrics.
    """

    group_by: tuple[str, ...]
    mart: str
    metrics: tuple[str, ...]
    where: tuple[str, ...] = field(default=())


BY_CHANNEL = ("channel", "currency")
# figures that marts give by month or not at all by time, told by day from the facts
BUYERS_BY_DAY = (
    "fct_orders inner join marts.dim_customers using (customer_key) where not is_unknown"
    " group by order_date, channel, currency_code"
)
PIECES_BY_DAY = "fct_order_lines where not is_cancelled group by order_date, channel, currency_code"
PIECES_BY_LISTING_DAY = (
    "fct_piece_lifecycle cross join lateral (values"
    " (listed_date, is_counted, false, received_quantity is not null),"
    " (first_sold_date, false, is_counted, false)) as days (day, begun, sold, stocked)"
    " where listed_date is not null and (begun or sold or stocked) group by day"
)
# by month or longer, as rpt_gmv_bridge is
NOT_BY_DAY = {"commission_amount", "commissionable_value", "take_rate"}
AGREEMENTS = {
    "rpt_daily_sales": Agreement(
        ("metric_time__day", *BY_CHANNEL),
        "order_date, channel, currency_code, order_count, line_count, quantity, gross_amount,"
        " discount_amount, net_amount, cancelled_amount, returned_amount, net_merchandise_value,"
        " reporting_net_amount, reporting_net_merchandise_value,"
        " net_amount / nullif(order_count, 0), cancelled_amount / nullif(net_amount, 0)",
        (
            "order_count", "order_line_count", "piece_count", "list_value", "discount_amount",
            "gross_merchandise_value", "cancelled_amount", "returned_amount",
            "net_merchandise_value", "reporting_gross_merchandise_value",
            "reporting_net_merchandise_value", "average_order_value", "cancellation_rate",
        ),
    ),
    BUYERS_BY_DAY: Agreement(
        ("metric_time__day", *BY_CHANNEL),
        "order_date, channel, currency_code, count(distinct customer_key)",
        ("buyer_count",),
    ),
    PIECES_BY_DAY: Agreement(
        ("metric_time__day", *BY_CHANNEL),
        "order_date, channel, currency_code, sum(quantity), sum(returned_quantity),"
        " cast(sum(returned_quantity) as numeric) / sum(quantity)",
        ("kept_piece_count", "returned_piece_count", "return_rate"),
    ),
    PIECES_BY_LISTING_DAY: Agreement(
        ("metric_time__day",),
        "day, sum(begun::integer), sum(sold::integer),"
        " cast(sum(sold::integer) as numeric) / nullif(sum(begun::integer), 0),"
        + "".join(
            f" avg(cast(is_sold_within_{days}_days as integer)) filter (where begun),"
            for days in (7, 30, 90)
        )
        + " coalesce(sum(sold_quantity) filter (where stocked), 0),"
        " coalesce(sum(received_quantity) filter (where stocked), 0),"
        " sum(sold_quantity) filter (where stocked)"
        " / nullif(sum(received_quantity) filter (where stocked), 0)",
        (
            "listing_count", "sold_listing_count", "liquidity", "sell_through_7_days",
            "sell_through_30_days", "sell_through_90_days", "stock_sold_quantity",
            "stock_received_quantity", "stock_sell_through",
        ),
    ),
    "rpt_monthly_summary": Agreement(
        ("metric_time__month", *BY_CHANNEL),
        "month_start_date, channel, currency_code, order_count, buyer_count, quantity,"
        " gross_merchandise_value, net_merchandise_value, average_order_value",
        (
            "order_count", "buyer_count", "piece_count", "gross_merchandise_value",
            "net_merchandise_value", "average_order_value",
        ),
    ),
    "rpt_gmv_bridge": Agreement(
        ("metric_time__month", *BY_CHANNEL),
        "month_start_date, channel, currency_code, list_value, discount_amount,"
        " gross_merchandise_value, cancelled_amount, returned_amount, net_merchandise_value,"
        " commission_amount, commissionable_value, take_rate,"
        " cancelled_amount / nullif(gross_merchandise_value, 0)",
        (
            "list_value", "discount_amount", "gross_merchandise_value", "cancelled_amount",
            "returned_amount", "net_merchandise_value", "commission_amount",
            "commissionable_value", "take_rate", "cancellation_rate",
        ),
    ),
    "rpt_sell_through": Agreement(
        ("metric_time__month", "listed_category", "listed_brand"),
        "month_start_date, category, brand, listed_count, sold_count, sold_within_7_days_share,"
        " sold_within_30_days_share, sold_within_90_days_share, liquidity,"
        " stock_sold_quantity, stock_received_quantity, stock_sell_through",
        (
            "listing_count", "sold_listing_count", "sell_through_7_days", "sell_through_30_days",
            "sell_through_90_days", "liquidity", "stock_sold_quantity", "stock_received_quantity",
            "stock_sell_through",
        ),
    ),
    "customer_360 where quantity > 0": Agreement(
        ("customer",),
        "customer_key, quantity, returned_quantity, returned_share",
        ("kept_piece_count", "returned_piece_count", "return_rate"),
        ("not {{ Dimension('customer__is_unknown') }}",),
    ),
    "customer_360": Agreement(
        ("metric_time__day",),
        "(select max(order_date) from marts.fct_orders), count(*) filter (where is_active_buyer)",
        ("active_buyer_count",),
    ),
    # every day there is, and none behind the last sale
    "dim_metric_days": Agreement(
        ("metric_time__day",),
        "date_day, (select count(distinct customer_key) from marts.fct_orders"
        " inner join marts.dim_customers using (customer_key) where not is_unknown"
        " and not is_cancelled and order_date <= date_day"
        " and order_date > date_day - interval '12 months')",
        ("active_buyer_count",),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def world(new_world: World) -> World:
    """A small world, loaded and built."""
    new_world.keep_artifacts()
    new_world.demo("create", "--lines", "3000", "--seed", "11")
    new_world.load()
    new_world.dbt("build", "--exclude-resource-type", "unit_test", "test")
    return new_world


@pytest.fixture(scope="module")
def definitions(world: World) -> str:
    """Semantic models and metrics, as dbt read them."""
    return (world.folder / "target" / "semantic_manifest.json").read_text()


def figures(world: World, definitions: str, agreement: Agreement) -> dict[tuple, list]:
    """Compute the metrics of an agreement from definitions."""
    lookup = SemanticManifestLookup(parse_manifest_from_dbt_generated_manifest(definitions))
    # no more than a dialect is asked of the client, for the SQL is run here
    dialect = SimpleNamespace(
        sql_engine_type=SqlEngine.POSTGRES, sql_plan_renderer=PostgresSQLSqlPlanRenderer()
    )
    request = MetricFlowQueryRequest.create(
        metric_names=agreement.metrics,
        group_by_names=agreement.group_by,
        where_constraints=agreement.where,
    )
    query = MetricFlowEngine(lookup, dialect).explain(request).sql_statement.sql
    columns = ", ".join((*agreement.group_by, *agreement.metrics))
    return by_key(agreement, world.rows(f"select {columns} from ({query}) as answer"))


def by_key(agreement: Agreement, rows: list[tuple]) -> dict[tuple, list]:
    """Tell keys from figures; without a day or key, and without any figure, a row says nothing."""
    width = len(agreement.group_by)
    plain = [[day_of(value) for value in row] for row in rows]
    return {
        tuple(row[:width]): [value or 0 for value in row[width:]]
        for row in plain
        if None not in row[:width] and any(row[width:])
    }


def day_of(value: object) -> object:
    return value.date() if isinstance(value, datetime) else value


def differences(world: World, definitions: str, name: str) -> list[tuple]:
    """Return key, metric, figure of the mart and figure of the metric, where they differ."""
    agreement = AGREEMENTS[name]
    expected = by_key(agreement, world.rows(f"select {agreement.mart} from marts.{name}"))
    found = figures(world, definitions, agreement)
    if name == "customer_360":  # the mart knows the last day only
        found = {key: values for key, values in found.items() if key in expected}
    assert expected
    nothing = [0] * len(agreement.metrics)
    return [
        (key, metric, in_mart, computed)
        for key in expected.keys() | found.keys()
        for metric, in_mart, computed in zip(
            agreement.metrics, expected.get(key, nothing), found.get(key, nothing), strict=True
        )
        if not alike(in_mart, computed)
    ]


def alike(in_mart: Decimal | int, computed: Decimal | float | int) -> bool:
    """Sums are exact; MetricFlow divides in floating point."""
    if isinstance(computed, float):
        return math.isclose(in_mart, computed, rel_tol=1e-9)
    return in_mart == computed or abs(in_mart - computed) < Decimal("1e-15")


@pytest.mark.parametrize("name", AGREEMENTS, ids=lambda name: name.split(" group by")[0])
def test_metrics_are_what_the_mart_says(world: World, definitions: str, name: str) -> None:
    assert differences(world, definitions, name) == []


def test_no_metric_goes_without_a_mart_to_agree_with_on_every_day(definitions: str) -> None:
    defined = {metric["name"] for metric in json.loads(definitions)["metrics"]}
    compared = {
        period: {
            name for one in AGREEMENTS.values() if period in one.group_by for name in one.metrics
        }
        for period in ("metric_time__day", "metric_time__month")
    }
    assert defined == compared["metric_time__day"] | NOT_BY_DAY
    assert compared["metric_time__month"] >= NOT_BY_DAY


def test_returns_cancellations_and_strangers_are_there_to_be_told_apart(world: World) -> None:
    [(cancelled, returned, unknown, late)] = world.rows(
        "select sum(cancelled_amount), sum(returned_amount),"
        " count(*) filter (where is_unknown),"
        " count(*) filter (where order_date < date '2024-01-01')"
        " from marts.fct_order_lines inner join marts.dim_customers using (customer_key)"
    )
    assert cancelled
    assert returned
    assert unknown
    assert late


def measure(manifest: dict, name: str) -> dict:
    return next(
        one
        for model in manifest["semantic_models"]
        for one in model["measures"]
        if one["name"] == name
    )


def metric(manifest: dict, name: str) -> dict:
    return next(one for one in manifest["metrics"] if one["name"] == name)


def sum_list_prices(manifest: dict) -> None:
    measure(manifest, "amount_agreed")["expr"] = "gross_amount"


def count_each_order_of_a_buyer(manifest: dict) -> None:
    measure(manifest, "customers_buying")["expr"] = "order_key"


def keep_returns(manifest: dict) -> None:
    metric(manifest, "net_merchandise_value")["type_params"]["expr"] = (
        "gross_merchandise_value - cancelled_amount"
    )


def count_cancelled_pieces(manifest: dict) -> None:
    metric(manifest, "kept_piece_count")["filter"] = None


def count_strangers(manifest: dict) -> None:
    metric(manifest, "buyer_count")["filter"] = None


def look_back_half_a_year(manifest: dict) -> None:
    metric(manifest, "active_buyer_count")["type_params"]["cumulative_type_params"]["window"][
        "count"
    ] = 6


def take_open_windows_for_sold(manifest: dict) -> None:
    measure(manifest, "share_sold_within_30_days")["expr"] = (
        "coalesce(cast(is_sold_within_30_days as integer), 1)"
    )


def count_sales_on_the_day_of_listing(manifest: dict) -> None:
    measure(manifest, "listings_sold")["agg_time_dimension"] = "listed_date"


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (sum_list_prices, "rpt_daily_sales"),
        (sum_list_prices, "rpt_gmv_bridge"),
        (keep_returns, "rpt_gmv_bridge"),
        (count_each_order_of_a_buyer, "rpt_monthly_summary"),
        (count_strangers, "rpt_monthly_summary"),
        (count_strangers, BUYERS_BY_DAY),
        (count_cancelled_pieces, PIECES_BY_DAY),
        (count_cancelled_pieces, "customer_360 where quantity > 0"),
        (look_back_half_a_year, "customer_360"),
        (take_open_windows_for_sold, "rpt_sell_through"),
        (count_sales_on_the_day_of_listing, "rpt_sell_through"),
        (count_sales_on_the_day_of_listing, PIECES_BY_LISTING_DAY),
    ],
)
def test_a_changed_definition_is_noticed(
    world: World, definitions: str, change: Callable[[dict], None], name: str
) -> None:
    manifest = json.loads(definitions)
    change(manifest)
    assert differences(world, json.dumps(manifest), name)
