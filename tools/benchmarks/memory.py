"""The memory that loading takes: the process's peak for a file of 200 MB and for one of 2 GB.

Writes memory.md and memory.json; exit code 1 when a kind's peak grows by more than a fifth.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from tools.benchmarks import common
from tools.benchmarks.common import BAD_VALUES

LIMIT = 1.2
KINDS = {"csv": "csv", "csv, 1% bad": "csv", "parquet": "parquet", "json": "json"}


def write(folder: Path, kind: str, size: int) -> Path:
    """Write a file of that kind and of about that many bytes."""
    path, clean = folder / f"sales.{KINDS[kind]}", folder / "clean.csv"
    rows = 20_000
    for _ in range(2):  # a small one tells how many rows the large one needs
        if kind == "json":
            common.write_json(path, rows)
        else:
            common.write_csv(path if kind == "csv" else clean, rows)
        if kind == "csv, 1% bad":
            common.write_spoiled(path, clean, BAD_VALUES)
        if kind == "parquet":
            # uncompressed, so that a large file does not take more rows than it need
            common.write_parquet(path, clean, compression="none", use_dictionary=False)
        rows = rows * size // path.stat().st_size
        clean.unlink(missing_ok=True)
    return path


def describe(results: dict[str, Any]) -> str:
    """Return the results as Markdown."""
    rows = "\n".join(
        "| {name} | {small:,.0f} | {small_peak:,.0f} | {large:,.0f} | {large_peak:,.0f}"
        " | {ratio:.2f} | {verdict} |".format(**one)
        for one in results["verdicts"]
    )
    return f"""# Memory that a load takes

Made by `make bench-memory`. Peak resident memory of the loading process, its libraries included;
at most {LIMIT} times as much is allowed for the large file as for the small one.

{common.listed(results["machine"])}

| file | MB | peak, MB | MB | peak, MB | ratio | |
|---|--:|--:|--:|--:|--:|---|
{rows}
"""


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks.memory", description=__doc__)
    parser.add_argument("--sizes", nargs=2, type=int, default=[200, 2000], metavar="MB")
    names_of_kinds = "; ".join(KINDS).replace("%", "%%")
    parser.add_argument("--only", help=f"of {names_of_kinds}, with semicolons between")
    common.add_options(parser)
    given = parser.parse_args()
    kinds = given.only.split(";") if given.only else list(KINDS)
    verdicts = []
    with common.arena() as folder:
        for kind in kinds:
            one = {"name": kind}
            for name, size in zip(("small", "large"), given.sizes, strict=True):
                path = write(folder, kind, size * 1_000_000)
                done = common.load(KINDS[kind], path)
                one |= {
                    name: path.stat().st_size / 1e6,
                    f"{name}_rows": done["read"],
                    f"{name}_peak": done["peak_bytes"] / 1e6,
                }
                path.unlink()
            one["ratio"] = one["large_peak"] / one["small_peak"]
            one["verdict"] = "pass" if one["ratio"] <= LIMIT else "FAIL"
            print("{name}: {ratio:.2f}".format(**one), flush=True)
            verdicts.append(one)
        results = {"machine": common.machine(), "limit": LIMIT, "verdicts": verdicts}
    return common.publish("memory", results, describe(results), given)


if __name__ == "__main__":
    sys.exit(main())
