"""What the commands print: tables for people, complaints on standard error."""

import sys

from rich import box
from rich.console import Console
from rich.table import Table as Grid

from ingest.load import Result

console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
complain = Console(stderr=True, soft_wrap=True, highlight=False)


def grid(first: str, *headers: str) -> Grid:
    """Return an empty table whose first column is never broken."""
    made = Grid(box=box.SIMPLE_HEAD, pad_edge=False)
    made.add_column(first, no_wrap=True)
    for header in headers:
        made.add_column(header, overflow="fold")
    return made


def show(results: list[Result]) -> None:
    """Print the table that a load ends with, and what the user should know besides."""
    made = grid("source table", "status")
    for name in ("read", "loaded", "quarantined", "unchanged", "deleted", "seconds"):
        made.add_column(name, justify="right")
    for result in results:
        numbers = (
            result.read, result.loaded, result.quarantined, result.unchanged, result.deleted,
        )  # fmt: skip
        made.add_row(
            str(result.table), result.status, *(f"{n:,}" for n in numbers), f"{result.seconds:.1f}"
        )
    console.print(made)
    for result in results:
        for note in result.notes:
            (complain if result.status == "failed" else console).print(note, markup=False)
    if any(result.quarantined for result in results):
        console.print("See the rows in quarantine: python -m ingest quarantine list")
