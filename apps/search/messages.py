"""The macros' messages in the words of the quick way: `max_price` for the var."""

import re

from apps.reports.messages import as_typed

VAR = re.compile(r"'(search_[a-z_]+)'")
NOT_BUILT = (
    "The search has no index in this warehouse yet. Make it: dbt build --selector search,"
    " or make build; in a new checkout: make demo"
)


def short(message: str) -> str:
    """Return a refusal with the names and examples that the quick way has."""
    message = re.sub(r"^There is no var 'search_(.*?)'", r"There is no filter '\1'", message)
    message, mark, names = message.partition("The vars of this project are: ")
    if mark:
        known = map(_name, names.rstrip(".").split(", "))
        message += f"There are: {', '.join(sorted(known))}."
    return VAR.sub(lambda name: f"'{_name(name[1])}'", as_typed(message, _name))


def _name(var: str) -> str:
    return "q" if var == "search_terms" else var.removeprefix("search_")
