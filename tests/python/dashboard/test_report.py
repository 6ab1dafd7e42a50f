"""The report is one file that asks nobody for anything."""

import re

import pandas as pd
import pytest
import vl_convert
from access.people import acting
from playwright.sync_api import Page

from apps.dashboard import charts
from apps.dashboard.browser import browsing


@pytest.fixture(scope="module")
def report(world, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "report.html"
    assert str(path) in world.run("apps.dashboard", "report", "--output", str(path))
    return path.as_uri()


def test_it_shows_its_charts_and_asks_no_other_host(report: str, browser: Page) -> None:
    asked = []
    browser.on("request", lambda request: asked.append(request.url))
    browser.goto(report)

    assert asked == [report]
    assert browser.errors == []
    figures = browser.locator("figure")
    assert figures.count() == 7
    for drawing in figures.locator("> svg").all():
        assert drawing.bounding_box()["height"] > 80
        assert drawing.locator("path").count() > 5
    assert figures.locator("> svg").count() >= 6


def test_it_fits_a_phone(report: str) -> None:
    with browsing(390) as phone:
        phone.goto(report)

        assert phone.evaluate("document.documentElement.scrollWidth") == 390
        for tile in phone.locator(".tiles div, figure").all():
            assert tile.bounding_box()["x"] + tile.bounding_box()["width"] <= 390


def test_no_chart_is_cut_in_two_in_print(report: str, browser: Page) -> None:
    browser.emulate_media(media="print")
    browser.goto(report)

    figures = browser.locator("figure")
    styles = figures.evaluate_all("all => all.map(one => getComputedStyle(one).breakInside)")
    assert set(styles) == {"avoid"}


def test_a_line_is_broken_where_there_is_nothing() -> None:
    months = pd.DataFrame({"month": pd.to_datetime(["2025-01-01", "2025-02-01", "2025-05-01"]),
                           "price": [1.0, 2.0, 3.0], "what": "a piece"})  # fmt: skip
    drawn = vl_convert.vegalite_to_svg(
        charts.lines(months, "month", "price", "what", "EUR", "month", "month").to_json()
    )
    [path] = re.findall(r'aria-roledescription="line mark"[^>]* d="([^"]+)"', drawn)
    assert path.count("M") == 2


def test_its_figures_are_those_of_the_marts(report: str, browser: Page, world) -> None:
    [(orders,)] = world.rows(
        "select count(*) from marts.fct_orders"
        " where order_date > (select max(order_date) - 91 from marts.fct_order_lines)"
    )
    browser.goto(report)

    tile = browser.locator(".tiles div").filter(has_text="Orders")
    assert tile.locator("b").inner_text() == f"{orders:,}"


def test_an_empty_warehouse_makes_no_report(world, tmp_path) -> None:
    empty = acting(world, "viewer", PGDATABASE="postgres")
    said = empty.run(
        "apps.dashboard", "report", "--output", str(tmp_path / "report.html"), expect=1
    )

    assert "make demo" in said
    assert not (tmp_path / "report.html").exists()


def test_a_place_that_cannot_be_written_is_named(world) -> None:
    said = world.run("apps.dashboard", "report", "--output", "/proc/report.html", expect=2)

    assert "/proc/report.html cannot be written" in said
    assert "Traceback" not in said
