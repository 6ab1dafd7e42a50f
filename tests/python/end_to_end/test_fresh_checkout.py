"""A fresh checkout with the embedded warehouse, and the smallest of data."""

import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from checkout import copy_project
from playwright.sync_api import Page, expect

from apps.dashboard.browser import browsing

USERS = """\
user_id,username,country,join_date,email,user_rating,items_sold,items_bought
1,ann,UK,2021-12-31,ann@example.com,4.5,1,2
2,bob,AU,2022-01-01,bob@example.com,4.0,0,1
"""
PRODUCTS = "product_id,product_name,category,price\n1,Hat,Apparel,12.34\n1,Hat,Apparel,12.34\n\n"
# dbt's page asks for pictures by names that it forgot to fill in
DBTS_ICONS = ("getIcon", "favicon")
SALES = """\
transaction_id,sale_id,user_id,product_id,quantity,sale_date
5,1,1,1,2,2024-10-07
5,2,2,1,1,2024-10-08
"""


@pytest.fixture(scope="module")
def checkout():
    """A copy of what git tracks, set up but with nothing started."""
    # not in pytest's own folder, which another run of pytest takes from the server's user
    folder = Path(tempfile.mkdtemp(prefix="thinkthrift_checkout_"))
    copy_project(folder)
    run(folder, "ingest", "warehouse", "profile")
    yield folder
    run(folder, "ingest", "warehouse", "down")
    shutil.rmtree(folder)


def run(folder: Path, *arguments: str, **environment: str) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "DBT"))}
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder, env={**kept, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(checkout, tmp_path_factory):
    """What loading one source alone printed, with all models built of it."""
    exports = tmp_path_factory.mktemp("exports")
    # any name that begins with the table's will do
    (exports / "users_seed.csv").write_text(USERS)
    (exports / "products_seed.csv").write_text(PRODUCTS)
    (exports / "transactions_2024.csv").write_text(SALES)
    printed = run(checkout, "ingest", "load", "marketplace", MARKETPLACE_LOCATION=str(exports))
    run(checkout, "dbt.cli.main", "build", "--exclude", "test_type:unit")
    return printed


def test_one_source_alone_is_loaded_and_built(checkout, built) -> None:
    assert "marketplace.products" in built
    assert (checkout / "profiles.yml").stat().st_mode & 0o777 == 0o600
    asked = (
        "select count(*), sum(net_amount) from marts.fct_order_lines",
        "select count(*) from marts.dim_products where product_id like 'marketplace:%'",
        "select count(*) from marts.rpt_users_since",
    )
    found = [run(checkout, "ingest", "warehouse", "psql", "--", "-Atc", ask) for ask in asked]
    assert found == ["2|37.02\n", "1\n", "1\n"]


@pytest.mark.long
def test_models_are_built_after_a_replay(checkout, built) -> None:
    bad = (
        "insert into raw_ingest.quarantine"
        " (load_id, source_name, table_name, source_file, position, reason, payload)"
        " select max(load_id), 'marketplace', 'products', 'products_seed.csv', '9', 'no price',"
        """ '{"product_id": "9", "product_name": "Hat", "category": "Hats", "price": "dear"}'"""
        " from raw_ingest.loads"
    )
    run(checkout, "ingest", "warehouse", "psql", "--", "-c", bad)
    assert "marketplace.products" in run(checkout, "ingest", "quarantine", "replay")
    # with the tests of what they read
    run(checkout, "dbt.cli.main", "build", "--select", "stg_ingest__loads+", "--exclude",
        "test_type:unit")  # fmt: skip


@pytest.fixture(scope="module")
def site(checkout, built):
    """The documentation site's address, served as a web server would."""
    run(checkout, "dbt.cli.main", "--quiet", "docs", "generate", "--static")
    # fails if the SQL of a model cannot be read, or if a link leads nowhere
    subprocess.run([checkout / "tools" / "site" / "lineage"], check=True)
    run(checkout, "tools.site.definitions")
    run(checkout, "mkdocs", "build", "--strict", "--config-file", "tools/site/mkdocs.yml")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    handler = functools.partial(Handler, directory=checkout / "target" / "site")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def page(site):
    """A page that asks no other host for anything, and has no error but dbt's missing icons."""
    expect.set_options(timeout=20_000)
    asked, errors = [], []
    with browsing(base_url=site) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "response", lambda answer: errors.append(answer.url) if answer.status >= 400 else None
        )
        yield page
    assert [url for url in asked if not url.startswith((site, "data:", "blob:"))] == []
    assert [error for error in errors if not any(icon in error for icon in DBTS_ICONS)] == []


