"""What a world costs from nothing: each step's time and memory, the disk, and dbt's own share.

dbt's share: `dbt run --full-refresh` against its compiled SELECTs as plain `create table as` (or
`create view`), with the same indexes and statistics, by psql, in the order of the same
dependencies and with as many connections at once.

Writes build.md and build.json; exit code 1 when a limit is missed.
"""

import argparse
import json
import subprocess
import sys
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from statistics import median
from typing import Any

from tools.benchmarks import common
from tools.benchmarks.world import TEST, World, table, world

THREADS = 4  # as in profiles.yml.example
SCHEMA = "plain"
LIMITS = {
    "dbt run, of the plain statements' time": 1.15,
    "dbt test, of the build's time": 1.0,
    "memory of ingest, of 400 MB": 1.0,
    "disk, of the sources' size as CSV": 4.0,
}


def statements(manifest: dict[str, Any]) -> dict[str, tuple[str, list[str]]]:
    """Return the plain SQL of each model by its id, and the models that it has to wait for."""
    models = {
        name: node
        for name, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["config"]["enabled"]
    }
    found = {}
    for name, node in models.items():
        target = f'{SCHEMA}."{node["alias"]}"'
        if node["config"]["materialized"] == "view":
            sql = f"create view {target} as {node['compiled_code']}"
        else:
            sql = f"create table {target} as {node['compiled_code']}\n;analyze {target}"
            for index in node["config"].get("indexes") or []:
                unique = "unique" if index.get("unique") else ""
                kind, columns = index.get("type") or "btree", ", ".join(index["columns"])
                sql += f";create {unique} index on {target} using {kind} ({columns})"
        waits = [one for one in node["depends_on"]["nodes"] if one in models]
        found[name] = (f"set timezone = 'UTC';\n{sql};", waits)
    return found


def run_plain(models: dict[str, tuple[str, list[str]]]) -> dict[str, Any]:
    """Run the statements by psql; return the seconds in all and of each model."""
    common.execute(f"drop schema if exists {SCHEMA} cascade", f"create schema {SCHEMA}")
    seconds: dict[str, float] = {}

    def run(name: str) -> str:
        began = time.monotonic()
        psql = ("psql", "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1")
        subprocess.run(psql, input=models[name][0], text=True, check=True)
        seconds[name] = time.monotonic() - began
        return name

    started, left = time.monotonic(), set(models)
    done: set[str] = set()
    running: set[Future[str]] = set()
    with ThreadPoolExecutor(THREADS) as pool:
        while left or running:
            ready = sorted(name for name in left if done.issuperset(models[name][1]))
            running |= {pool.submit(run, name) for name in ready}
            left.difference_update(ready)
            finished = wait(running, return_when=FIRST_COMPLETED).done
            done |= {one.result() for one in finished}
            running -= finished
    total = time.monotonic() - started
    common.execute(f"drop schema {SCHEMA} cascade")
    return {"seconds": total, "models": seconds}


def against_plain(made: World, runs: int) -> dict[str, list[dict[str, Any]]]:
    """Run dbt and the plain statements in turns."""
    made.dbt("dbt.cli.main", "compile", "--full-refresh")
    manifest = json.loads((made.folder / "target" / "manifest.json").read_text())
    models = statements(manifest)
    found: dict[str, list[dict[str, Any]]] = {"dbt": [], "plain": []}
    for number in range(runs):
        print(f"dbt against plain statements, run {number + 1}", file=sys.stderr, flush=True)
        found["dbt"].append(made.dbt("dbt.cli.main", "run", "--full-refresh"))
        found["plain"].append(run_plain(models))
    return found


