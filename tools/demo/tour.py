"""The whole way from made-up sources to documented marts, with what came of it at the end."""

import hashlib
import json
import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from psycopg.sql import SQL, Identifier
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

import warehouse
from ingest import contract, tables
from ingest.contract import Table
from ingest.load import load_table
from warehouse.errors import UserError

PROJECT = warehouse.PROJECT
# what decides how the marts look, besides the data
CODE = (
    "models",
    "macros",
    "seeds",
    "snapshots",
    "functions",
    "tests/generic",
    "tests/singular",
    "ingest",
)
EXAMPLE = 'q="vintage denim jaket" max_price=60 limit=5'
NEXT = """\
  make search                                     a prompt: each line is a search or a report
  make run m=rpt_top_products top_n=10            a report with your own dates and numbers
  source .venv/bin/activate                       then plain dbt works:
  dbt run --select rpt_top_products --vars '{start_date: "2025-12-01", top_n: 10}'
  dbt show --inline "select * from {{ ref('rpt_daily_sales') }}" --limit 10
  python -m ingest warehouse psql                 the warehouse in psql
  python -m ingest status                         what was loaded, and when
  python -m tools.demo advance --days 7           a week later; then load and build it:
  make load build
  make test                                       lint and all tests"""


def run(folder: Path, create: Callable[[], None]) -> None:
    """Make the sources, load them, build and document the marts, and show what came of it.

    What is done already and has not changed since is not done again.

    Args:
        folder: where the made-up sources are.
        create: makes them, if they are not there.

    Raises:
        UserError: a step failed; its own message has been shown.
    """
    console = Console(highlight=False, soft_wrap=True)
    warehouse.up()
    create()
    with warehouse.connect() as connection:
        tables.ensure(connection, [])
    done = folder / "built.json"
    state = _fingerprint(folder)
    if not (done.exists() and json.loads(done.read_text())["fingerprint"] == state):
        started = time.monotonic()
        declared = contract.read_tables()
        _load(declared, console)
        built = _build(console)
        _document(console)
        report = {
            "fingerprint": _fingerprint(folder),
            "built": built,
            "tables": [[str(table), table.schema, table.name] for table in declared],
            "seconds": round(time.monotonic() - started),
        }
        done.write_text(json.dumps(report))
    _show(json.loads(done.read_text()), console)
    _search(console)
    console.print("\n[bold]Try next[/bold]")
    console.print(NEXT, markup=False)


def _search(console: Console) -> None:
    """Search as an analyst would, with a typing error, and show what was found."""
    from apps.search import show
    from apps.search.request import from_line
    from apps.search.runner import Searcher

    console.print(f"\n[bold]A search[/bold]  make search {EXAMPLE}")
    show.as_table(Searcher().find(from_line(EXAMPLE)))


def _load(declared: list[Table], console: Console) -> None:
    """Load every raw table, with a line for each."""
    console.print("[bold]load[/bold]: from the sources into the raw tables")
    with warehouse.connect() as connection:
        tables.ensure(connection, declared)
    results = [load_table(table) for table in declared]
    for result in results:
        bad = f", {result.quarantined} quarantined" if result.quarantined else ""
        console.print(f"  {result.table!s:<28} {result.status:<10} {result.loaded:>9,} rows{bad}")
    failed = [note for result in results if result.status == "failed" for note in result.notes]
    if failed:
        raise UserError("\n".join(failed))


def _build(console: Console) -> dict[str, dict[str, int]]:
    """Run dbt build with a progress bar; return how many nodes of each kind ended how."""
    from dbt.cli.main import dbtRunner

    console.print("[bold]build[/bold]: seeds, snapshots, models and their tests")
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("dbt build", total=None)

        def watch(event: Any) -> None:
            if event.info.name == "NodeFinished":
                status = event.data.run_result.status
                name = event.data.node_info.node_name
                progress.update(task, advance=1, description=f"{status} {name[:60]}")
            elif event.info.name == "LogStartLine":
                progress.update(task, total=event.data.total)

        result = dbtRunner(callbacks=[watch]).invoke(["--quiet", "build", *_place()])
    if result.result is None:
        raise UserError(f"dbt build failed: {result.exception}")
    nodes: Any = result.result
    counts: dict[str, Counter[str]] = {}
    for node in nodes:
        kind = node.node.resource_type.value
        counts.setdefault(kind, Counter())[str(node.status)] += 1
    if not result.success:
        failed = [node for node in nodes if node.status in ("error", "fail")]
        bad = [f"{node.node.name}: {node.message}" for node in failed]
        raise UserError("dbt build failed:\n" + "\n".join(bad))
    return {kind: dict(counter) for kind, counter in counts.items()}


