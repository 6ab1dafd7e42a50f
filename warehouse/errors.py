"""The errors that are shown to the user as a sentence and not as a traceback."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "There are") -> str:
    """Return the end of a message about an unknown name; it begins with a blank.

    Args:
        name: what was given.
        known: what there is.
        otherwise: what to call the list of all that there is, if no name is near; empty lists none.
    """
    names = sorted(known)
    if near := get_close_matches(name, names, n=1):
        return f' Did you mean "{near[0]}"?'
    return f" {otherwise}: {', '.join(names)}." if otherwise else ""


class UserError(Exception):
    """Something that the user can put right; the message says what was found and what to do."""

    exit_code = 1


class UsageError(UserError):
    """A wrong name or setting, found before anything was done."""

    exit_code = 2


class UnreachableError(UserError):
    """A source does not answer; what was loaded before is untouched."""
