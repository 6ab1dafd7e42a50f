"""Figures as people read them; a dash where there is none."""

from typing import Any

import pandas as pd


def count(value: Any) -> str:
    """Return a whole number with thousands parted."""
    return "–" if pd.isna(value) else f"{value:,.0f}"


def money(value: Any, currency: str) -> str:
    """Return an amount with its currency, and with cents where they matter."""
    return "–" if pd.isna(value) else f"{value:,.{2 if abs(value) < 1000 else 0}f} {currency}"


def share(value: Any) -> str:
    """Return a share as a percentage."""
    return "–" if pd.isna(value) else f"{value:.1%}"


def change(value: Any, before: Any) -> str | None:
    """Return by how much a figure has changed, or none where there is nothing to compare with."""
    return None if pd.isna(value) or pd.isna(before) or not before else f"{value / before - 1:+.1%}"


def in_words(name: object) -> str:
    """Return a name such as `at_risk` as it is read."""
    return "–" if pd.isna(name) else str(name).replace("_", " ").capitalize()
