"""The pages in a browser, for which a login of the role bi reads."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from apps.dashboard.browser import PAGES, browsing, follow, settle
from apps.dashboard.data import reading


def figure(page, label: str) -> str:
    """Return the text of a tile."""
    tile = page.locator("[data-testid=stMetric]").filter(
        has=page.locator("[data-testid=stMetricLabel]").get_by_text(label, exact=True)
    )
    return tile.locator("[data-testid=stMetricValue]").inner_text()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_shown_without_an_error(browser, address: str, name: str) -> None:
    browser.goto(address)
    settle(browser)
    if name != "sales":
        follow(browser, name)

    assert browser.locator("h2").first.inner_text() == name.capitalize()
    assert browser.locator("[data-testid=stException]").count() == 0
    assert "Sales to " in browser.locator("[data-testid=stMain]").inner_text()
    assert browser.errors == []


def test_a_filter_changes_the_figures_to_those_of_sql(browser, address: str, world) -> None:
    [(everywhere, online)] = world.rows(
        "select count(*), count(*) filter (where channel = 'shop') from marts.fct_orders"
        " where order_date > (select max(order_date) - 364 from marts.fct_order_lines)"
    )
    assert 0 < online < everywhere
    browser.goto(address)
    settle(browser)
    assert figure(browser, "Orders") == f"{everywhere:,}"

    browser.locator("[data-testid=stMultiSelect]").get_by_role("combobox").click()
    browser.get_by_role("option", name="Online shop").click()
    browser.locator("[data-testid=stMetricValue]").get_by_text(f"{online:,}", exact=True).wait_for()
    settle(browser)

    assert figure(browser, "Orders") == f"{online:,}"


def test_the_period_goes_along_to_other_pages(browser, address: str, world) -> None:
    [(last,)] = world.rows("select max(order_date) from marts.fct_order_lines")
    first = last - timedelta(days=40)
    browser.goto(f"{address}/?period=Custom+range&days={first}&days={last}&compare=None")
    settle(browser)

    for name in ("operations", "product", "customers"):
        follow(browser, name)

    said = f"{first:%d %B %Y} to {last:%d %B %Y} · orders"
    assert said in browser.get_by_test_id("stMain").inner_text()


def test_a_bar_leads_to_its_orders_and_an_order_to_its_lines(browser, address: str, world) -> None:
    [(product, title, orders)] = world.rows(
        "select lines.product_id, min(products.title), count(distinct lines.order_key)"
        " from marts.fct_order_lines as lines"
        " inner join marts.dim_products as products using (product_id)"
        " where order_date > (select max(order_date) - 364 from marts.fct_order_lines)"
        " and lines.currency_code = 'EUR' and product_id <> 'unknown' and products.is_current"
        " group by lines.product_id"
        " order by sum(net_amount - cancelled_amount - returned_amount) desc limit 1"
    )
    browser.goto(address)
    settle(browser)

    bars = browser.get_by_test_id("stVegaLiteChart").nth(2).locator(".mark-rect path")
    bars.first.click()
    browser.get_by_text(f"Orders: 1. {title}").wait_for()
    settle(browser)
    rows = browser.get_by_test_id("stDataFrame").last
    assert int(rows.locator("table").get_attribute("aria-rowcount")) == orders + 1
    # the box at the left of the first row
    rows.click(position={"x": 20, "y": 52})
    link = browser.get_by_role("link", name="Link to this order")
    link.wait_for()

    with browser.context.expect_page() as opened:
        link.click()
    settle(opened.value)
    key = opened.value.url.partition("order=")[2]
    [(order_id, is_of_product)] = world.rows(
        "select min(order_id), bool_or(product_id = %s) from marts.fct_order_lines"
        " where order_key = %s", product, key,
    )  # fmt: skip
    assert is_of_product
    assert opened.value.get_by_text(f"Order {order_id}, ").is_visible()


POINTS, BARS = ".mark-symbol.role-mark path", ".mark-rect path"
CHARTS = {
    # page: marks of its first chart, what the last of them leads to, and the headings on the way
    "sales": (POINTS, ["Orders: "]),
    "customers": (BARS, ["Customers: ", "Orders: "]),
    "product": (POINTS, ["sold within ", "Orders: "]),
    "search": (POINTS, ["Orders: "]),
}


def table_after(page, heading: str):
    """Return the first table below a heading."""
    tables = "following::div[@data-testid='stDataFrame']"
    return page.locator(f"xpath=//h5[contains(., '{heading}')]/{tables}[1]").first


def row_count(table) -> int:
    """Return how many rows a table has."""
    return int(table.locator("table").get_attribute("aria-rowcount")) - 1


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_leads_to_its_rows_and_to_an_order(browser, address: str, name: str) -> None:
    marks, headings = CHARTS[name]
    browser.goto(f"{address}/{PAGES[name]}?period=Last+3+years&compare=None&q=denim")
    settle(browser)

    browser.get_by_test_id("stVegaLiteChart").first.locator(marks).last.click(force=True)
    for heading in headings:
        browser.get_by_role("heading", name=heading).wait_for()
        settle(browser)
        table = table_after(browser, heading)
        assert row_count(table) > 0
        # the box at the left of the first row
        table.click(position={"x": 20, "y": 52})

    browser.get_by_role("link", name="Link to this order").wait_for()
    assert browser.errors == []


def test_the_customers_of_a_segment_are_those_of_its_bar(browser, address: str, world) -> None:
    [(segment, customers)] = world.rows(
        "select segment, count(*) from marts.customer_360 where order_count > 0"
        " group by segment order by count(*) desc, segment limit 1"
    )
    browser.goto(f"{address}/customers")
    settle(browser)
    bars = browser.get_by_test_id("stVegaLiteChart").first.locator(".mark-rect path")
    bars.first.click()
    name = segment.replace("_", " ").capitalize()
    browser.get_by_role("heading", name=f"Customers: {name}").wait_for()
    settle(browser)

    tables = browser.get_by_test_id("stDataFrame")
    assert str(min(customers, 100) + 1) in [
        one.locator("table").get_attribute("aria-rowcount") for one in tables.all()
    ]


def test_the_customers_of_a_cohort_are_those_of_its_cell(here) -> None:
    with reading() as read:
        cells = read("cohorts", cohort_format="YYYY", first_date=date(2015, 1, 1),
                     last_date=date(2025, 12, 31))  # fmt: skip
        assert cells["months_since"].max() > 0
        for cell in cells.itertuples():
            found = read("cohort_customers", cohort_format="YYYY", cohort=cell.cohort,
                         month=cell.months_since)  # fmt: skip
            assert len(found) == min(cell.active_count, 200), cell


def test_the_pieces_of_a_curve_are_those_of_the_fact(here) -> None:
    [(category, first, last)] = here.rows(
        "select category, min(month_start_date), max(month_start_date)"
        " from marts.rpt_days_to_sell group by category order by sum(sold_count) desc limit 1"
    )
    [(sold,)] = here.rows(
        "select sum(sold_count) from marts.rpt_days_to_sell"
        " where category = %s and observed_days <= 30", category,
    )  # fmt: skip
    with reading() as read:
        found = read("pieces", category=category, first_date=first, last_date=last, days=30)
    assert len(found) == min(sold, 200) > 0


def test_a_bar_of_the_quarantine_says_where_its_rows_are(browser, address: str) -> None:
    browser.goto(f"{address}/operations")
    settle(browser)
    browser.get_by_test_id("stVegaLiteChart").first.locator(".mark-rect path").first.click()
    browser.get_by_text("python -m ingest quarantine list ").last.wait_for()
    browser.get_by_role("heading", name="Quarantine: ").wait_for()


def test_a_bar_of_a_search_leads_to_its_listings(browser, address: str) -> None:
    browser.goto(f"{address}/search?q=denim")
    settle(browser)
    browser.get_by_test_id("stVegaLiteChart").last.locator(".mark-rect path").first.click()
    browser.get_by_role("heading", name="Listings: ").wait_for()
    settle(browser)
    assert row_count(table_after(browser, "Listings: ")) > 0


def test_a_tile_leads_to_its_rows(browser, address: str) -> None:
    browser.set_viewport_size({"width": 1440, "height": 400})
    browser.goto(f"{address}/operations")
    settle(browser)
    sources = browser.get_by_role("heading", name="Sources", exact=True)
    expect(sources).not_to_be_in_viewport()

    browser.get_by_role("link", name="Sources agreeing").click()

    expect(sources).to_be_in_viewport()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone_in_the_dark(address: str, name: str) -> None:
    with browsing(390, theme="dark") as phone:
        phone.goto(f"{address}/{PAGES[name]}")
        settle(phone)
        shown = phone.get_by_test_id("stMain")

        assert shown.evaluate("main => main.scrollWidth") <= 390
        tiles = phone.get_by_test_id("stMetric")
        if tiles.count():
            assert max(box.bounding_box()["width"] for box in tiles.all()) <= 390
        colour = phone.get_by_test_id("stApp").evaluate("app => getComputedStyle(app).background")
        assert max(map(int, re.findall(r"\d+", colour)[:3])) < 60


def test_a_search_is_typed_and_answered(browser, address: str, world) -> None:
    [(found,)] = world.rows(
        "select count(*) from search.search_listings('denim', result_limit => 1000000)"
    )
    browser.goto(address)
    settle(browser)
    follow(browser, "search")

    browser.get_by_role("textbox", name="Words").fill("denim")
    browser.keyboard.press("Enter")
    browser.locator("[data-testid=stMetric]").first.wait_for()
    settle(browser)

    assert figure(browser, "Found") == f"{found:,}"
    assert browser.errors == []


def test_nothing_is_asked_of_another_host(browser, address: str) -> None:
    asked = []
    browser.on("request", lambda request: asked.append(request.url))
    browser.goto(address)
    settle(browser)

    assert asked
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []


def test_a_page_of_another_origin_gets_nothing(browser, address: str) -> None:
    # the same server under another name stands for another site
    browser.goto(address.replace("127.0.0.1", "localhost") + "/_stcore/health")
    tried = """async pages => {
        const socket = new Promise((done, failed) => {
            const opened = new WebSocket(pages.replace('http', 'ws') + '/_stcore/stream');
            opened.onopen = () => done('open');
            opened.onerror = () => failed('refused');
        });
        const read = fetch(pages + '/').then(answer => answer.text());
        return (await Promise.allSettled([socket, read])).map(one => one.status);
    }"""
    assert browser.evaluate(tried, address) == ["rejected", "rejected"]
    assert browser.evaluate(tried, address.replace("127.0.0.1", "localhost")) == [
        "fulfilled", "fulfilled",
    ]  # fmt: skip
