"""The command line, python -m ingest: load, watch, status, quarantine, replicate, and more."""

import sys
import time
from collections.abc import Iterable
from functools import partial

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

import warehouse
from apps.erasure import commands as erasure
from ingest import audit, contract, doctor, tables
from ingest.books import Result
from ingest.load import load_table
from ingest.replay import replay_table
from ingest.results import show
from ingest.watch import is_watchable
from ingest.watch import watch as watch_files
from replication import commands as replicate
from warehouse import commands as server_commands
from warehouse.console import complain, console, grid
from warehouse.errors import UsageError, UserError

app = typer.Typer(
    help="Load the raw tables that the dbt sources declare, and run the warehouse.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
kept = typer.Typer(help="The rows that broke their contract.", no_args_is_help=True)
server = server_commands.app
app.add_typer(kept, name="quarantine")
app.add_typer(replicate.app, name="replicate")
app.add_typer(server, name="warehouse")
app.command()(server_commands.roles)
app.command()(erasure.forget)
SELECTION = typer.Argument(None, metavar="[SOURCE[.TABLE]]...")


@app.command()
def load(
    selection: list[str] = typer.Argument(
        None, metavar="[SOURCE[.TABLE]]...", help="What to load; everything if left out."
    ),
    full: bool = typer.Option(
        False, "--full", help="Read databases from the start and unchanged exports again."
    ),
) -> None:
    """Load what is new. Exit code 1 if something failed, 2 if the call is wrong."""
    results = []
    selected = _prepare(selection)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    is_hidden = not sys.stderr.isatty()
    with Progress(*columns, console=complain, transient=True, disable=is_hidden) as progress:
        for table in selected:
            task = progress.add_task(f"loading {table}", total=None)
            results.append(load_table(table, full, partial(progress.advance, task)))
            progress.remove_task(task)
    show(results)
    raise typer.Exit(any(result.status == "failed" for result in results))


@app.command()
def watch(
    selection: list[str] = SELECTION,
    interval: float = typer.Option(2.0, min=0.1, help="Seconds between two looks."),
    settle: float = typer.Option(2.0, min=0.0, help="Seconds unchanged until a file is complete."),
) -> None:
    """Load new files within seconds of their arrival, until stopped by Ctrl-C or SIGTERM."""
    selected = [table for table in _prepare(selection) if is_watchable(table)]
    if not selected:
        raise UsageError("None of these tables comes from files. Load them: python -m ingest load")
    console.print(f"watching {', '.join(map(str, selected))}")

    def report(result: Result) -> None:
        numbers = f"{result.loaded:,} loaded, {result.quarantined:,} quarantined"
        console.print(f"{time.strftime('%H:%M:%S')} {result.table} {result.status}: {numbers}")
        for note in result.notes:
            complain.print(note)

    watch_files(selected, interval, settle, report, lambda text: complain.print(text))
    console.print("stopped; nothing is half-loaded")


@app.command()
def status(
    selection: list[str] = SELECTION,
    loads: int = typer.Option(0, min=0, help="Show the audit of so many last loads instead."),
) -> None:
    """Show each raw table's last load, how fresh it is, and the rows of all its loads."""
    selected = contract.select(contract.read_tables(), selection or [])
    with warehouse.connect() as connection:
        tables.ensure(connection, [])
        if loads:
            audit.show_loads(connection, selected, loads)
        else:
            audit.show_last(connection, selected)


@app.command("doctor")
def check_connections() -> None:
    """Test every connection: answers, encrypted, verified? Exit code 1 if one failed."""
    made = grid("connection", "to", "TLS", "verdict")
    problems = []
    for found in doctor.examine(contract.read_tables()):
        made.add_row(found.name, found.place, found.tls, "failed" if found.problem else "ok")
        problems += [found.problem] * bool(found.problem)
    console.print(made)
    for problem in problems:
        complain.print(problem)
    raise typer.Exit(bool(problems))


@kept.command("list")
def list_quarantine(
    selection: str = typer.Argument("", metavar="[SOURCE[.TABLE]]"),
    limit: int = typer.Option(20, min=1, help="How many rows to show."),
) -> None:
    """List the newest: where they stood, why they are here, and what they were."""
    if selection:
        contract.select(contract.read_tables(), [selection])
    with warehouse.connect() as connection:
        tables.ensure(connection, [])
        rows = connection.execute(
            "select quarantine_id::text, source_name || '.' || table_name, source_file, position,"
            " reason, left(payload::text, 200), count(*) over ()"
            " from raw_ingest.quarantine"
            " where %(name)s in ('', source_name, source_name || '.' || table_name)"
            " order by quarantine.quarantine_id desc limit %(limit)s",
            {"name": selection, "limit": limit},
        ).fetchall()
    if not rows:
        console.print("No row is in quarantine.")
        return
    made = grid("id", "table", "source file", "position", "reason", "row")
    for row in rows:
        made.add_row(*row[:-1])
    console.print(made)
    total = rows[0][-1]
    more = f" All: --limit {total}." if total > len(rows) else ""
    console.print(f"{len(rows)} of {total}.{more} One whole: python -m ingest quarantine show ID")


@kept.command("show")
def show_quarantined(row: int = typer.Argument(metavar="ID")) -> None:
    """Show one row whole, and how to mend it."""
    with warehouse.connect() as connection:
        tables.ensure(connection, [])
        found = connection.execute(
            "select source_name || '.' || table_name, source_file, position, reason,"
            " quarantined_at::text, load_id::text, jsonb_pretty(payload)"
            " from raw_ingest.quarantine where quarantine_id = %s",
            [row],
        ).fetchone()
    if not found:
        raise UsageError(f"No row {row} is in quarantine. See: python -m ingest quarantine list")
    labels = ("table", "source file", "position", "reason", "since", "load", "row")
    for label, value in zip(labels, found, strict=True):
        console.print(f"{label + ':':<13}{value}")
    console.print(
        "\nMend the contract, or the row:  update raw_ingest.quarantine set payload ="
        ' payload || \'{"COLUMN": "TEXT"}\''
        f" where quarantine_id = {row}\nThen:  python -m ingest quarantine replay {found[0]}",
        markup=False,
    )


@kept.command()
def replay(selection: list[str] = SELECTION) -> None:
    """Load the rows in quarantine again, after the contract or the rows were mended."""
    results = [replay_table(table) for table in _prepare(selection)]
    show([result for result in results if result.read or result.status == "failed"] or results)
    raise typer.Exit(any(result.status == "failed" for result in results))


@server.command()
def up() -> None:
    """Start it if it is not running, write profiles.yml, and create missing raw tables."""
    warehouse.up()
    _ensure(contract.read_tables())
    server_commands.status()


def _prepare(selection: list[str] | None) -> list[contract.Table]:
    """Return the selected tables, after all declared ones were created."""
    declared = contract.read_tables()
    selected = contract.select(declared, selection or [])
    _ensure(declared, except_for=selected)
    return selected


def _ensure(declared: list[contract.Table], except_for: Iterable[contract.Table] = ()) -> None:
    """Create what is missing; tell which declarations are wrong, but for tables that are loaded."""
    with warehouse.connect() as connection:
        for table, problem in tables.ensure_all(connection, declared).items():
            if table not in map(str, except_for):
                complain.print(problem)


def main() -> None:
    """Run the command line; a user's mistake ends in a sentence and not in a traceback."""
    started = time.monotonic()
    try:
        app()
    except UserError as error:
        complain.print(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        complain.print(f"interrupted after {time.monotonic() - started:.0f} s; nothing half-loaded")
        sys.exit(130)
