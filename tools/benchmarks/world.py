"""A demo world with a server of its own, and the steps that it goes through, each timed.

A world in a folder that the caller names stays there, so that other benchmarks can go on with it.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tools.benchmarks import common
from tools.benchmarks.common import HERE

PROJECT = HERE.parents[1]
FILE_SOURCES = ("marketplace", "history", "events", "logistics", "store_mail")
BUILD = ("dbt.cli.main", "build", "--exclude-resource-type", "test", "unit_test")
TEST = ("dbt.cli.main", "test", "--exclude-resource-type", "unit_test")


class World:
    """A demo world whose warehouse is the server that the PG* variables choose.

    Attributes:
        folder: holds the sources, dbt's target and what each step took.
    """

    def __init__(self, folder: Path) -> None:
        """Take a folder and point sources and dbt at it, by the environment."""
        self.folder = folder
        for source in FILE_SOURCES:
            os.environ[f"{source.upper()}_LOCATION"] = str(folder / "demo" / source)
        os.environ |= {
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
            "DBT_LOG_LEVEL_FILE": "none",
            "DBT_QUIET": "1",
        }

    def make(self, lines: int, *options: str) -> dict[str, dict[str, Any]]:
        """Make the sources, load and build them, unless it was done before.

        Args:
            lines: about how many order lines there are in all channels.
            options: of `demo create`, besides.

        Returns:
            The name of each step and what `timed` gave for it.
        """
        kept = self.folder / "steps.json"
        steps = json.loads(kept.read_text()) if kept.exists() else {}
        takes: dict[str, Callable[[], dict[str, Any]]] = {
            "create": lambda: self.demo("create", "--lines", str(lines), *options),
            "load": self.load,
            "build": lambda: self.dbt(*BUILD),
        }
        for name, step in takes.items():
            if name not in steps:
                print(f"{lines:,} lines: {name}", file=sys.stderr, flush=True)
                steps[name] = step()
                kept.write_text(json.dumps(steps, indent=2))
        return steps

    def demo(self, *arguments: str) -> dict[str, Any]:
        """Run a command of the demo on this world; see `timed`."""
        command, *rest = arguments
        return timed("tools.demo", command, "--folder", str(self.folder / "demo"), *rest)

    def load(self) -> dict[str, Any]:
        """Load from all sources while the catalog answers; `tables` has the seconds of each.

        They run from a table's first load to its last, for small files share transactions.

        Raises:
            SystemExit: nothing was loaded at all; one source may be down.
        """
        [first] = common.execute("select to_regclass('raw_ingest.loads') is null")
        known = 0 if first else common.execute("select max(load_id) from raw_ingest.loads")[0] or 0
        done = self.demo("serve", "--port", "0", "--", sys.executable, "-m", "ingest", "load")
        done["tables"] = dict(
            common.rows(
                "select source_name || '.' || table_name, cast(extract("
                " epoch from max(finished_at) - min(started_at)) as float)"
                f" from raw_ingest.loads where load_id > {known} group by 1 order by 2 desc"
            )
        )
        if not done["tables"]:
            raise SystemExit("Nothing could be loaded; python -m ingest load says why.")
        return done

    def dbt(self, *command: str) -> dict[str, Any]:
        """Run dbt; `nodes` has the seconds of each node, `kinds` their sums by resource type."""
        done = timed(*command)
        results = json.loads((self.folder / "target" / "run_results.json").read_text())["results"]
        done["nodes"] = {one["unique_id"]: one["execution_time"] for one in results}
        done["kinds"] = {}
        for name, seconds in done["nodes"].items():
            kind = name.split(".")[0]
            done["kinds"][kind] = done["kinds"].get(kind, 0) + seconds
        return done

    def line_count(self) -> int:
        """Return how many order lines there are by now."""
        return int(common.execute("select count(*) from marts.fct_order_lines")[0])

    def disk(self) -> dict[str, int]:
        """Return the bytes of each schema's tables, indexes included."""
        return dict(
            common.rows(
                "select relnamespace::regnamespace::text, sum(pg_total_relation_size(oid))::bigint"
                " from pg_class where relkind in ('r', 'm') and relpersistence <> 't'"
                " and relnamespace::regnamespace::text !~ '^pg_|information_schema'"
                " group by 1 order by 2 desc"
            )
        )

    def csv_bytes(self) -> int:
        """Return how large the raw tables are as CSV, their own columns alone."""
        tables = common.rows(
            "select format('copy (select %s from %s.%I) to stdout with (format csv)',"
            " string_agg(quote_ident(attname), ', ' order by attnum), nspname, relname)"
            " from pg_attribute join pg_class on pg_class.oid = attrelid"
            " join pg_namespace on pg_namespace.oid = relnamespace"
            " where nspname like 'raw\\_%' and nspname <> 'raw_ingest' and not relispartition"
            " and relkind in ('r', 'p') and attnum > 0 and not attisdropped"
            " and attname not like '\\_%' group by nspname, relname"
        )
        return sum(common.copied_bytes(statement) for (statement,) in tables)


def timed(module: str, *arguments: str) -> dict[str, Any]:
    """Run a module of Python in the project.

    Returns:
        `seconds` by the clock, `cpu_seconds` of its processes, and `peak_mb`, the resident memory
        of the largest of them.

    Raises:
        SystemExit: it failed; the message is the end of what it printed.
    """
    started = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=PROJECT,
    ) as process:  # fmt: skip
        printed = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    # 1 of `ingest load`: a source was down, which is part of a day
    is_load = "ingest" in (module, *arguments)
    if process.returncode and not (is_load and process.returncode == 1):
        raise SystemExit(printed[-3000:])
    return {
        "seconds": time.monotonic() - started,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
    }


@contextlib.contextmanager
def world(folder: Path | None) -> Iterator[World]:
    """Give a world in the folder, or in a temporary one, with its server running."""
    with common.arena(folder) as home:
        yield World(home)


def table(rows: list[dict[str, Any]], **columns: str) -> str:
    """Return rows as a table in Markdown.

    Args:
        rows: one dict a line.
        columns: for each key its heading; those of numbers begin with `#` and are set right.
    """
    lines = [
        "| " + " | ".join(heading.lstrip("#") for heading in columns.values()) + " |",
        "|" + "|".join("--:" if head.startswith("#") else "---" for head in columns.values()) + "|",
    ]
    for row in rows:
        cells = [row.get(key) for key in columns]
        shown = [_shown(cell) for cell in cells]
        lines.append("| " + " | ".join(shown) + " |")
    return "\n".join(lines)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}" if value < 10 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