def test_models_are_found_by_search(page: Page) -> None:
    page.goto("/dbt/index.html")
    search = page.get_by_placeholder("Search for models...")
    search.fill("fct_order_lines")
    search.press("Enter")
    found = page.get_by_role("heading", name="fct_order_lines model", exact=True)
    expect(found).to_be_visible()


def test_the_graph_of_a_model_is_drawn(page: Page) -> None:
    page.goto("/dbt/index.html#!/model/model.thinkthrift.fct_orders")
    expect(page.get_by_role("heading", name="fct_orders")).to_be_visible()
    page.locator(".launcher-btn a").click()
    expect(page.locator("#cy canvas").first).to_be_visible()


def test_the_lineage_of_a_column_is_shown(page: Page) -> None:
    page.goto("/lineage/index.html?model=model.thinkthrift.rpt_daily_sales&parents=1&children=1")
    expect(page.get_by_text("net_merchandise_value").first).to_be_visible()
    # the models before and after it
    for neighbour in ("fct_order_lines", "rpt_monthly_summary"):
        expect(page.get_by_text(neighbour, exact=True).first).to_be_visible()


def test_the_lineage_advertises_nothing(page: Page) -> None:
    page.goto("/lineage/index.html?model=model.thinkthrift.rpt_daily_sales&parents=1&children=1")
    expect(page.get_by_text("net_merchandise_value").first).to_be_visible()
    # the page of the tool has them, or nothing would need to be hidden
    links = page.locator('a[href*="colibri-data.com"]')
    assert links.count() > 0
    assert not any(link.is_visible() for link in links.all())
    for words in ("ERD", "Saved Views", "Colibri"):
        expect(page.get_by_text(words, exact=True).filter(visible=True)).to_have_count(0)


def test_the_projects_pages_are_found_by_search(page: Page) -> None:
    page.goto("/index.html")
    box = page.get_by_role("textbox", name="Search")
    box.click()
    # the page searches at each key
    box.press_sequentially("kaplan")
    page.locator(".md-search-result__link", has_text="rpt_sell_through").first.click()
    expect(page.get_by_role("heading", name="rpt_sell_through", exact=True)).to_be_in_viewport()


@pytest.mark.parametrize("name", ["index", "dashboard", "definitions"])
def test_a_page_of_the_project_fits_a_phone_in_the_dark(site: str, name: str) -> None:
    with browsing(390, base_url=site, theme="dark") as phone:
        phone.goto(f"/{name}.html")
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
        colour = phone.evaluate("getComputedStyle(document.body).backgroundColor")
        assert max(map(int, re.findall(r"\d+", colour)[:3])) < 60


def test_each_page_of_the_project_is_there(page: Page) -> None:
    page.goto("/index.html")
    expect(page.get_by_role("heading", name="ThinkThrift Analytics")).to_be_visible()
    page.get_by_role("link", name="Definitions").first.click()
    expect(page.get_by_role("heading", name="NMV", exact=True)).to_be_visible()
    # a link of the site to a part of a page, followed
    page.goto("/search.html")
    expect(page.get_by_role("heading", name="Search", level=1)).to_be_visible()
