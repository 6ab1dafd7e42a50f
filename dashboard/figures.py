"""Figures as people read them."""

import pandas as pd


def is_missing(value: object) -> bool:
    """Tell whether there is no figure."""
    return value is None or bool(pd.isna(value))


def count(value: object) -> str:
    """Return a whole number with thousands parted."""
    return "–" if is_missing(value) else f"{value:,.0f}"


def money(value: object, currency: str) -> str:
    """Return an amount with its currency; cents where they matter."""
    if is_missing(value):
        return "–"
    return f"{value:,.2f} {currency}" if abs(value) < 1000 else f"{value:,.0f} {currency}"


def share(value: object) -> str:
    """Return a share as a percentage."""
    return "–" if is_missing(value) else f"{value:.1%}"


def change(value: object, before: object) -> str | None:
    """Return by how much a figure has changed, or none where there is nothing to compare with."""
    if is_missing(value) or is_missing(before) or not before:
        return None
    return f"{value / before - 1:+.1%}"
