"""The pages in a browser, for which a login of the role bi reads."""

import pytest

from apps.dashboard.browser import PAGES, follow, settle


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
        " where order_date > (select max(order_date) - 91 from marts.fct_order_lines)"
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
