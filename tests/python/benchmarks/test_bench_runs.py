"""The benchmarks run: here at a small size, at which their limits say nothing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]


def run(module: str, output: Path, *arguments: str) -> dict:
    """Run a benchmark and return its results."""
    command = [
        sys.executable,
        "-m",
        f"tools.benchmarks.{module}",
        "--output",
        str(output),
        *arguments,
    ]
    subprocess.run([*command, "--no-limits"], check=True, cwd=PROJECT)
    results = json.loads((output / f"{module}.json").read_text())
    shown = (output / f"{module}.md").read_text()
    for one in results["verdicts"]:
        assert f"| {one['name']} | " in shown
    return results


@pytest.mark.long
def test_ingest_results_hold_every_contestant_and_every_limit(tmp_path: Path) -> None:
    results = run("ingest", tmp_path, "--rows", "2000", "--runs", "1", "--no-rivals")

    contestants = {"psql", "csv", "csv with key", "csv, 1% bad values", "csv, 1% bad lines"}
    contestants |= {"parquet", "psql pipe", "postgres", "ijson", "json"}
    contestants |= {"psql, no quotes", "csv, no quotes"}
    assert {one["name"] for one in results["contestants"]} == contestants
    assert all(one["rows_per_second"] > 0 for one in results["contestants"])
    judged = {one["name"] for one in results["verdicts"] if one["limit"]}
    assert judged == contestants - {
        "psql",
        "psql, no quotes",
        "psql pipe",
        "ijson",
        "csv with key",
    }


@pytest.mark.long
def test_memory_results_hold_every_kind_of_file(tmp_path: Path) -> None:
    results = run("memory", tmp_path, "--sizes", "1", "2")

    kinds = ["csv", "csv, 1% bad", "parquet", "json"]
    assert [one["name"] for one in results["verdicts"]] == kinds
    assert all(one["small_rows"] < one["large_rows"] for one in results["verdicts"])


@pytest.mark.long
def test_start_results_hold_every_way_and_the_causes(tmp_path: Path) -> None:
    results = run("start", tmp_path, "--runs", "1")

    everything = results["verdicts"][-1]
    assert everything["name"] == "everything anew"
    told = sum(one["seconds"] for one in results["causes"])
    assert 0 < told < everything["median"]
    assert results["nodes"]["model"] > 50
    assert {one["cause"] for one in results["causes"]} >= {"macros", "package dbt_utils"}
