"""The command line: python -m ingest load | status | quarantine | warehouse."""

import sys
import time

import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid

from ingest import contract, tables, warehouse
from ingest.errors import IngestError, UsageError
from ingest.load import Result, load_table

app = typer.Typer(
    help="Load the raw tables that the dbt sources declare, and run the warehouse.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
server = typer.Typer(help="The embedded warehouse.", no_args_is_help=True)
app.add_typer(server, name="warehouse")
console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
complain = Console(stderr=True, soft_wrap=True, highlight=False)


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
    declared = contract.read_tables()
    selected = contract.select(declared, selection or [])
    with warehouse.connect() as connection:
        tables.ensure(connection, declared)
    results = []
    with Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn(),
        console=complain, transient=True, disable=not sys.stderr.isatty(),
    ) as progress:  # fmt: skip
        for table in selected:
            task = progress.add_task(f"loading {table}", total=None)
            results.append(load_table(table, full, lambda size, t=task: progress.advance(t, size)))
            progress.remove_task(task)
    _show(results)
    raise typer.Exit(any(result.status == "failed" for result in results))


@app.command()
def status() -> None:
    """Show each raw table's last load: when, how many rows, what went wrong."""
    with warehouse.connect() as connection:
        tables.ensure(connection, [])
        rows = connection.execute(
            """
            select
                source_name || '.' || table_name,
                max(finished_at) filter (where status = 'loaded'),
                count(*) filter (where status = 'loaded'),
                coalesce(sum(rows_loaded), 0),
                (select count(*) from raw_ingest.quarantine
                    where quarantine.source_name = loads.source_name
                    and quarantine.table_name = loads.table_name),
                (array_agg(status order by load_id desc))[1],
                (array_agg(message order by load_id desc))[1]
            from raw_ingest.loads
            group by source_name, table_name
            order by 1
            """
        ).fetchall()
        now = connection.execute("select now()").fetchone()[0]
    if not rows:
        console.print("Nothing has been loaded yet. Load everything: python -m ingest load")
        return
    grid = _grid("table", "last load (UTC)", "age", "loads", "rows loaded", "in quarantine", "last")
    for name, last, count, loaded, quarantined, state, message in rows:
        age = str(now - last).split(".")[0] if last else ""
        when = f"{last:%Y-%m-%d %H:%M:%S}" if last else "never"
        outcome = f"{state}: {message.splitlines()[0]}" if state == "failed" else state
        grid.add_row(name, when, age, f"{count:,}", f"{loaded:,}", f"{quarantined:,}", outcome)
    console.print(grid)


@app.command()
def quarantine(
    selection: str = typer.Argument("", metavar="[SOURCE[.TABLE]]"),
    limit: int = typer.Option(20, min=1, help="How many rows to show."),
) -> None:
    """List the rows that broke their contract: where they stood, why, and what they were."""
    with warehouse.connect() as connection:
        tables.ensure(connection, [])
        rows = connection.execute(
            "select source_name || '.' || table_name, source_file, position, reason, payload::text"
            " from raw_ingest.quarantine"
            " where %(name)s in ('', source_name, source_name || '.' || table_name)"
            " order by quarantine_id desc limit %(limit)s",
            {"name": selection, "limit": limit},
        ).fetchall()
    if not rows:
        console.print("No row is in quarantine.")
        return
    grid = _grid("table", "source file", "position", "reason", "row")
    for row in rows:
        grid.add_row(*row)
    console.print(grid)


@server.command()
def up() -> None:
    """Start it if it is not running, write profiles.yml, and create missing raw tables."""
    warehouse.up()
    with warehouse.connect() as connection:
        tables.ensure(connection, contract.read_tables())
    _describe()


@server.command()
def down() -> None:
    """Stop it; the data stay."""
    console.print("stopped" if warehouse.down() else "it was not running")


@server.command()
def profile() -> None:
    """Write profiles.yml, by which dbt finds the warehouse; starts nothing."""
    warehouse.write_profile()


@server.command("status")
def server_status() -> None:
    """Show whether it runs, where, and how large it is."""
    _describe()


@server.command(context_settings={"ignore_unknown_options": True})
def psql(arguments: list[str] = typer.Argument(None, metavar="[-- PSQL-ARGUMENTS]")) -> None:
    """Open psql on the warehouse, or hand it arguments: psql -- -c "select 1"."""
    raise typer.Exit(warehouse.psql(arguments or []))


def _grid(first: str, *headers: str) -> Grid:
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False)
    grid.add_column(first, no_wrap=True)
    for header in headers:
        grid.add_column(header, overflow="fold")
    return grid


def _describe() -> None:
    for label, value in warehouse.describe().items():
        console.print(f"{label + ':':<10} {value}")


def _show(results: list[Result]) -> None:
    """Print the table that a load ends with, and what the user should know besides."""
    grid = _grid("source table", "status")
    for name in ("read", "loaded", "quarantined", "unchanged", "seconds"):
        grid.add_column(name, justify="right")
    for result in results:
        numbers = (result.read, result.loaded, result.quarantined, result.unchanged)
        grid.add_row(
            str(result.table), result.status, *(f"{n:,}" for n in numbers), f"{result.seconds:.1f}"
        )
    console.print(grid)
    for result in results:
        for note in result.notes:
            (complain if result.status == "failed" else console).print(note, markup=False)
    if any(result.quarantined for result in results):
        console.print("See the rows in quarantine: python -m ingest quarantine")


def main() -> None:
    """Run the command line; a user's mistake ends in a sentence and not in a traceback."""
    started = time.monotonic()
    try:
        app()
    except UsageError as error:
        complain.print(str(error), markup=False)
        sys.exit(2)
    except IngestError as error:
        complain.print(str(error), markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        complain.print(f"interrupted after {time.monotonic() - started:.0f} s; nothing half-loaded")
        sys.exit(130)


if __name__ == "__main__":
    main()
