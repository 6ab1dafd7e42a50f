"""The table that a load ends with."""

from ingest.books import Result
from warehouse.console import complain, console, grid


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
            (complain if result.status == "failed" else console).print(note)
    if any(result.quarantined for result in results):
        console.print("See the rows in quarantine: python -m ingest quarantine list")
