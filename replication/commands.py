"""The command line of live replication: python -m ingest replicate."""

import signal
import sys
import threading

import typer

from ingest import contract
from replication.subscription import Replication
from warehouse.console import complain, console, grid
from warehouse.errors import UnreachableError, UsageError

app = typer.Typer(
    help="Follow a source's database live, by PostgreSQL's logical replication.",
    no_args_is_help=True,
)
SOURCE = typer.Argument(metavar="SOURCE", help="A source whose reader is live.")
UNITS = {"kB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}


@app.command()
def setup(source: str = SOURCE) -> None:
    """Publish, subscribe and copy all tables; again, to mend what is missing."""
    last = ""

    def tell(text: str) -> None:
        nonlocal last
        if text != last:
            complain.print(text, end="\r" if sys.stderr.isatty() else "\n")
        last = text

    _replication(source).setup(tell)
    console.print(f"{source} is live")


@app.command()
def status() -> None:
    """Show how far behind each replication is, and what the source keeps for it."""
    declared = contract.read_tables()
    live = sorted({table.source for table in declared if table.reader == "live"})
    if not live:
        raise UsageError("No source is live. Set its reader, such as SHOP_READER=live.")
    made = grid("source", "state", "behind, bytes", "behind, seconds", "kept at the source, bytes")
    problems = []
    for source in live:
        found = Replication(source, declared).status()
        seconds = "" if found.seconds is None else f"{found.seconds:.1f}"
        made.add_row(source, found.state, _number(found.behind), seconds, _number(found.held))
        problems += found.problems
    console.print(made)
    for problem in problems:
        complain.print(problem)
    raise typer.Exit(bool(problems))


@app.command()
def pause(source: str = SOURCE) -> None:
    """Stop applying changes; the source keeps them until `resume`."""
    _replication(source).pause()
    console.print(
        f"{source} is paused. The source keeps all changes until it is resumed: do not forget it."
    )


@app.command()
def resume(source: str = SOURCE) -> None:
    """Go on where `pause` stopped."""
    _replication(source).resume()
    console.print(f"{source} goes on")


@app.command()
def drop(source: str = SOURCE) -> None:
    """End the replication on both sides; the rows and their history stay."""
    left = _replication(source).drop()
    console.print(f"{source} is not replicated any more")
    if left:
        complain.print(left)
        raise typer.Exit(1)


@app.command()
def guard(
    source: str = SOURCE,
    warn: str = typer.Option("1GB", help="Kept at the source from which on to warn."),
    limit: str = typer.Option("10GB", help="Kept at the source from which on to let go of it."),
    every: float = typer.Option(0.0, min=0.0, help="Seconds between two looks; 0 looks once."),
) -> None:
    """Warn, then drop the slot, before what the source keeps for us fills its disk.

    Exit code 1 if there is something to do. With --every it goes on until Ctrl-C or SIGTERM.
    """
    least, most = _size("--warn", warn), _size("--limit", limit)
    if least > most:
        raise UsageError(f"--warn {warn} is more than --limit {limit}.")
    replication = _replication(source)
    stop = threading.Event()
    if every:
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        signal.signal(signal.SIGINT, lambda *_: stop.set())
    while True:
        try:
            found, is_well = replication.guard(least, most)
        except UnreachableError as error:
            found, is_well = str(error), False
        (console if is_well else complain).print(found)
        if not every or stop.wait(every):
            raise typer.Exit(not is_well and not every)


def _replication(source: str) -> Replication:
    declared = contract.read_tables()
    contract.select(declared, [source])
    return Replication(source, declared)


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _size(option: str, text: str) -> int:
    """Return a size such as 10GB in bytes."""
    number = text.rstrip("kMGTB ")
    unit = text[len(number) :].strip()
    if not number.isdigit() or unit not in UNITS:
        raise UsageError(f'{option} "{text}" is no size. Write it like 500MB or 10GB.')
    return int(number) * UNITS[unit]
