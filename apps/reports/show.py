"""A report as a table for people, as JSON or as CSV; and what it takes."""

import re
import textwrap
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from rich import box
from rich.table import Table
from rich.text import Text

from apps.reports.printing import clean, console, say, write_csv, write_json
from apps.reports.report import Answer, Report, Reports

# in the currency of the row's currency_code; other units are part of a column's name
AMOUNT = re.compile(r"(amount|value|price)$")
# as PostgreSQL rounds
CENT = Decimal("0.01")
# more are not read in a terminal
SHOWN = 200
# a terminal in which numbers and dates may be folded, too
NARROW = 100


def form(json: bool, csv: bool) -> Callable[[Answer], None]:
    """Return what prints an answer as was asked for: as JSON, as CSV, or else as a table."""
    return as_json if json else as_csv if csv else as_table


def as_table(answer: Answer) -> None:
    """Print the rows as a table, and what was asked for."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    cells = [_cells(row) for row in answer.rows[:SHOWN]]
    for name in answer.columns:
        values = [row[name] for row in answer.rows[:SHOWN]]
        words = name.split("_")
        longest = max(len(one) for one in [*words, *(row[name] for row in cells)])
        is_text = any(isinstance(one, str | UUID) for one in values)
        made.add_column(
            textwrap.fill(" ".join(words), longest),
            justify="right" if any(map(_is_number, values)) else "left", overflow="fold",
            no_wrap=console.width > NARROW and not is_text, min_width=max(map(len, words)),
        )  # fmt: skip
    for row in cells:
        made.add_row(*(Text(row[name]) for name in answer.columns))
    if answer.rows:
        console.print(made)
    shown = f"{SHOWN} shown, --csv gives all. " if len(answer.rows) > SHOWN else ""
    asked = " ".join(f"{name}={value}" for name, value in answer.values.items())
    rows = "row" if len(answer.rows) == 1 else "rows"
    say(f"{len(answer.rows):,} {rows} for {asked}. {shown}Found in {answer.seconds:.1f} s")


def as_json(answer: Answer) -> None:
    """Print the vars and all rows as JSON."""
    write_json({"vars": answer.values, "rows": answer.rows})


def as_csv(answer: Answer) -> None:
    """Print all rows as CSV with a header."""
    write_csv(answer.columns, answer.rows)


def help_on(report: Report, reports: Reports) -> None:
    """Print what a report lists, and what its vars must be."""
    say(f"{report.name}: {' '.join(report.description.split())}\n")
    for name in report.variables:
        means, must = reports.rule(name)
        say(f"  {name}=  {means}: {must}. Without it: {reports.defaults[name]}")


def listed(reports: Reports) -> None:
    """Print which reports there are, with their vars."""
    for report in reports.all().values():
        say(f"  {report.name} {' '.join(f'{name}=' for name in report.variables)}")


def _cells(row: dict[str, Any]) -> dict[str, str]:
    """Return a row as people read it, amounts with their currency."""
    cells = {}
    for name, value in row.items():
        if isinstance(value, bool):
            cells[name] = "yes" if value else "no"
        elif isinstance(value, Decimal):
            unit = (row.get("currency_code") or "") if AMOUNT.search(name) else ""
            rounded = value.quantize(CENT, ROUND_HALF_UP)
            cells[name] = clean(f"{rounded:,} {unit}".strip())
        else:
            cells[name] = f"{value:,}" if isinstance(value, int) else clean(value)
    return cells


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
