"""How long dbt takes before it does anything, by cause.

Writes start.md and start.json.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from tools.benchmarks import common
from tools.benchmarks.world import table, timed

PARSE = ("dbt.cli.main", "--quiet", "parse")
WAYS = {
    "python and dbt's imports alone": ("dbt.cli.main", "--version"),
    "nothing has changed": PARSE,
    "other vars": (*PARSE, "--vars"),
    "everything anew": (*PARSE, "--no-partial-parse"),
}


def causes(target: Path) -> list[dict[str, Any]]:
    """Return what dbt says that a whole parse took: for each cause files and seconds."""
    told = json.loads((target / "perf_info.json").read_text())
    found = [
        {
            "cause": "reading files",
            "count": told["path_count"],
            "seconds": told["read_files_elapsed"],
        },
        {"cause": "macros", "count": None, "seconds": told["load_macros_elapsed"]},
    ]
    for project in told["projects"]:
        own = project["project_name"] == "thinkthrift"
        seen: set[str] = set()
        for parser in project["parsers"] if own else []:
            # YAML comes as a second "test": it holds the generic tests, one node each
            name = parser["parser"]
            cause = "YAML files and the tests in them" if name in seen else f"{name} files"
            seen.add(name)
            count = parser["parsed_path_count"]
            found.append({"cause": cause, "count": count, "seconds": parser["elapsed"]})
        if not own:
            cause = f"package {project['project_name']}"
            found.append({"cause": cause, "count": None, "seconds": project["elapsed"]})
    rest = told["load_all_elapsed"] - sum(one["seconds"] for one in found)
    found.append(
        {"cause": "the rest: references, sources, manifest", "count": None, "seconds": rest}
    )
    return found


def measure(runs: int, target: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the times of each way to start, in turns, and the causes of a whole parse."""
    seconds: dict[str, list[float]] = {way: [] for way in WAYS}
    busy: dict[str, list[float]] = {way: [] for way in WAYS}
    told = []
    timed(*PARSE)
    for number in range(runs):
        for way, command in WAYS.items():
            values = [f"{{top_n: {number + 1}}}"] if "--vars" in command else []
            done = timed(*command, *values)
            seconds[way].append(done["seconds"])
            busy[way].append(done["cpu_seconds"])
        # the last way parsed everything
        told.append(causes(target))
    ways = [
        {
            "name": way, "median": median(times), "least": min(times), "most": max(times),
            "cpu": median(busy[way]),
            "ratio": median(busy[way]) / median(busy["everything anew"]), "verdict": "",
        }
        for way, times in seconds.items()
    ]  # fmt: skip
    reasons = [
        {**same[0], "seconds": median(one["seconds"] for one in same)}
        for same in zip(*told, strict=True)
    ]
    return ways, reasons


def describe(results: dict[str, Any]) -> str:
    """Return the results as Markdown."""
    counts = ", ".join(f"{kind} {count:,}" for kind, count in results["nodes"].items())
    heads = {"name": "what", "median": "#median, s", "least": "#least", "most": "#most"}
    heads |= {"cpu": "#processor, s", "ratio": "#of everything"}
    return f"""# How long dbt takes to start

Made by `make bench-start`. Medians of {results["runs"]} runs, in turns; ratios are those of
processor time, which other work on the machine does not lengthen. The project by kinds: {counts}.

{common.listed(results["machine"])}

{table(results["verdicts"], **heads, verdict="")}

What parsing everything is spent on, as dbt tells it:

{table(results["causes"], cause="cause", count="#files", seconds="#seconds")}
"""


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks.start", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    common.add_options(parser)
    given = parser.parse_args()
    with common.arena() as folder, tempfile.TemporaryDirectory(prefix="bench-") as name:
        target = Path(name) / "target"
        os.environ |= {"DBT_TARGET_PATH": str(target), "DBT_LOG_PATH": str(folder / "logs")}
        ways, reasons = measure(given.runs, target)
        manifest = json.loads((target / "manifest.json").read_text())
        nodes: dict[str, int] = {}
        for node in manifest["nodes"].values():
            kind = node["resource_type"]
            nodes[kind] = nodes.get(kind, 0) + 1
        nodes |= {"unit test": len(manifest["unit_tests"]), "macro": len(manifest["macros"])}
        results = {
            "machine": common.machine(),
            "runs": given.runs,
            "nodes": nodes,
            "verdicts": ways,
            "causes": reasons,
        }
    return common.publish("start", results, describe(results), given)


if __name__ == "__main__":
    sys.exit(main())
