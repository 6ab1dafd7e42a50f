"""What the benchmarks share: a throwaway server, data that are always the same, one load's cost.

Run as a program it loads a pickled Table and prints what became of it as JSON.
"""

import argparse
import contextlib
import json
import os
import pickle
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

import warehouse
from ingest import tables
from ingest.contract import Column, Table
from ingest.load import load_table
from warehouse.embedded import EmbeddedServer

HERE = Path(__file__).resolve().parent
SALES = {
    "sale_line_id": "bigint", "receipt_number": "text", "store_id": "text",
    "sold_at": "timestamptz", "sku": "text", "product_title": "text", "category": "text",
    "quantity": "integer", "unit_price": "numeric", "discount_amount": "numeric",
    "customer_email": "text", "is_returned": "boolean", "sold_on": "date",
}  # fmt: skip
ORDERS = {  # where the JSON has a column, and its type
    "order.id": "bigint", "order.placed_at": "timestamptz", "order.status": "text",
    "order.payment.unit_price": "numeric", "order.payment.currency": "text",
    "order.buyer.name": "text", "order.buyer.contact.email": "text", "tickets": "jsonb",
}  # fmt: skip
PLAIN = ", ".join(f"{name} {kind}" for name, kind in SALES.items())
# One line in a hundred is made bad, in one of these ways after the other.
SPOILED = 100
BAD_VALUES = (lambda line: b"x" + line, lambda line: line[:-10] + b"2015-02-30")
BAD_LINES = (*BAD_VALUES, lambda line: line + b",one field too many")


@contextlib.contextmanager
def arena(kept: Path | None = None) -> Iterator[Path]:
    """Give a folder with a running server in it, which the PG* variables then choose.

    Args:
        kept: a folder that stays, with what is in it; a temporary one if none is named.
    """
    with contextlib.ExitStack() as stack:
        name = kept or stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))
        server = EmbeddedServer(Path(name) / "server")
        try:
            for parameter, value in server.parameters().items():
                os.environ[f"PG{parameter.upper()}"] = value
            os.environ["PGDATABASE"] = "thinkthrift"
            os.environ["PATH"] = f"{server.binaries}{os.pathsep}{os.environ['PATH']}"
            for database in ("thinkthrift", "shop"):
                with contextlib.suppress(psycopg.errors.DuplicateDatabase):
                    execute(f"create database {database}", dbname="postgres")
            yield Path(name).resolve()
        finally:
            server.stop()


