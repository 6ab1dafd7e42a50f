"""Where there is nothing to show, a page says what to do and shows no traceback."""

import copy

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

import warehouse
from apps.dashboard import browser as browsers
from warehouse.embedded import EmbeddedServer

PAGES = ("sales", "customers", "product", "orders", "search", "operations")


def said(page) -> str:
    assert not page.exception
    assert page.header[0].value == "Nothing to show yet"
    return page.info[0].value


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_warehouse_is_to_be_filled(here, draw, monkeypatch, name: str) -> None:
    monkeypatch.setenv("PGDATABASE", "postgres")

    assert "`make demo`" in said(draw(name))


def test_marts_without_sales_are_to_be_filled(here, draw) -> None:
    here.connection.execute("alter table marts.rpt_daily_sales rename to kept")
    here.connection.execute("create table marts.rpt_daily_sales (like marts.kept)")
    here.connection.execute("grant select on marts.rpt_daily_sales to thinkthrift_bi")
    try:
        assert "`make load build`" in said(draw("sales"))
    finally:
        here.connection.execute("drop table marts.rpt_daily_sales")
        here.connection.execute("alter table marts.kept rename to rpt_daily_sales")


def test_a_stopped_embedded_warehouse_stays_stopped(here, draw, monkeypatch, tmp_path) -> None:
    monkeypatch.delenv("PGHOST")
    server = EmbeddedServer(tmp_path / "warehouse")
    monkeypatch.setattr(warehouse, "EMBEDDED", server)

    assert "`make up`" in said(draw("sales"))
    assert server.port() is None


def test_a_server_that_is_away_is_named(here, draw, monkeypatch) -> None:
    monkeypatch.setenv("PGPORT", "1")

    assert "cannot be reached" in said(draw("operations"))


def test_a_login_without_the_right_is_told_which(here, draw, monkeypatch) -> None:
    monkeypatch.setenv("PGUSER", "feeder")
    monkeypatch.setenv("PGPASSWORD", "not-a-secret")

    assert "permission denied for schema marts" in said(draw("sales"))


def test_a_server_of_ones_own_gets_no_made_up_data(world) -> None:
    own = copy.copy(world)
    own.environment = {**world.environment, "PGDATABASE": "postgres"}

    own.run("tools.demo", "prepare")

    with psycopg.connect(make_conninfo(world.conninfo(), dbname="postgres")) as connection:
        found = connection.execute("select to_regnamespace('marts'), to_regnamespace('raw_ingest')")
        assert found.fetchone() == (None, None)


def test_a_browser_shows_the_word_too(here, browser) -> None:
    with browsers.serving({**here.environment, "PGDATABASE": "postgres"}) as address:
        browser.goto(address)
        browsers.settle(browser)

        assert "make demo" in browser.locator("[data-testid=stAlert]").inner_text()
        assert browser.errors == []
