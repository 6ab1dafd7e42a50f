"""The name that was meant, if one is near."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a sentence that offers the nearest name, or all of them."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    return f' Did you mean "{near[0]}"?' if near else f" There are: {', '.join(names)}."
