"""The macros' messages with the examples that the quick way has: `top_n=10` for `--vars`."""

import re
import shlex
from collections.abc import Callable

import yaml

EXAMPLE = re.compile(r"--vars '(\{.*?\})'")


def as_typed(message: str, named: Callable[[str], str] = str) -> str:
    """Return a message with `max_price=60` for `--vars '{search_max_price: 60}'`.

    Args:
        message: of a macro.
        named: gives the name under which the quick way has a var.
    """

    def example(found: re.Match[str]) -> str:
        try:
            return " ".join(
                f"{named(name)}="
                + shlex.quote("|".join(map(str, value)) if isinstance(value, list) else str(value))
                for name, value in yaml.safe_load(found[1]).items()
            )
        except (yaml.YAMLError, AttributeError):
            return str(found[0])

    return EXAMPLE.sub(example, message)
