"""What a cluster does on its workers, and what of it comes to the coordinator, by workers.

For each number of workers a cluster of its own on localhost loads and builds the sample company,
and then a day of it. Server processes are measured, by processor time; dbt and ingest are not. The
rows that come to the coordinator are those of `explain (analyze)` of each model of the day, as dbt
compiles it before the day's build. CITUS_TARBALL names the build of Citus.

Writes cluster.md and cluster.json.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from tools.benchmarks import common
from tools.benchmarks.nodes import Cluster
from tools.benchmarks.world import BUILD, World, table, timed

COMMAND = "python -m tools.benchmarks.cluster"
UNITS = {"bytes": 1, "kB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}
COMPILE = ("dbt.cli.main", "compile", "--exclude", "resource_type:test", "resource_type:unit_test")
SIZES = """
    select 'on the coordinator' as place, sum(pg_total_relation_size(oid))::bigint as bytes
    from pg_class
    where
        relkind in ('r', 'm') and relpersistence <> 't'
        and relnamespace::regnamespace::text
        ~ '^(raw_|staging|intermediate|marts|personal|search|snapshots|seeds)'
        and not exists (select from pg_dist_partition where logicalrelid = pg_class.oid)
    union all
    select
        case citus_table_type when 'reference' then 'a copy on each node' else 'distributed' end,
        sum(shard_size)::bigint
    from citus_shards
    group by 1
"""
BY_WORKER = """
    select sum(shard_size)::bigint from citus_shards
    where citus_table_type = 'distributed' group by nodename, nodeport
"""


def arriving(plan: object) -> Iterator[tuple[int, int]]:
    """Give rows and bytes of each part of an explained plan that workers sent."""
    if isinstance(plan, list):
        for part in plan:
            yield from arriving(part)
    elif isinstance(plan, dict):
        if plan.get("Custom Plan Provider") == "Citus Adaptive":
            job = plan.get("Distributed Query", {}).get("Job", {})
            size, unit = str(job.get("Tuple data received from nodes", "0 bytes")).split()
            yield int(plan.get("Actual Rows", 0)), int(size) * UNITS[unit]
        # tasks are plans of a worker
        yield from arriving([part for name, part in plan.items() if name != "Tasks"])


def travel(folder: Path) -> dict[str, Any]:
    """Explain what dbt compiled; return rows and bytes by model, and the models that cannot be."""
    found: dict[str, Any] = {"models": {}, "left_out": []}
    manifest = json.loads((folder / "target" / "manifest.json").read_text())
    with psycopg.connect() as connection:
        for name, node in manifest["nodes"].items():
            if node["resource_type"] != "model" or node["config"]["materialized"] == "view":
                continue
            query = folder / "target" / "compiled" / "thinkthrift" / node["original_file_path"]
            try:
                [(plan,)] = connection.execute(
                    "explain (analyze, timing off, format json) " + query.read_text()
                )
            except (psycopg.Error, OSError):
                found["left_out"].append(name.split(".")[-1])
            else:
                sent = [(0, 0), *arriving(plan)]
                found["models"][name.split(".")[-1]] = [
                    sum(part) for part in zip(*sent, strict=True)
                ]
            connection.rollback()
    return found


def measure(lines: int, workers: int, tarball: Path) -> dict[str, Any]:
    """Return what one cluster took, and how it shares the bytes."""
    with tempfile.TemporaryDirectory(prefix="bench-cluster-") as name:
        folder = Path(name)
        cluster = Cluster(folder, tarball, workers)
        try:
            for parameter, value in cluster.nodes[0].parameters().items():
                os.environ[f"PG{parameter.upper()}"] = value
            os.environ["PGDATABASE"] = "thinkthrift"
            made = World(folder / "world")
            made.folder.mkdir()
            made.demo("create", "--lines", str(lines))
            steps = {}

            def take(step: str, *command: str) -> None:
                print(f"{workers} workers: {step}", file=sys.stderr, flush=True)
                before = [node.processor_seconds() for node in cluster.nodes]
                made.dbt(*command) if command else made.load()
                after = [node.processor_seconds() for node in cluster.nodes]
                steps[step] = [now - then for now, then in zip(after, before, strict=True)]

            take("load")
            take("build", *BUILD)
            whole = made.line_count()
            made.demo("advance", "--days", "1")
            take("a day's load")
            timed(*COMPILE)
            sent = travel(made.folder)
            take("a day's build", *BUILD)
            sizes = dict(common.rows(SIZES))
            by_worker = [size for (size,) in common.rows(BY_WORKER)]
            return {
                "workers": workers, "asked": lines, "lines": whole,
                "day_lines": made.line_count() - whole,
                "steps": steps, "sizes": sizes, "by_worker": by_worker, "sent": sent,
                "machine": common.machine(),
            }  # fmt: skip
        finally:
            cluster.stop()


def report(clusters: list[dict[str, Any]]) -> str:
    """Return the results in Markdown."""
    work, places = [], []
    for one in clusters:
        sizes = one["sizes"]
        places.append({"workers": one["workers"]} | {
            name + unit: size / (1e6 if unit == "MB" else sum(sizes.values()) / 100)
            for name, size in sizes.items() for unit in ("MB", "%")
        } | {"balance": max(one["by_worker"]) / min(one["by_worker"])})  # fmt: skip
        for step, nodes in one["steps"].items():
            work.append({
                "step": step, "workers": one["workers"], "coordinator": nodes[0],
                "others": sum(nodes[1:]), "share": 100 * nodes[0] / sum(nodes),
            })  # fmt: skip
    work.sort(key=lambda row: list(clusters[0]["steps"]).index(row["step"]))
    last, sent = clusters[-1], clusters[-1]["sent"]
    models = [
        {"model": name, "sent": count, "kb": size / 1e3}
        for name, (count, size) in sent["models"].items() if count
    ]  # fmt: skip
    models.sort(key=lambda row: -row["sent"])
    whole = {
        "model": f"all {len(sent['models'])}",
        "sent": sum(row["sent"] for row in models), "kb": sum(row["kb"] for row in models),
    }  # fmt: skip
    headings = {name + unit: f"#{name}, {unit}" for name in last["sizes"] for unit in ("MB", "%")}
    return f"""# What a cluster does on its workers

Made by `{COMMAND} --lines {clusters[0]["asked"]}`: {last["lines"]:,} order lines, and a day of
{last["day_lines"]:,} more. All nodes share one machine:

{common.listed(last["machine"])}

Seconds of processor time of the servers:

{table(work, step="step", workers="#workers", coordinator="#coordinator", others="#all workers",
       share="#coordinator, %")}

Where the bytes are, indexes included. `balance` is the fullest worker against the emptiest:

{table(places, workers="#workers", **headings, balance="#balance")}

What {last["workers"]} workers send to the coordinator for a day, by model:

{table([whole, *models[:20]], model="model", sent="#rows", kb="#kB")}

Not explained, as they read temporary tables of their hooks: {", ".join(sent["left_out"])}.
"""  # fmt: skip


def main() -> None:
    """Measure each number of workers and write the results."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    common.add_options(parser)
    given = parser.parse_args()
    if "CITUS_TARBALL" not in os.environ:
        parser.error("CITUS_TARBALL names no build of Citus for the embedded server.")
    tarball = Path(os.environ["CITUS_TARBALL"])
    clusters = [measure(given.lines, workers, tarball) for workers in given.workers]
    text = report(clusters)
    common.publish("cluster", {"clusters": clusters, "verdicts": []}, text, given)


if __name__ == "__main__":
    main()
