"""Sales in other currencies are compared in one, at the day's rate, whenever the rate comes."""

from datetime import date
from decimal import Decimal

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from world import World

NO_TESTS = ("--exclude-resource-type", "test", "unit_test")
BUILT = (
    "fct_order_lines", "fct_orders", "dim_customer_segments", "customer_360", "rpt_sales_per_user",
    "rpt_daily_sales",
)  # fmt: skip
BETWEEN = ("int_exchange_rates_filled", "int_order_lines_touched", "int_customer_orders_summed")
DAYS_RATE = date(2024, 6, 7)


@pytest.fixture(scope="module")
def world(new_world: World) -> World:
    new_world.demo("create", "--lines", "900", "--seed", "6")
    new_world.load()
    new_world.dbt("build", *NO_TESTS, "--select", *(f"+{name}" for name in BUILT))
    return new_world


@pytest.fixture(scope="module")
def customer(world: World) -> str:
    """Somebody with three orders at the shop, of which two turn out to be in other currencies."""
    [(key, first, second)] = world.rows(
        "select cast(customer_key as text), (array_agg(order_id order by order_id))[1],"
        " (array_agg(order_id order by order_id))[2] from marts.fct_orders"
        " inner join marts.dim_customers using (customer_key)"
        " where source_system = 'shop' and not is_cancelled and not is_unknown"
        " group by customer_key having count(*) >= 3 and bool_and(net_merchandise_value > 0)"
        " order by 1 limit 1"
    )
    change_orders(world, first, currency_code="CHF", ordered_at="2024-06-08 12:00+00")
    change_orders(world, second, currency_code="JPY", ordered_at="2024-06-08 12:00+00")
    world.load("shop")
    return key


def change_orders(world: World, order: str, **values: str) -> None:
    assignments = ", ".join(f"{column} = %({column})s" for column in values)
    with psycopg.connect(make_conninfo(world.conninfo(), dbname="demo_shop")) as connection:
        connection.execute(
            f"update orders set {assignments}, updated_at = now() where order_id = {order}", values
        )


def set_rates(world: World, **units: str) -> None:
    """Put rates of one day in place of the seed's, as a daily source would bring them."""
    world.connection.execute("truncate seeds.exchange_rates")
    for currency, value in units.items():
        world.connection.execute(
            "insert into seeds.exchange_rates values (%s, 'EUR', %s, %s)",
            (DAYS_RATE, currency, value),
        )


def build(world: World, *arguments: str) -> None:
    world.dbt("build", *NO_TESTS, *arguments, "--select", *BETWEEN, *BUILT)


def value_of(world: World, customer: str, rates: dict[str, str]) -> tuple[Decimal, int]:
    """Compute lifetime value, and how many orders it leaves out, from lines in their currency."""
    value, left_out = Decimal(0), set()
    for order, currency, net in world.rows(
        "select order_key, currency_code, net_amount - cancelled_amount - returned_amount"
        " from marts.fct_order_lines where customer_key = %s"
        " and order_key in (select order_key from marts.fct_orders where not is_cancelled)",
        customer,
    ):
        if currency != "EUR" and currency not in rates:
            left_out.add(order)
        else:
            value += net / Decimal(rates.get(currency, "1"))
    return value, len(left_out)


def told(world: World, customer: str) -> tuple[Decimal, int, str]:
    [row] = world.rows(
        "select lifetime_value, unconverted_order_count, currency_code"
        " from marts.customer_360 where customer_key = %s", customer,
    )  # fmt: skip
    return row


def contents(world: World) -> dict[str, list[tuple]]:
    return {
        name: world.rows(f"select to_jsonb(t) - 'built_at' from marts.{name} as t order by 1")
        for name in BUILT
    }


@pytest.mark.parametrize(
    "rates",
    [
        pytest.param({"CHF": "0.9735"}, id="a second currency, and one without a rate"),
        pytest.param({"CHF": "0.8", "JPY": "170.5"}, id="corrected, and come late"),
        pytest.param({"JPY": "170.5"}, id="withdrawn"),
    ],
)
def test_lifetime_value_is_over_all_currencies(
    world: World, customer: str, rates: dict[str, str]
) -> None:
    set_rates(world, **rates)
    build(world)
    expected, left_out = value_of(world, customer, rates)
    value, unconverted, currency = told(world, customer)
    assert abs(value - expected) < Decimal("1e-12")
    assert (unconverted, currency) == (left_out, "EUR")
    assert left_out == 2 - len(rates)
    grown = contents(world)
    build(world, "--full-refresh")
    assert contents(world) == grown


def test_a_rate_that_stays_writes_no_line(world: World, customer: str) -> None:
    written = "select max(xmin::text::bigint) from marts.fct_order_lines"
    before = world.rows(written)
    build(world)
    assert world.rows(written) == before


@pytest.mark.parametrize(
    ("rates", "test"),
    [
        ({"CHF": "0"}, "exchange_rates_can_be_divided_by"),
        ({"CHF": "-0.9"}, "exchange_rates_can_be_divided_by"),
        ({"CHF": "NaN"}, "exchange_rates_can_be_divided_by"),
        ({"EUR": "1.1"}, "exchange_rates_can_be_divided_by"),
    ],
)
def test_a_rate_that_is_none_is_refused(world: World, rates: dict[str, str], test: str) -> None:
    set_rates(world, **rates)
    printed = world.dbt("test", "--select", "exchange_rates", expect=1)
    assert test in printed


def test_a_currency_without_a_rate_is_warned_of_by_name(world: World, customer: str) -> None:
    set_rates(world, CHF="0.9735")
    build(world)
    assert "WARN 1 assert_currencies_have_a_rate" in world.dbt(
        "test", "--select", "assert_currencies_have_a_rate"
    )
    assert world.rows(
        "select currency_code, order_count from test_failures.assert_currencies_have_a_rate"
    ) == [("JPY", 1)]
