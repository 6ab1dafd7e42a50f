"""Figures as people read them, in one format for each kind; a dash where there is none.

Text comes from the functions. Tables and axes, which format numbers themselves, take the forms.
"""

from typing import Any

import pandas as pd

# of the columns of tables, as printf has them; shares as percentages
COUNT, MONEY, SHARE, DECIMAL = "%,.0f", "%,.2f", "%.1f%%", "%,.1f"
# of the axes of charts, as d3-format has them
SHORT, PERCENT = "~s", "%"
# changes that are neither good nor bad
UNCHANGED = ("+0.0%", "-0.0%", "+0.0 pp", "-0.0 pp")


def count(value: Any) -> str:
    """Return a whole number with thousands parted."""
    return "–" if pd.isna(value) else f"{value:,.0f}"


def money(value: Any, currency: str = "") -> str:
    """Return an amount with its currency, and with cents where they matter."""
    if pd.isna(value):
        return "–"
    return f"{value:,.{2 if abs(value) < 1000 else 0}f} {currency}".rstrip()


def share(value: Any) -> str:
    """Return a share as a percentage."""
    return "–" if pd.isna(value) else f"{value:.1%}"


def decimal(value: Any) -> str:
    """Return a number with one digit after the point."""
    return "–" if pd.isna(value) else f"{value:,.1f}"


def change(value: Any, before: Any) -> str | None:
    """Return by how much a figure has changed, or none where there is nothing to compare with."""
    return None if pd.isna(value) or pd.isna(before) or not before else f"{value / before - 1:+.1%}"


def points(value: Any, before: Any) -> str | None:
    """Return by how many percentage points a share has changed, or none as `change` does."""
    return None if pd.isna(value) or pd.isna(before) else f"{(value - before) * 100:+.1f} pp"


def in_words(name: object) -> str:
    """Return a name such as `at_risk` as it is read."""
    return "–" if pd.isna(name) else str(name).replace("_", " ").capitalize()


def label(key: object) -> str:
    """Return the short label of a customer: the first eight digits of their key."""
    return "–" if pd.isna(key) else str(key)[:8].upper()
