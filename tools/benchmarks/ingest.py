"""Ingest against the same work done by hand, and against other loaders.

Writes ingest.md and ingest.json; exit code 1 when a limit is missed. All data are in memory's file
cache, and every contestant starts from an empty table. They take turns, so that noise hits all.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tools.benchmarks import common
from tools.benchmarks.common import HERE, execute

RIVALS_PYTHON = HERE.parents[1] / ".venv-bench" / "bin" / "python"
RIVALS = {
    "pandas": "read_csv, to_sql; a tenth of the rows",
    "polars": "read_csv, write_database by ADBC",
    "adbc": "Arrow's CSV reader, adbc_ingest",
    "dlt": "Arrow's CSV reader, Parquet, ADBC",
    "dlt_import": "the file handed to COPY unread: no row is checked or knows its load",
}
# whose rows a second are to be at least how many times whose; without a limit it is only shown
LIMITS = [
    ("csv, no quotes", "psql, no quotes", 1.0),
    ("csv", "psql", 0.85),
    ("csv with key", "psql", None),
    ("csv, 1% bad values", "psql", 0.35),
    ("csv, 1% bad lines", "psql", 0.35),
    ("parquet", "psql", 0.7),
    ("json", "ijson", 0.5),
    ("postgres", "psql pipe", 0.7),
    ("csv", "pandas", 8),
    ("csv", "dlt", 2),
    ("csv", "dlt_import", None),
    ("csv", "polars", None),
    ("csv", "adbc", None),
]
PARSE = """
import ijson, json, sys, time
started = time.monotonic()
with open(sys.argv[1], "rb") as file:
    for _ in ijson.items(file, "item"):
        pass
print(json.dumps({"seconds": time.monotonic() - started}))
"""


@dataclass
class Contestant:
    """One way of loading.

    Attributes:
        name: what the limits call it.
        what: what it does.
        file: what it is given; of a database, the same rows as CSV.
        rows: how many rows it is given.
        run: does it once, from an empty table, and returns the seconds.
        place: the table that then holds them; none if it loads nothing.
        which: the rows that are then there, as a condition on those of the shop.
        seconds: of each run.
    """

    name: str
    what: str
    file: Path
    rows: int
    run: Callable[[], float]
    place: str | None = "raw_bench.sales"
    which: str = "true"
    seconds: list[float] = field(default_factory=list)

    def compete(self) -> None:
        """Run once more, and make sure that the right rows arrived."""
        self.seconds.append(self.run())
        print(f"{self.name:20}{self.seconds[-1]:8.2f} s", flush=True)
        if self.place:
            total = "select count(*), sum(cast(unit_price as numeric)) from {} where {}"
            found = execute(total.format(self.place, "true"))
            expected = execute(total.format("sales", self.which), dbname="shop")
            if found != expected:
                raise SystemExit(f"{self.name} loaded {found} (rows, sum), not {expected}")

    def facts(self) -> dict[str, Any]:
        """Return its figures."""
        median = statistics.median(self.seconds)
        return {
            "name": self.name, "what": self.what, "rows": self.rows,
            "bytes": self.file.stat().st_size, "seconds": median, "fastest": min(self.seconds),
            "slowest": max(self.seconds), "rows_per_second": self.rows / median,
        }  # fmt: skip


def ours(*arguments: Any) -> float:
    """Load as ingest does; see `common.load`."""
    return float(common.load(*arguments)["seconds"])


def by_hand(command: str) -> float:
    """Run a shell command that fills the empty table `sales`."""
    execute("drop table if exists sales", f"create table sales ({common.PLAIN})", "checkpoint")
    started = time.monotonic()
    subprocess.run(["bash", "-euo", "pipefail", "-c", command], check=True)
    return time.monotonic() - started


def rival(loader: str, versions: dict[str, str], file: Path) -> float:
    """Run another loader and note the versions of its libraries."""
    execute("drop schema if exists rival cascade", "create schema rival")
    if not loader.startswith("dlt"):  # which wants to make the table itself
        execute(f"create table rival.sales ({common.PLAIN})")
    execute("checkpoint")
    done = common.run(RIVALS_PYTHON, HERE / "rivals.py", loader, file)
    versions.update(done["versions"])
    return float(done["seconds"])


def prepare(folder: Path, rows: int, versions: dict[str, str]) -> list[Contestant]:
    """Write the data and return all contestants, each near the one it is measured against."""
    clean, values, lines = (folder / f"sales{end}.csv" for end in ("", "_values", "_lines"))
    parquet, orders, tenth = (folder / f"sales{end}" for end in (".parquet", ".json", "_10th.csv"))
    common.write_csv(clean, rows)
    common.write_csv(tenth, rows // 10)
    common.write_spoiled(values, clean, common.BAD_VALUES)
    common.write_spoiled(lines, clean, common.BAD_LINES)
    common.write_parquet(parquet, clean)
    common.write_json(orders, rows // 4)
    bare = folder / "sales_bare.csv"
    common.write_unquoted(bare, clean)
    copy_bare = f"""psql -qXc "\\copy sales from '{bare}' with (format csv, header)" """
    copy = f"""psql -qXc "\\copy sales from '{clean}' with (format csv, header)" """
    pipe = "psql -qXc 'copy sales to stdout' shop | psql -qXc 'copy sales from stdin'"
    execute(f"create table sales ({common.PLAIN})", dbname="shop")
    subprocess.run(f"{copy} shop", shell=True, check=True)
    good, some = f"sale_line_id % {common.SPOILED} <> 0", "sale_line_id <= {}"
    them = [
        Contestant("psql, no quotes", r"\copy of the same without quotes", bare, rows,
            partial(by_hand, copy_bare), "sales"),
        Contestant("csv, no quotes", "the same columns, no key", bare, rows,
            partial(ours, "csv", bare, False)),
        Contestant("psql", r"\copy into the plain typed table", clean, rows,
            partial(by_hand, copy), "sales"),
        Contestant("csv", "the same columns, no key", clean, rows,
            partial(ours, "csv", clean, False)),
        Contestant("csv with key", "a primary key is made", clean, rows,
            partial(ours, "csv", clean)),
        Contestant("csv, 1% bad values", "numbers and dates", values, rows,
            partial(ours, "csv", values, False), which=good),
        Contestant("csv, 1% bad lines", "and lines with a field too many", lines, rows,
            partial(ours, "csv", lines, False), which=good),
        Contestant("parquet", "the same rows, no key", parquet, rows,
            partial(ours, "parquet", parquet, False)),
        Contestant("psql pipe", "copy to stdout, piped into copy from stdin", clean, rows,
            partial(by_hand, pipe), "sales"),
        Contestant("postgres", "from one database into another, no key", clean, rows,
            partial(ours, "postgres", "postgresql:///shop", False)),
        Contestant("ijson", "the parser alone; nothing is loaded", orders, rows // 4,
            lambda: common.run(sys.executable, "-c", PARSE, orders)["seconds"], None),
        Contestant("json", "an array of nested objects, no key", orders, rows // 4,
            partial(ours, "json", orders, False), which=some.format(rows // 4)),
    ]  # fmt: skip
    for name, what in RIVALS.items():
        file, count = (tenth, rows // 10) if name == "pandas" else (clean, rows)
        run = partial(rival, name, versions, file)
        which = some.format(count)
        them.append(Contestant(name, what, file, count, run, "rival.sales", which))
    return them


def judge(them: dict[str, dict[str, Any]], limits: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Compare the contestants' figures, by their names, two by two."""
    verdicts = []
    for name, other, limit in limits:
        ratio = them[name]["rows_per_second"] / them[other]["rows_per_second"]
        verdict = "" if limit is None else "pass" if ratio >= limit else "FAIL"
        verdicts.append(
            {"name": name, "against": other, "ratio": ratio, "limit": limit, "verdict": verdict}
        )
    return verdicts


