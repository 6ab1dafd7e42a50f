"""What a day costs, against the whole load and build, and against the same day after one year.

A day is the demo's: at six million lines some 1,000 orders, a new export of every product and
member, changed prices, people who move, and a store whose database is down from the second day on.
The other world has the same people, listings and days, but nothing was sold before its last year.

All of it is made within the hour. The tests of a day read what was written in the last three days;
here, in about as long as the first day took.

Writes daily.md and daily.json; exit code 1 when a limit is missed.
"""

import argparse
import os
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from tools.benchmarks import common
from tools.benchmarks.world import World, table, timed, world

LIMITS = {
    "a day, of the whole load and build": 0.04,
    "a day at all history, of one at a year": 1.3,
    "a day's tests, of a day's build": 1.0,
}
# a year before the first day of each world
YEAR = "2025-01-01"
DAY = ("dbt.cli.main", "build", "--selector", "daily", "--exclude-resource-type", "test")
TESTS = ("dbt.cli.main", "test", "--selector", "daily")


def live(made: World) -> dict[str, Any]:
    """Let a day pass, load, build and test it; return what each step took."""
    before = made.line_count()
    made.demo("advance", "--days", "1")
    print("a day", file=sys.stderr, flush=True)
    steps: dict[str, Any] = {"load": made.load(), "build": made.dbt(*DAY), "test": made.dbt(*TESTS)}
    steps["lines"] = made.line_count() - before
    return steps


def live_through(folder: Path | None, days: int, lines: int, *options: str) -> dict[str, Any]:
    """Return what a world took to make, and what each of some days took; see `World.make`."""
    with world(folder) as made:
        whole = made.make(lines, *options)
        os.environ.pop("DAILY_TEST_DAYS", None)
        built = time.monotonic()
        # the first day after the first build is not like others: nothing has been changed before
        live(made)
        # one value for all days, as dbt parses the whole project after each change of it
        os.environ["DAILY_TEST_DAYS"] = f"{(time.monotonic() - built) / 86_400:.6f}"
        timed("dbt.cli.main", "parse")
        return {
            "lines": made.line_count(),
            "whole": {name: whole[name]["seconds"] for name in ("load", "build")},
            "days": [live(made) for _ in range(days)],
            "machine": common.machine(),
        }


def median_of(world_: dict[str, Any], step: str) -> float:
    """Return the median seconds of a step of the days."""
    return float(median(day[step]["seconds"] for day in world_["days"]))


def judge(worlds: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each ratio with its limit and verdict."""
    day = {
        name: median(one["load"]["seconds"] + one["build"]["seconds"] for one in made["days"])
        for name, made in worlds.items()
    }
    ratios = {
        "a day, of the whole load and build": day["all"] / sum(worlds["all"]["whole"].values()),
        "a day at all history, of one at a year": day["all"] / day["year"],
        "a day's tests, of a day's build": (
            median_of(worlds["all"], "test") / median_of(worlds["all"], "build")
        ),
    }
    return common.at_most(LIMITS, ratios)


def slowest(world_: dict[str, Any], step: str, kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the ten nodes that take longest in a day, medians of the days."""
    days = [day[step]["nodes"] for day in world_["days"]]
    seconds = {
        name: median(day.get(name, 0.0) for day in days)
        for name in days[0]
        if name.split(".")[0] in kinds
    }
    worst = sorted(seconds.items(), key=lambda one: -one[1])[:10]
    return [{"name": name.split(".")[2], "seconds": value} for name, value in worst]


def describe(results: dict[str, Any]) -> str:
    """Return the results as Markdown."""
    heads = {"lines": "#lines", "new": "#new in a day", "whole_load": "#whole load, s"}
    heads |= {"whole_build": "#whole build, s"}
    heads |= {step: f"#a day's {step}, s" for step in ("load", "build", "test")}
    sizes = [
        {
            "lines": made["lines"], "new": int(median(day["lines"] for day in made["days"])),
            "whole_load": made["whole"]["load"], "whole_build": made["whole"]["build"],
            **{step: median_of(made, step) for step in ("load", "build", "test")},
        }
        for made in results["worlds"].values()
    ]  # fmt: skip
    spread = [
        {"day": number, **{step: day[step]["seconds"] for step in ("load", "build", "test")}}
        for number, day in enumerate(results["worlds"]["all"]["days"], 1)
    ]
    large = results["worlds"]["all"]
    loads = list(large["days"][-1]["load"]["tables"].items())[:6]
    return f"""# What a day costs

Made by `{results["command"]}`. Seconds by the clock, medians of {len(large["days"])} days after one
that does not count. Tests read what was written within the time that the day before them took, as
those of a day read what the last three days wrote. The other world has the same people, listings
and days, but nothing was sold before {YEAR}.

{common.listed(results["machine"])}

{table(sizes, **heads)}

{table(results["verdicts"], name="what", ratio="#ratio", limit="#at most", verdict="")}

Each day of the world of all years:

{table(spread, day="day", load="#load, s", build="#build, s", test="#test, s")}

The ten slowest models and snapshots of its days, four at a time:

{table(slowest(large, "build", ("model", "snapshot")), name="model", seconds="#seconds")}

Its slowest tests:

{table(slowest(large, "test", ("test",)), name="test", seconds="#seconds")}

What the load waited for on the last day, catalog and exports coming whole every day:

{
        table(
            [{"name": name, "seconds": value} for name, value in loads],
            name="raw table",
            seconds="#seconds",
        )
    }
"""


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks.daily", description=__doc__)
    parser.add_argument("--lines", type=int, default=200_000, help="of all years")
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="keep the larger world here, or use it")
    parser.add_argument("--year-folder", type=Path, help="the same for that of one year")
    common.add_options(parser)
    given = parser.parse_args()
    worlds = {
        "year": live_through(given.year_folder, given.days, given.lines, "--since", YEAR),
        "all": live_through(given.folder, given.days, given.lines),
    }
    results = {
        "command": f"python -m tools.benchmarks.daily --lines {given.lines} --days {given.days}",
        "machine": worlds["all"].pop("machine"),
        "worlds": worlds,
        "verdicts": judge(worlds),
    }
    return common.publish("daily", results, describe(results), given)


if __name__ == "__main__":
    sys.exit(main())
