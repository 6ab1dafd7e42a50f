"""What pages show is what the marts hold, for any filters."""

import json
from datetime import timedelta

import pytest
from access.people import acting

from apps.dashboard.data import reading
from apps.dashboard.page import _cached as page_cache


def tile(page, label: str) -> str:
    return metric(page, label).value


def metric(page, label: str):
    """Return the tile, whose label may be a link."""
    return next(one for one in page.metric if one.label.partition("](")[0].strip("[") == label)


def test_sales_of_a_period_and_channel_are_those_of_the_fact(here, draw) -> None:
    page = draw("sales")
    page.selectbox(key="period").select("Last 52 weeks")
    page.multiselect(key="channel").select("store").run()

    [(nmv, gmv, cancelled)] = here.rows(
        "select sum(net_amount - cancelled_amount - returned_amount), sum(net_amount),"
        " sum(cancelled_amount) from marts.fct_order_lines"
        " where order_date > (select max(order_date) - 364 from marts.fct_order_lines)"
        " and channel = 'store' and currency_code = 'EUR'"
    )
    assert tile(page, "NMV") == f"{nmv:,.0f} EUR"
    assert tile(page, "GMV") == f"{gmv:,.0f} EUR"
    assert tile(page, "Cancellation rate") == f"{cancelled / gmv:.1%}"


@pytest.mark.parametrize(("comparison", "days"), [("Last year", 364), ("Previous period", 91)])
def test_changes_are_those_against_the_days_compared_with(
    here, draw, comparison: str, days: int
) -> None:
    """Of rates in percentage points."""
    page = draw("sales")
    page.selectbox(key="period").select("Last 13 weeks")
    page.selectbox(key="compare").select(comparison).run()

    (orders, cancelled), (orders_before, cancelled_before) = here.rows(
        "select sum(order_count), sum(cancelled_amount) / sum(net_amount)"
        " from marts.rpt_daily_sales, (values (0), (%s)) as moved (days)"
        " where currency_code = 'EUR'"
        " and order_date > (select max(order_date) - 91 - days from marts.rpt_daily_sales)"
        " and order_date <= (select max(order_date) - days from marts.rpt_daily_sales)"
        " group by days order by days", days,
    )  # fmt: skip
    assert metric(page, "Orders").delta == f"{orders / orders_before - 1:+.1%}"
    points = (cancelled - cancelled_before) * 100
    assert metric(page, "Cancellation rate").delta == f"{points:+.1f} pp"


def test_nothing_is_compared_where_nothing_is_asked_for(here, draw) -> None:
    for name in ("sales", "customers", "product"):
        page = draw(name)
        assert any(one.delta for one in page.metric)
        page.selectbox(key="compare").select("None").run()
        assert [one.delta for one in page.metric if one.delta] == []


def test_a_week_is_whole_if_all_its_days_are_in_the_period_and_known(here) -> None:
    [(last, known)] = here.rows(
        "select max(order_date), max(order_date) filter (where is_complete)"
        " from marts.rpt_running_totals where channel = 'shop'"
    )
    first = last - timedelta(days=90)
    with reading() as read:
        weeks = read("sales_course", first_date=first, last_date=last, shift=None, step="week",
                     currency="EUR", channels=["shop"])  # fmt: skip
    for week in weeks.itertuples():
        end = week.start_date + timedelta(days=6)
        assert week.is_whole == (first <= week.start_date and end <= min(last, known))
    assert weeks["is_whole"].nunique() == 2


def test_buyers_of_a_period_are_those_of_the_orders(here, draw) -> None:
    page = draw("customers")
    page.selectbox(key="period").select("Last 13 weeks").run()

    [(buyers, new)] = here.rows(
        "select count(distinct customer_key), count(distinct customer_key) filter (where"
        " first_order_date > last - 91) from marts.fct_orders inner join marts.customer_360"
        " using (customer_key), (select max(order_date) as last from marts.fct_orders) as days"
        " where order_date > last - 91 and not is_cancelled and fct_orders.currency_code = 'EUR'"
    )
    assert tile(page, "Buyers") == f"{buyers:,}"
    assert tile(page, "New buyers") == f"{new:,}"


def test_a_customer_is_found_by_the_label_that_is_shown(here, draw) -> None:
    page = draw("customers")
    label = page.dataframe[0].value["label"][0]
    [(orders,)] = here.rows(
        "select order_count from marts.customer_360"
        " where upper(left(cast(customer_key as text), 8)) = %s", label,
    )  # fmt: skip
    page.session_state["customer"] = label.lower()
    page.run()

    assert tile(page, "Orders") == f"{orders:,}"


