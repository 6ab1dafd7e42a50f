"""Cell by cell: what a mart says, and what was recomputed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

# PostgreSQL cuts a quotient after some sixteen digits; all else is exact
SMALLEST = Fraction(1, 10**9)
Rows = Iterable[dict[str, Any]]


@dataclass(frozen=True)
class Difference:
    """A cell, or with column `row` a whole row, in which a mart says something else."""

    mart: str
    key: tuple
    column: str
    expected: object
    found: object

    def __str__(self) -> str:
        expected, found = (
            float(value) if isinstance(value, Fraction) else value
            for value in (self.expected, self.found)
        )
        return f"{self.mart} {self.key} {self.column}: expected {expected!r}, found {found!r}"


def same(expected: object, found: object) -> bool:
    """Say whether a mart's cell is as expected; of a range or a set any value may be there."""
    if isinstance(expected, Fraction) and isinstance(found, Decimal | int):
        return abs(expected - Fraction(found)) < SMALLEST
    return found in expected if isinstance(expected, range | frozenset) else expected == found


def differences(
    mart: str, key: Sequence[str], expected: Rows, found: Rows, cells: Counter
) -> list[Difference]:
    """Compare the rows of a mart with the recomputed ones, in the columns that these have.

    Args:
        mart: name.
        key: columns that tell one row from another.
        expected: recomputed rows.
        found: rows of the mart.
        cells: counts the cells that were compared, by mart.
    """
    wanted, held = _by_key(key, expected), _by_key(key, found)
    result = []
    for name in sorted(wanted.keys() | held.keys(), key=repr):
        ours, theirs = wanted.get(name, []), held.get(name, [])
        if len(ours) != 1 or len(theirs) != 1:
            result.append(Difference(mart, name, "row", len(ours), len(theirs)))
            continue
        for column, value in ours[0].items():
            cells[mart] += 1
            if not same(value, theirs[0][column]):
                result.append(Difference(mart, name, column, value, theirs[0][column]))
    return result


def _by_key(key: Sequence[str], rows: Rows) -> dict[tuple, list[dict[str, Any]]]:
    found: dict[tuple, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(tuple(row[column] for column in key), []).append(row)
    return found