def describe(results: dict[str, Any]) -> str:
    """Return the results as Markdown."""
    rows = "\n".join(
        "| {name} | {what} | {rows:,} | {megabytes:,.1f} | {seconds:.2f} | {fastest:.2f}–"
        "{slowest:.2f} | {rows_per_second:,.0f} |".format(megabytes=one["bytes"] / 1e6, **one)
        for one in results["contestants"]
    )
    verdicts = "\n".join(
        "| {name} | {against} | {ratio:.2f} | {least} | {verdict} |".format(
            least=one["limit"] or "", **one
        )
        for one in results["verdicts"]
    )
    return f"""# Ingest's speed

Made by `make bench-ingest`. Medians of {results["runs"]} runs by wall clock, in turns, each from an
empty table. Ours is a whole load (hash, audit, key, quarantine, analyze), without the four seconds
in which dbt parses the project; of other Python programs, too, their imports are not counted.

{common.listed(results["machine"])}

| who | does what | rows | MB | seconds | min–max | rows/s |
|---|---|--:|--:|--:|--:|--:|
{rows}

| whose speed | against | ratio | at least | |
|---|---|--:|--:|---|
{verdicts}
"""


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks.ingest", description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", help="of csv, parquet, json, postgres, with commas between")
    parser.add_argument("--no-rivals", action="store_true", help="leave other loaders out")
    common.add_options(parser)
    given = parser.parse_args()
    only = given.only.split(",") if given.only else ["csv", "parquet", "json", "postgres"]
    limits = [
        (name, other, limit)
        for name, other, limit in LIMITS
        if name.replace(",", " ").split()[0] in only and not (other in RIVALS and given.no_rivals)
    ]
    versions: dict[str, str] = {}
    with common.arena() as folder:
        named = {name for limit in limits for name in limit[:2]}
        them = [one for one in prepare(folder, given.rows, versions) if one.name in named]
        for _ in range(given.runs):
            for one in them:
                one.compete()
        facts = {one.name: one.facts() for one in them}
        results = {
            "machine": {**common.machine(), **versions},
            "runs": given.runs,
            "contestants": list(facts.values()),
            "verdicts": judge(facts, limits),
        }
    return common.publish("ingest", results, describe(results), given)


if __name__ == "__main__":
    sys.exit(main())