def judge(
    steps: dict[str, Any], compared: dict[str, Any], disk: dict[str, int], csv_bytes: int
) -> list[dict[str, Any]]:
    """Return each ratio with its limit and verdict."""
    seconds = {
        name: median(one["seconds"] for one in runs) for name, runs in compared.items() if runs
    }
    ratios = {
        "dbt test, of the build's time": steps["test"]["seconds"] / steps["build"]["seconds"],
        "memory of ingest, of 400 MB": steps["load"]["peak_mb"] / 400,
        "disk, of the sources' size as CSV": sum(disk.values()) / csv_bytes,
    }
    if seconds:
        ratios["dbt run, of the plain statements' time"] = seconds["dbt"] / seconds["plain"]
    return common.at_most(LIMITS, ratios)


def describe(results: dict[str, Any]) -> str:
    """Return the results as Markdown."""
    steps = [{"name": name, **step} for name, step in results["steps"].items()]
    disk = [{"schema": name, "mb": size / 1e6} for name, size in results["disk"].items()]
    disk.append({"schema": "all", "mb": sum(results["disk"].values()) / 1e6})
    ways = [
        {
            "way": way, "runs": len(runs), "median": median(one["seconds"] for one in runs),
            "least": min(one["seconds"] for one in runs),
            "most": max(one["seconds"] for one in runs),
        }
        for way, runs in results["compared"].items() if runs
    ]  # fmt: skip
    costly = {
        "model": results["steps"]["build"]["nodes"],
        "test": results["steps"]["test"]["nodes"],
    }
    slowest = [
        {"name": name.split(".")[2], "kind": kind, "seconds": seconds}
        for kind, nodes in costly.items()
        for name, seconds in sorted(nodes.items(), key=lambda one: -one[1])[:10]
        if name.startswith(f"{kind}.")
    ]
    loads = [
        {"name": name, "seconds": seconds}
        for name, seconds in list(results["steps"]["load"]["tables"].items())[:10]
    ]
    return f"""# What a world costs from nothing

Made by `{results["command"]}`: {results["lines"]:,} order lines, over ten years, in all channels.
Seconds by the clock; peak is the resident memory of the largest process that the step started,
the server's not counted.

{common.listed(results["machine"])}

## Steps, once each

{table(steps, name="step", seconds="#seconds", peak_mb="#peak, MB")}

The sources are {results["csv_bytes"] / 1e6:,.0f} MB as CSV. Disk, indexes included:

{table(disk, schema="schema", mb="#MB")}

## dbt against the same statements by psql

{table(ways, way="way", runs="#runs", median="#median, s", least="#least", most="#most")}

## Limits

{table(results["verdicts"], name="what", ratio="#ratio", limit="#at most", verdict="")}

## Where the time goes

The ten slowest models and tests, {THREADS} at a time, and the slowest tables of the load:

{table(slowest, name="name", kind="kind", seconds="#seconds")}

{table(loads, name="raw table", seconds="#seconds")}
"""


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks.build", description=__doc__)
    parser.add_argument("--lines", type=int, default=200_000, help="of the world that is made")
    parser.add_argument("--runs", type=int, default=3, help="of dbt and psql, in turns")
    parser.add_argument("--folder", type=Path, help="keep the world here, or go on with this one")
    common.add_options(parser)
    given = parser.parse_args()
    with world(given.folder) as made:
        steps = made.make(given.lines)
        print("test", file=sys.stderr, flush=True)
        steps["test"] = made.dbt(*TEST)
        search = ("run", "--select", "search_results", "--vars", '{"search_terms": "denim jaket"}')
        steps["search"] = made.dbt("dbt.cli.main", *search)
        disk, csv_bytes = made.disk(), made.csv_bytes()
        compared = against_plain(made, given.runs)
        results = {
            "command": "python -m tools.benchmarks.build"
            f" --lines {given.lines} --runs {given.runs}",
            "machine": common.machine(),
            "lines": made.line_count(),
            "steps": steps,
            "disk": disk,
            "csv_bytes": csv_bytes,
            "compared": compared,
            "verdicts": judge(steps, compared, disk, csv_bytes),
        }
    return common.publish("build", results, describe(results), given)


if __name__ == "__main__":
    sys.exit(main())
