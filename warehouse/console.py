"""What the commands print on: tables for people, complaints on standard error.

What is printed may come from outside: a row in quarantine, a file's name, a server's answer. So it
is text, whatever it holds: markup means nothing, and control characters are shown as escapes.
"""

import re
import sys
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

# what moves the cursor, changes colours, turns the direction of writing, or is no character
CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def plain(text: str) -> str:
    """Return a text whose control characters are shown as escapes such as \\x1b."""
    return CONTROL.sub(lambda sign: ascii(sign[0])[1:-1], text)


class Terminal(Console):
    """A console for texts that come from outside."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, **settings)

    def print(self, *objects: Any, **settings: Any) -> None:
        """Print texts as they are."""
        shown = [plain(each) if isinstance(each, str) else each for each in objects]
        super().print(*shown, **settings)


class Grid(Table):
    """A table whose cells are texts that come from outside."""

    def add_row(self, *cells: Any, **settings: Any) -> None:
        """Add a row of texts, which are shown as they are."""
        shown = [Text(plain(cell)) if isinstance(cell, str) else cell for cell in cells]
        super().add_row(*shown, **settings)


console = Terminal(width=None if sys.stdout.isatty() else 160)
complain = Terminal(stderr=True, soft_wrap=True)


def grid(first: str, *headers: str) -> Grid:
    """Return an empty table whose first column is never broken."""
    made = Grid(box=box.SIMPLE_HEAD, pad_edge=False)
    made.add_column(first, no_wrap=True)
    for header in headers:
        made.add_column(header, overflow="fold")
    return made
