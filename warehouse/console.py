"""What the commands print on: tables for people, complaints on standard error."""

import sys

from rich import box
from rich.console import Console
from rich.table import Table as Grid

console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
complain = Console(stderr=True, soft_wrap=True, highlight=False)


def grid(first: str, *headers: str) -> Grid:
    """Return an empty table whose first column is never broken."""
    made = Grid(box=box.SIMPLE_HEAD, pad_edge=False)
    made.add_column(first, no_wrap=True)
    for header in headers:
        made.add_column(header, overflow="fold")
    return made
