"""How long an analyst waits for a search or a report: by plain dbt with other vars, and without.

Writes search_latency.md and search_latency.json; exit code 1 when the quick way takes more than
0.4 of the time of plain dbt for a search or 0.15 for a report.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, product
from pathlib import Path
from statistics import median
from typing import Any

import warehouse
from tools.benchmarks import common
from tools.benchmarks.common import HERE

# of plain dbt's time
LIMITS = {"search": 0.4, "report": 0.15}
PROJECT = HERE.parents[1]
# other words each time, as dbt parses anew for these only
WORDS = cycle(
    f"{colour} {item}"
    for item in ("denim jacket", "wool coat", "dress", "leather bag", "linen shirt")
    for colour in ("black", "blue", "vintage", "red", "green")
)
REPORT = "rpt_top_products"
DAYS = cycle(f"2025-{month:02}-{day:02}" for day in range(1, 29) for month in range(1, 13))


def run(*command: str, given: str = "") -> str:
    """Run a module of Python in the project; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        input=given, capture_output=True, text=True, check=False, cwd=PROJECT,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stdout[-3000:] + done.stderr[-3000:])
    return done.stdout


def make_world(folder: Path, lines: int) -> None:
    """Make a demo world of that many lines and build it in the arena's server."""
    for source in ("marketplace", "history", "events", "logistics", "store_mail"):
        os.environ[f"{source.upper()}_LOCATION"] = str(folder / "demo" / source)
    place = ("--folder", str(folder / "demo"))
    run("tools.demo", "create", "--lines", str(lines), *place)
    load = (sys.executable, "-m", "ingest", "load")
    run("tools.demo", "serve", "--port", "0", *place, "--", *load)
    run("dbt.cli.main", "build", "--exclude", "resource_type:test", "resource_type:unit_test")


def asked(kind: str) -> tuple[str, dict[str, Any], list[str]]:
    """Return a model, vars that were not asked for yet, and the same for the quick way."""
    if kind == "search":
        words = next(WORDS)
        return "search_results", {"search_terms": words}, [words]
    given = {"start_date": next(DAYS), "top_n": 10}
    return REPORT, given, [REPORT, *(f"{name}={value}" for name, value in given.items())]


def plain(kind: str) -> float:
    """Return the seconds of a search or report by plain dbt."""
    started = time.monotonic()
    model, given, _ = asked(kind)
    run("dbt.cli.main", "run", "--select", model, "--vars", json.dumps(given))
    return time.monotonic() - started


def single(kind: str) -> float:
    """Return the seconds by a command of its own, as make runs it."""
    started = time.monotonic()
    run("apps.search" if kind == "search" else "apps.reports", *asked(kind)[2])
    return time.monotonic() - started


@contextlib.contextmanager
def session() -> Iterator[subprocess.Popen[str]]:
    """Give an interactive session that waits for its first line."""
    command = [sys.executable, "-um", "apps.search"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=PROJECT) as process:
        yield process
        if process.stdin:
            process.stdin.close()


def ask(process: subprocess.Popen[str], kind: str) -> float:
    """Return the seconds that a session takes from a line to the last line of its answer."""
    assert process.stdin
    assert process.stdout
    started = time.monotonic()
    process.stdin.write(" ".join(asked(kind)[2]) + "\n")
    process.stdin.flush()
    for line in process.stdout:
        if "ound in " in line:
            return time.monotonic() - started
    raise SystemExit("the session ended without an answer")


def measure(runs: int) -> list[dict[str, Any]]:
    """Return the seconds of each way, one run of each in turn, and the verdicts."""
    ways: dict[str, Callable[[str], float]] = {"plain dbt, other vars": plain, "a command": single}
    with session() as process:
        ways["a line in the prompt"] = partial(ask, process)
        taken: dict[tuple[str, str], list[float]] = {}
        for number in range(runs + 1):
            for kind, (name, way) in product(LIMITS, ways.items()):
                seconds = way(kind)
                if number:  # the first of each does not count
                    taken.setdefault((kind, name), []).append(seconds)
    verdicts = []
    for (kind, name), times in taken.items():
        ratio = median(times) / median(taken[kind, "plain dbt, other vars"])
        limit = None if name in list(ways)[:1] else LIMITS[kind]
        verdicts.append({
            "name": f"{kind}: {name}", "seconds": times, "median": median(times), "ratio": ratio,
            "limit": limit, "verdict": "FAIL" if limit and ratio > limit else "pass",
        })  # fmt: skip
    return verdicts


def describe(results: dict[str, Any]) -> str:
    """Return the results as Markdown."""
    rows = "\n".join(
        f"| {one['name']} | {one['median']:.1f} | {one['ratio']:.3f} | {one['limit'] or ''} |"
        f" {one['verdict']} |"
        for one in results["verdicts"]
    )
    return f"""# How long an analyst waits for a search or a report

Made by `make bench-search-latency`: wall time from the command, or the line in an interactive
session, to the answer; other words or dates each time, after one of each that does not count.
Medians of {results["runs"]}. Plain dbt is `dbt run --select search_results --vars …`, or
`{REPORT}`, which parses the whole project whenever its vars change.

{common.listed(results["machine"])}

| way | seconds | of plain dbt | at most | |
|---|--:|--:|--:|---|
{rows}
"""


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks.search_latency")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--lines", type=int, default=6000, help="of the demo world that is made")
    parser.add_argument("--here", action="store_true", help="search the warehouse as it is")
    common.add_options(parser)
    given = parser.parse_args()
    with contextlib.ExitStack() as stack:
        if given.here:
            warehouse.up()
            if warehouse.is_embedded():
                for name, value in warehouse.EMBEDDED.parameters().items():
                    os.environ[f"PG{name.upper()}"] = value
        else:
            folder = stack.enter_context(common.arena())
            os.environ["DBT_TARGET_PATH"] = str(folder / "target")
            os.environ["DBT_LOG_PATH"] = str(folder / "logs")
            make_world(folder, given.lines)
        verdicts = measure(given.runs)
        results = {"machine": common.machine(), "runs": given.runs, "verdicts": verdicts}
    return common.publish("search_latency", results, describe(results), given)


if __name__ == "__main__":
    sys.exit(main())
