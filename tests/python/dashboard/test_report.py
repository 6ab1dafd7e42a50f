"""The report is one file that asks nobody for anything."""

import pytest
from access.people import acting
from playwright.sync_api import Page


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
