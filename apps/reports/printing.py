"""How results are printed: for a terminal, for a spreadsheet, for a program."""

import csv
import json
import re
import sys
from datetime import date
from typing import Any

from rich.console import Console

# what moves the cursor or turns the direction of writing
STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
# how spreadsheets know a formula; a tab or CR at the beginning of a cell is left out by some
FORMULAS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")

console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
complaints = Console(stderr=True, soft_wrap=True, highlight=False)


def say(text: str) -> None:
    """Print a sentence."""
    console.print(text, markup=False)


def complain(text: str) -> None:
    """Print what went wrong on standard error."""
    complaints.print(text, markup=False)


def clean(text: object) -> str:
    """Return a text as it may stand on a terminal; nothing is an empty one."""
    return STEERING.sub(" ", str(text)) if text is not None else ""


def write_json(whole: object) -> None:
    """Print as JSON."""
    print(json.dumps(whole, indent=2, ensure_ascii=False, default=_plain))


def write_csv(columns: list[str], rows: list[dict[str, Any]]) -> None:
    """Print as CSV with a header, in which no text is taken for a formula."""
    writer = csv.DictWriter(sys.stdout, columns)
    writer.writeheader()
    for row in rows:
        # lists and mappings as JSON, which is the same for every reader
        nested = {k: json.dumps(v, ensure_ascii=False) for k, v in row.items() if _is_nested(v)}
        writer.writerow({name: _cell(value) for name, value in {**row, **nested}.items()})


def _cell(value: object) -> object:
    """Return a value for CSV: a spreadsheet takes a text with an apostrophe for no formula."""
    is_formula = isinstance(value, str) and value.lstrip().startswith(FORMULAS)
    return f"'{value}" if is_formula else value


def _is_nested(value: object) -> bool:
    return isinstance(value, list | dict)


def _plain(value: object) -> object:
    """Return for JSON what it lacks: money keeps all its digits, as text."""
    return value.isoformat() if isinstance(value, date) else str(value)