def test_all_sources_are_counted(here, draw) -> None:
    """Those without sales, too; one of which a row is missing does not agree."""
    [(sources,)] = here.rows("select count(distinct source_name) from marts.rpt_load_health")
    assert sources == 8
    assert tile(draw("operations"), "Sources agreeing") == "8 of 8"

    here.connection.execute("update marts.rpt_load_health set rows_loaded = rows_loaded - 1"
                            " where table_name = 'stock_counts'")  # fmt: skip
    try:
        page_cache.clear()
        assert tile(draw("operations"), "Sources agreeing") == "7 of 8"
    finally:
        here.connection.execute("update marts.rpt_load_health set rows_loaded = rows_loaded + 1"
                                " where table_name = 'stock_counts'")  # fmt: skip


def test_top_products_are_those_of_the_report_for_the_same_days(here) -> None:
    """Which the dashboard's role may call."""
    [(first, last, channels)] = here.rows(
        "select max(order_date) - 400, max(order_date) - 30, array_agg(distinct channel)"
        " from marts.fct_order_lines"
    )
    with reading() as read:
        shown = read(
            "top_products", first_date=first, last_date=last, channels=channels, currency="EUR"
        )
    with here.connection.transaction():
        here.connection.execute("set local role thinkthrift_bi")
        reported = here.rows(
            "select product_id, title, quantity, net_merchandise_value"
            " from marts.top_products(%s, %s, 10) where currency_code = 'EUR'", first, last,
        )  # fmt: skip
    columns = ["product_id", "title", "piece_count", "net_merchandise_value"]
    assert list(shown[columns].itertuples(index=False, name=None)) == [
        (*row[:3], float(row[3])) for row in reported
    ]
    assert len(shown) == 10


def test_the_last_day_stands_beside_a_week_and_a_year_before(here, draw) -> None:
    days = draw("sales").dataframe[0].value.set_index("figure")

    for column, back in (("Last day", 0), ("A week before", 7), ("A year before", 364)):
        [(orders,)] = here.rows(
            "select count(*) from marts.fct_orders where order_date ="
            " (select max(order_date) - %s from marts.fct_order_lines)", back,
        )  # fmt: skip
        assert days.loc["Orders", column] == f"{orders:,}"


def test_currencies_are_never_added_up(here, draw) -> None:
    """A sale in francs, beside all those in euros, is shown only if francs are asked for."""
    here.connection.execute(
        "insert into marts.rpt_daily_sales select max(order_date), 'shop', 'CHF', 1, 1, 1, 99, 0,"
        " 99, 0, 0, 99, 90, 90 from marts.rpt_daily_sales"
    )
    try:
        page = draw("sales")
        page.selectbox(key="currency").select("CHF").run()
        assert tile(page, "GMV") == "99.00 CHF"
        assert tile(page, "Orders") == "1"
    finally:
        here.connection.execute("delete from marts.rpt_daily_sales where currency_code = 'CHF'")


def test_customers_of_a_country_are_those_of_the_mart(here, draw) -> None:
    page = draw("customers")
    page.multiselect(key="country").select("DE").run()

    [(count, active, value)] = here.rows(
        "select count(*), count(*) filter (where is_active_buyer), sum(lifetime_value)"
        " from marts.customer_360 where order_count > 0 and country_code = 'DE'"
    )
    assert tile(page, "Customers") == f"{count:,}"
    assert tile(page, "Active buyers") == f"{active:,}"
    assert tile(page, "Lifetime value") == f"{value:,.0f} EUR"


def test_orders_without_a_rate_are_said_to_be_left_out(here, draw) -> None:
    [(country, customers)] = here.rows(
        "select country_code, count(*) from marts.customer_360"
        " where order_count > 0 and country_code <> 'DE' group by 1 order by 1 limit 1"
    )
    here.connection.execute("update marts.customer_360 set unconverted_order_count = 3")
    try:
        page = draw("customers")
        page.multiselect(key="country").select(country).run()
    finally:
        here.connection.execute("update marts.customer_360 set unconverted_order_count = 0")
    said = f"currencies without an exchange rate: {3 * customers:,}."
    assert any(said in caption.value for caption in page.caption)