def _document(console: Console) -> None:
    """Write dbt's documentation as one page."""
    from dbt.cli.main import dbtRunner

    console.print("[bold]docs[/bold]: one page with every model, column and test")
    result = dbtRunner().invoke(["--quiet", "docs", "generate", "--static", *_place()])
    if not result.success:
        raise UserError(f"dbt docs failed: {result.exception}")


def _place() -> list[str]:
    return ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]


def _fingerprint(folder: Path) -> str:
    """Return a hash of the sources' state, the project's code and what the warehouse has loaded."""
    digest = hashlib.sha256((folder / "state.json").read_bytes())
    files = [path for part in CODE for path in (PROJECT / part).rglob("*") if path.is_file()]
    for path in sorted([*files, *PROJECT.glob("*.yml")]):
        if path.suffix in (".sql", ".yml", ".csv", ".py", ".md"):
            digest.update(str(path.relative_to(PROJECT)).encode() + path.read_bytes())
    with warehouse.connect() as connection:
        loaded = connection.execute(
            "select (select system_identifier from pg_control_system()), current_database(),"
            " (select max(load_id) from raw_ingest.loads), to_regclass('marts.fct_order_lines')"
        ).fetchone()
    digest.update(repr(loaded).encode())
    return digest.hexdigest()


def _show(report: dict[str, Any], console: Console) -> None:
    """Print what was loaded and built, the last days' figures, and where to go from here."""
    with warehouse.connect() as connection:
        counts: dict[str, int] = {}
        for name, schema, table in report["tables"]:
            counting = SQL("select count(*) from {}").format(Identifier(schema, table))
            [(counts[name],)] = connection.execute(counting)
        [(bad,)] = connection.execute("select count(*) from raw_ingest.quarantine")
        days = connection.execute(
            "select channel, currency_code, sum(order_count), sum(line_count),"
            " sum(net_merchandise_value), max(max(order_date)) over ()"
            " from marts.rpt_daily_sales"
            " where order_date > (select max(order_date) - 30 from marts.rpt_daily_sales)"
            " group by channel, currency_code order by channel, currency_code"
        ).fetchall()
        [total] = connection.execute("select count(*), sum(net_amount) from marts.fct_order_lines")
    console.rule()
    console.print("[bold]Loaded[/bold] (rows per source table)")
    for name, count in counts.items():
        console.print(f"  {name:<30}{count:>10,}")
    console.print(f"  {'in quarantine':<30}{bad:>10,}  python -m ingest quarantine list")
    built = report["built"]
    tests = Counter(built.get("test", {})) + Counter(built.get("unit_test", {}))
    models = sum(built.get("model", {}).values())
    others = ", ".join(f"{sum(built[k].values())} {k}s" for k in ("snapshot", "seed") if k in built)
    warned = f", {tests['warn']} warned" if tests["warn"] else ""
    console.print(
        f"\n[bold]Built[/bold] in {report['seconds']} s: {models} models, {others};"
        f" {tests['pass'] + tests['success']} tests passed{warned}"
    )
    console.print(f"  {total[0]:,} order lines, {total[1]:,.2f} net, over all years and channels")
    if days:
        console.print(f"\n[bold]Key figures[/bold] of the 30 days to {days[0][5]}")
        for channel, currency, orders, lines, value, _ in days:
            console.print(
                f"  {channel:<12} {orders:>7,} orders {lines:>8,} lines"
                f" {value:>14,.2f} {currency} after cancellations and returns"
            )
    page = PROJECT / os.environ.get("DBT_TARGET_PATH", "target") / "static_index.html"
    console.print(f"\n[bold]Docs[/bold]  file://{page}")
