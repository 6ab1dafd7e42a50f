"""Commands: create, advance, serve, truths, run, prepare."""

import fcntl
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import psycopg
import typer

from tools.demo import company
from tools.demo.catalog import Catalog
from tools.demo.databases import Databases
from tools.demo.serve import CatalogServer, run_beside, serve_until_stopped, serving
from tools.demo.state import load_complete
from tools.demo.timeline import HISTORY_START, RECENT_START, iso
from warehouse.errors import UserError

app = typer.Typer(
    help="Make every source system of a second-hand clothing company, always alike for one seed.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Lines = Annotated[int, typer.Option(min=500, help="About how many order lines, in all channels.")]
Seed = Annotated[int, typer.Option(help="Another seed makes another world.")]
Folder = Annotated[Path, typer.Option(help="Folder of the world.", file_okay=False)]

# where the contract looks for the catalog, unless CATALOG_LOCATION says otherwise
PORT = 8765
_FIRST_SALE = datetime.fromordinal(HISTORY_START)


@contextmanager
def _told_in_one_line() -> Iterator[None]:
    """Turn what the user can put right into one line and exit code 2."""
    try:
        yield
    except (UserError, psycopg.OperationalError, OSError) as error:
        typer.echo(f"demo: {' '.join(str(error).split())}", err=True)
        raise typer.Exit(2) from None


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait until no other demo is made beside this folder, and let none begin meanwhile."""
    place = os.open(folder.resolve().parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            typer.echo("Another demo is being made here; waiting for its end.")
            fcntl.flock(place, fcntl.LOCK_EX)
        yield
    finally:
        os.close(place)  # which ends the lock


def _databases() -> Databases:
    # the warehouse may start a server; only commands that need one pay for that
    import warehouse

    return Databases(lambda name: warehouse.conninfo(dbname=name))


@app.command()
def create(
    lines: Lines = 6000,
    seed: Seed = 7,
    folder: Folder = Path(".demo"),
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    since: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d"],
            show_default=iso(HISTORY_START),
            help="Leave out what was sold before.",
        ),
    ] = _FIRST_SALE,
) -> None:
    """Make the world at its first day, 2026-01-01; nothing if it is there already."""
    if since.toordinal() > RECENT_START:
        raise typer.BadParameter(f"at the latest {iso(RECENT_START)}", param_hint="--since")
    with _told_in_one_line():
        is_new = company.create(
            folder, _databases(), seed, lines, force, typer.echo, since.toordinal()
        )
        state = load_complete(folder)
    said = "made" if is_new else "there already"
    typer.echo(f"{folder}: {said}, {state.identity}, day {iso(state.day)}")


@app.command()
def advance(
    days: Annotated[int, typer.Option(min=1, max=1700, help="How many days.")],
    folder: Folder = Path(".demo"),
) -> None:
    """Move the world on; repeat the same command if it was interrupted."""
    with _told_in_one_line():
        state = company.advance(folder, _databases(), days, typer.echo)
    typer.echo(f"{folder}: day {iso(state.day)}")


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0: any free one.")] = PORT,
    folder: Folder = Path(".demo"),
    fail_every: Annotated[
        int, typer.Option(min=0, help="Answer every so many requests with 503; 0: none.")
    ] = 0,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    if_demo: Annotated[
        bool,
        typer.Option("--if-demo", help="Run COMMAND alone if the demo is not what is loaded here."),
    ] = False,
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="[COMMAND...]", help="Serve while this runs, only."),
    ] = None,
) -> None:
    """Serve the catalog: /products and /customers, page by page."""
    with _told_in_one_line():
        if command and if_demo and not _is_demo(folder):
            os.execvp(command[0], command)
        server = CatalogServer(port, _catalog(folder), fail_every, host)
        if command:
            with serving(server) as address:
                raise typer.Exit(run_beside(command, {"CATALOG_LOCATION": address, **os.environ}))
    serve_until_stopped(server, partial(print, flush=True))


def _is_demo(folder: Path) -> bool:
    """Tell whether the demo's API is what ingest reads the catalog from."""
    import warehouse

    declared = warehouse.PROJECT / "models" / "staging" / "catalog" / "_catalog__sources.yml"
    return (
        warehouse.is_embedded()
        and "CATALOG_LOCATION" not in os.environ
        and (folder / "state.json").exists()
        and declared.exists()
        and f"location: http://127.0.0.1:{PORT}\n" in declared.read_text(encoding="utf-8")
    )


def _catalog(folder: Path) -> Callable[[], Catalog]:
    """Return what gives the catalog of the day that the world has reached."""
    state = load_complete(folder)
    world = state.world()
    return lambda: Catalog(world, load_complete(folder).day)


@app.command()
def truths(folder: Folder = Path(".demo")) -> None:
    """Print what is true of the world, as JSON."""
    with _told_in_one_line():
        load_complete(folder)
        found = json.loads((folder / "truths.json").read_text(encoding="utf-8"))
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))


@app.command()
def run(lines: Lines = 6000, seed: Seed = 7, folder: Folder = Path(".demo")) -> None:
    """Make the world if it is not there, load it, build and document the marts, show the result."""
    from tools.demo import tour  # starts dbt, which other commands need not wait for

    try:
        with ExitStack() as stack:
            stack.enter_context(_one_at_a_time(folder))

            def make() -> None:
                create(lines, seed, folder)
                if "CATALOG_LOCATION" not in os.environ:
                    address = stack.enter_context(serving(CatalogServer(0, _catalog(folder))))
                    os.environ["CATALOG_LOCATION"] = address

            tour.run(folder, make)
    except UserError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@app.command()
def prepare(lines: Lines = 6000, seed: Seed = 7) -> None:
    """Start the embedded warehouse, and make the demo in it if nothing was ever loaded."""
    import warehouse

    try:
        warehouse.up()
        if not warehouse.is_embedded():
            return  # a server of the user's own gets no made-up data
        with warehouse.connect() as connection:
            [(loads, marts)] = connection.execute(
                "select to_regclass('raw_ingest.loads'), to_regclass('marts.rpt_daily_sales')"
            )
    except UserError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    if not loads and not marts:
        typer.echo("The warehouse is empty, so the demo is made first.")
        run(lines, seed)


if __name__ == "__main__":
    sys.exit(app())