def test_a_customer_is_shown_without_personal_data(here, draw) -> None:
    [(key, email, name, orders)] = here.rows(
        "select cast(customer_key as text), email, full_name, order_count"
        " from marts.customer_360 inner join personal.dim_customer_contacts using (customer_key)"
        " where email is not null and full_name is not null order by order_count desc limit 1"
    )
    page = draw("customers")
    page.selectbox(key="customer").select(key).run()

    assert tile(page, "Orders") == f"{orders:,}"
    shown = " ".join(
        [str(frame.value.to_dict()) for frame in page.dataframe]
        + [metric.value for metric in page.metric]
        + [text.value for text in (*page.markdown, *page.caption)]
    )
    assert key in str(page.selectbox(key="customer").value)
    assert email not in shown
    assert name not in shown


def test_listings_sold_in_time_are_the_average_of_all_listings(here, draw) -> None:
    """As the metrics sell_through_* define it."""
    page = draw("product")
    page.selectbox(key="period").select("Last 3 years")
    page.multiselect(key="category").select("Apparel").run()

    [shares] = here.rows(
        "select avg(is_sold_within_7_days::integer), avg(is_sold_within_30_days::integer),"
        " avg(is_sold_within_90_days::integer) from marts.fct_piece_lifecycle"
        " where is_counted and category = 'Apparel' and listed_date >= date_trunc('month',"
        " (select max(order_date) - 1091 from marts.fct_order_lines)::timestamp)"
    )
    labels = ("Sold in 7 days", "Sold in 30 days", "Sold in 90 days")
    assert [tile(page, label) for label in labels] == [f"{share:.1%}" for share in shares]


def test_days_to_sell_are_those_of_the_governed_report(here) -> None:
    """Of a month and category with one brand only, whose median is in rpt_sell_through."""
    months = here.rows(
        "select month_start_date, category, min(median_days_to_sell) from marts.rpt_sell_through"
        " where listed_count > 0 group by month_start_date, category having count(*) = 1"
    )
    with_median = [row for row in months if row[2] is not None and row[2] <= 365]
    assert with_median
    with reading() as read:
        for month, category, median in with_median:
            asked = {"first_date": month, "last_date": month, "categories": [category]}
            assert read("days_to_sell", **asked)["median_days_to_sell"].iloc[0] == median


def test_operations_tell_of_loads_and_of_data_tests(here, draw) -> None:
    page = draw("operations")

    [(tables,)] = here.rows("select count(*) from marts.rpt_load_health")
    [(tests,)] = here.rows("select count(*) from marts.rpt_data_tests")
    assert tests > 0
    assert tile(page, "Tables loaded") == f"{tables} of {tables}"
    assert tile(page, "Tests passed") == f"{tests} of {tests}"


def test_a_data_test_that_fails_is_shown_until_it_passes(here, draw) -> None:
    """As dbt's own results have it, whose other verdicts stay."""
    before = here.rows("select * from marts.rpt_data_tests order by test_name")
    tested = ("test", "--select", "accepted_values_rpt_load_health_last_status__loaded__failed")
    here.connection.execute(
        "update marts.rpt_load_health set last_status = 'odd' where source_name = 'shop'"
    )
    try:
        here.dbt("--write-json", *tested, expect=1)
        results = json.loads((here.folder / "target" / "run_results.json").read_text())["results"]
        [result] = [one for one in results if one["unique_id"].startswith("test.")]
        failed = draw("operations").dataframe[0].value
        assert failed[["verdict", "failure_count"]].values.tolist() == [
            ["fail", result["failures"]]
        ]
    finally:
        here.connection.execute(
            "update marts.rpt_load_health set last_status = 'loaded' where source_name = 'shop'"
        )
        here.dbt(*tested)
    assert here.rows("select * from marts.rpt_data_tests order by test_name") == before


def test_queries_can_change_nothing(here, monkeypatch, tmp_path) -> None:
    """Whoever asks: a superuser takes the role bi, and the connection only reads."""
    (tmp_path / "sabotage.sql").write_text("delete from marts.rpt_daily_sales returning 1")
    (tmp_path / "whoami.sql").write_text("select current_user as name")
    monkeypatch.setattr("apps.dashboard.data.QUERIES", tmp_path)

    with reading() as read:
        assert read("whoami")["name"][0] == "thinkthrift_bi"
    with pytest.raises(Exception, match=r"read-only|permission denied"), reading() as read:
        read("sabotage")


def test_a_login_of_bi_reads_all_that_the_pages_ask_for(here, draw, monkeypatch) -> None:
    monkeypatch.setenv("PGUSER", "viewer")
    monkeypatch.setenv("PGPASSWORD", acting(here, "viewer").environment["PGPASSWORD"])

    for name in ("sales", "customers", "product", "orders", "search", "operations"):
        page = draw(name)
        assert page.header[0].value == name.capitalize()
        assert not page.exception
