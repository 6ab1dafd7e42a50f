"""How long a page of the dashboard takes after a click, and how long its bare SQL.

Measures the warehouse that is there, or a world of another benchmark.

Writes dashboard.md and dashboard.json; exit code 1 when a page takes more than 2 seconds and more
than 3 times its bare SQL.
"""

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

import warehouse
from apps.dashboard import data
from apps.dashboard.browser import PAGES, browsing, follow, serving, settle
from tools.benchmarks import common

SECONDS, TIMES = 2, 3
WORDS = "denim jacket"


def clicks(runs: int) -> dict[str, list[float]]:
    """Return the seconds from a click to the figures, by page; of the search, from its words.

    Each run has a server of its own, so that the pages remember nothing. The first run, in which
    PostgreSQL warms up, does not count.
    """
    seconds: dict[str, list[float]] = {name: [] for name in PAGES}
    for number in range(runs + 1):
        with serving() as address, browsing() as page:
            # a page with charts and tables, so that the browser has the programs for them
            page.goto(f"{address}/search?q=coat")
            settle(page)
            for name in sorted(PAGES, key="search".__eq__):
                started = time.monotonic()
                follow(page, name)
                if name == "search":
                    # how many coats there are, until it says how many of the words
                    found = page.get_by_test_id("stMetric").first
                    coats = found.text_content() or ""
                    page.get_by_role("textbox", name="Words").fill(WORDS)
                    started = time.monotonic()
                    page.keyboard.press("Enter")
                    expect(found).not_to_have_text(coats, timeout=60_000)
                    settle(page)
                if number:
                    seconds[name].append(time.monotonic() - started)
    return seconds


def queries() -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """Return what each page asks, as names of queries and their values."""
    asked: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    plain = data._read
    for name in PAGES:
        asked[name] = []

        def noted(connection: Any, query: str, **values: object) -> Any:
            asked[name].append((query, values))  # noqa: B023, drawn before the next name
            return plain(connection, query, **values)

        data._read = noted  # type: ignore[assignment]  # it says what it was asked
        imports = f"from apps.dashboard.page import draw\nfrom apps.dashboard.views import {name}"
        script = f"{imports}\ndraw({name})"
        drawn = AppTest.from_string(script, default_timeout=600)
        if name == "search":
            drawn.session_state["q"] = WORDS
        drawn.run()
        if drawn.exception or drawn.header[0].value != name.capitalize():
            raise SystemExit(f"The page {name} shows no figures. Is there a warehouse? make demo")
    data._read = plain
    return asked


def bare(asked: list[tuple[str, dict[str, Any]]]) -> float:
    """Return the seconds that the queries of a page take one after the other."""
    with data.reading() as read:
        started = time.monotonic()
        for query, values in asked:
            read(query, **values)
        return time.monotonic() - started


def measure(runs: int) -> list[dict[str, Any]]:
    """Return for each page the seconds of its clicks and of its SQL, and the verdict."""
    asked = queries()
    sql = {name: [bare(asked[name]) for _ in range(runs + 1)][1:] for name in PAGES}
    found = []
    for name, seconds in clicks(runs).items():
        shown, alone = median(seconds), median(sql[name])
        found.append({
            "name": name, "seconds": seconds, "median": shown, "queries": len(asked[name]),
            "sql_seconds": sql[name], "sql_median": alone, "ratio": shown / alone,
            "verdict": "pass" if shown <= max(SECONDS, TIMES * alone) else "FAIL",
        })  # fmt: skip
    return found


def describe(results: dict[str, Any]) -> str:
    """Return the results as Markdown."""
    rows = "\n".join(
        f"| {one['name']} | {one['median']:.2f} | {one['sql_median']:.2f} | {one['queries']} |"
        f" {one['verdict']} |"
        for one in results["verdicts"]
    )
    return f"""# How long a page of the dashboard takes

Made by `make bench-dashboard` (FOLDER=… for a world of `make bench-build`)
on a warehouse with {results["lines"]:,} order lines: seconds
from the click on a page's name, or from the words of a search, until all its figures, charts and
tables are shown in headless Chromium, and those that its queries take alone, one after the other.
Medians of {results["runs"]}; each run has a new server, whose pages keep nothing. To pass, a page
takes at most {SECONDS} s or {TIMES} times its bare SQL.

{common.listed(results["machine"])}

| page | seconds | bare SQL | queries | |
|---|--:|--:|--:|---|
{rows}
"""


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks.dashboard")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="of a world that another benchmark has made")
    common.add_options(parser)
    given = parser.parse_args()
    with common.arena(given.folder) if given.folder else _here():
        verdicts = measure(given.runs)
        [lines] = common.execute(
            "select count(*) from marts.fct_order_lines", dbname=warehouse.database()
        )
        machine = common.machine()
    results = {"machine": machine, "lines": lines, "runs": given.runs, "verdicts": verdicts}
    return common.publish("dashboard", results, describe(results), given)


@contextlib.contextmanager
def _here() -> Iterator[None]:
    """Choose the warehouse that is there."""
    warehouse.up()
    if warehouse.is_embedded():
        # for the facts on the machine; the dashboard is to find it by itself
        for name, value in warehouse.EMBEDDED.parameters().items():
            os.environ[f"PG{name.upper()}"] = value
    os.environ.setdefault("PGDATABASE", warehouse.DATABASE)
    yield


if __name__ == "__main__":
    sys.exit(main())