def execute(*statements: str, dbname: str = "thinkthrift") -> tuple[Any, ...]:
    """Run statements, each on its own, and return the first row that the last one gives, if any."""
    with psycopg.connect(dbname=dbname, autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
        return (cursor.fetchone() if cursor.description else None) or ()


def rows(query: str, dbname: str = "thinkthrift") -> list[tuple[Any, ...]]:
    """Return all rows of a query."""
    with psycopg.connect(dbname=dbname) as connection:
        return connection.execute(query).fetchall()


def copied_bytes(statement: str) -> int:
    """Return how many bytes a COPY to stdout gives."""
    with psycopg.connect() as connection, connection.cursor().copy(statement) as blocks:
        return sum(len(block) for block in blocks)


def write_csv(path: Path, rows: int) -> None:
    """Write that many sales as CSV with a header."""
    _export("sales.sql", rows, "format csv, header", path)


def write_json(path: Path, rows: int) -> None:
    """Write that many orders as one JSON array of nested objects."""
    # quoted and parted by what no JSON holds, CSV is the bare text
    _export("orders.sql", rows, r"format csv, quote e'\x01', delimiter e'\x02'", path)


def write_parquet(path: Path, source: Path, **settings: object) -> None:
    """Write the sales of a CSV file as Parquet, in row groups of some 100,000.

    Args:
        path: where to.
        source: the CSV file.
        settings: of `pyarrow.parquet.ParquetWriter`.
    """
    kinds = {
        "bigint": pa.int64(), "integer": pa.int32(), "numeric": pa.decimal128(10, 2),
        "timestamptz": pa.timestamp("us", "UTC"), "boolean": pa.bool_(), "date": pa.date32(),
    }  # fmt: skip
    types = {name: kinds.get(kind, pa.string()) for name, kind in SALES.items()}
    convert = pa_csv.ConvertOptions(column_types=types, strings_can_be_null=True)
    blocks = pa_csv.ReadOptions(block_size=1 << 24)
    with (
        pa_csv.open_csv(source, blocks, convert_options=convert) as batches,
        pq.ParquetWriter(path, batches.schema, **settings) as writer,
    ):
        for batch in batches:
            writer.write_batch(batch)


def write_unquoted(path: Path, source: Path) -> None:
    """Write a CSV file again without the commas in its titles, and so without quotes."""
    with source.open("rb") as lines, path.open("wb") as target:
        for line in lines:
            target.write(line.replace(b", ", b" ").replace(b'"', b"") if b'"' in line else line)


def write_spoiled(path: Path, source: Path, ways: tuple[Any, ...]) -> None:
    """Write a CSV file again with one line in a hundred made bad."""
    with source.open("rb") as lines, path.open("wb") as target:
        for number, line in enumerate(lines):
            if number and number % SPOILED == 0:
                line = ways[number // SPOILED % len(ways)](line.rstrip()) + b"\n"
            target.write(line)


def _export(query: str, rows: int, options: str, path: Path) -> None:
    text = (HERE / query).read_text().replace(":rows", str(rows), 9)
    copy = f"copy (\n{text}) to stdout with ({options})"
    with (
        psycopg.connect() as connection,
        connection.cursor().copy(copy) as blocks,
        path.open("wb") as file,
    ):
        file.writelines(blocks)


def load(reader: str, location: object, key: bool = True) -> dict[str, Any]:
    """Load what is there as a replaced table, for the first time, in a process of its own.

    Returns:
        The attributes of `ingest.load.Result`, and `peak_bytes` of resident memory.
    """
    fields = ORDERS if reader == "json" else SALES
    columns = tuple(Column(name.split(".")[-1], kind, name) for name, kind in fields.items())
    table = Table(
        source="bench", name="sales", schema="raw_bench", file=__file__, columns=columns,
        reader=reader, location=str(location), mode="replace",
        key=(columns[0].name,) if key else (), siblings=("sales",),
    )  # fmt: skip
    execute("drop schema if exists raw_bench cascade", "drop schema if exists raw_ingest cascade")
    with warehouse.connect() as connection:
        tables.ensure(connection, [table])
    execute("checkpoint")
    done = run(sys.executable, "-m", "tools.benchmarks.common", given=pickle.dumps(table))
    if done["status"] != "loaded":
        raise SystemExit("\n".join(done["notes"]))
    return done


def run(*command: object, given: bytes = b"") -> dict[str, Any]:
    """Run a program that prints JSON in its last line, and return that."""
    done = subprocess.run(
        list(map(str, command)),
        input=given,
        stdout=subprocess.PIPE,
        check=True,
        cwd=HERE.parents[1],
    )
    printed: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return printed


def machine() -> dict[str, str]:
    """Return what the figures depend on: the machine and the versions."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return {
        "CPU": model[1] if model else platform.machine(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "PostgreSQL": f"{execute('show server_version')[0]}, fsync {execute('show fsync')[0]}",
        "Python": platform.python_version(),
        **{name: version(name) for name in ("psycopg", "pyarrow", "ijson")},
    }


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that each benchmark has."""
    parser.add_argument("--no-limits", action="store_true", help="exit 0 whatever is reached")
    parser.add_argument("--output", type=Path, default=HERE / "results", help="folder")


def listed(facts: dict[str, str]) -> str:
    """Return facts as a list in Markdown."""
    return "\n".join(f"- {name}: {value}" for name, value in facts.items())


def at_most(limits: dict[str, float], ratios: dict[str, float]) -> list[dict[str, Any]]:
    """Return the verdicts on what was measured.

    Args:
        limits: what each ratio may be.
        ratios: by the same names; one that was not measured is left out.
    """
    return [
        {
            "name": name, "ratio": ratio, "limit": limits[name],
            "verdict": "pass" if ratio <= limits[name] else "FAIL",
        }
        for name, ratio in ratios.items()
    ]  # fmt: skip


def publish(name: str, results: dict[str, Any], text: str, given: argparse.Namespace) -> bool:
    """Write the results as JSON and as Markdown, and print the latter.

    Args:
        name: of the files.
        results: with `verdicts`, in which a missed limit has the verdict FAIL.
        text: the same as Markdown.
        given: with the options of `add_options`.

    Returns:
        Whether a limit is missed that is to be kept.
    """
    given.output.mkdir(parents=True, exist_ok=True)
    (given.output / f"{name}.json").write_text(json.dumps(results, indent=2) + "\n")
    (given.output / f"{name}.md").write_text(text)
    print(text)
    return any(one["verdict"] == "FAIL" for one in results["verdicts"]) and not given.no_limits


if __name__ == "__main__":
    result = load_table(pickle.load(sys.stdin.buffer))
    # of this program alone: what getrusage gives begins with the parent's
    [peak] = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    facts = {**vars(result), "table": str(result.table), "peak_bytes": int(peak) * 1024}
    print(json.dumps(facts))
