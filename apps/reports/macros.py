"""The project's pure macros without dbt: the same checks and messages in milliseconds."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import yaml
from jinja2.nativetypes import NativeEnvironment
from jinja2.sandbox import SandboxedEnvironment

import warehouse

FOLDERS = ("vars", "literals", "search")
Macro = Callable[..., Any]


class Refused(Exception):  # noqa: N818
    """What exceptions.raise_compiler_error does in dbt."""


class _Returned(Exception):  # noqa: N818
    """As in dbt, `return` leaves a macro by an exception that its call catches."""


class _Environment(SandboxedEnvironment, NativeEnvironment):
    pass


def macros() -> dict[str, Macro]:
    """Return the macros of FOLDERS by name, as functions that return what they do in dbt.

    Beside them `refuse`, which may be given as a macro's raise_error; it raises Refused.
    """
    environment = _Environment(extensions=["jinja2.ext.do"])

    def leave(value: object) -> None:
        raise _Returned(value)

    def refuse(message: str) -> None:
        raise Refused(message)

    def macro(name: str, text: str) -> Macro:
        made: list[Macro] = []

        def call(*arguments: object, **named: object) -> object:
            if not made:  # few are asked for, and reading one takes a millisecond
                made.append(getattr(environment.from_string(text).module, name))
            try:
                return made[0](*arguments, **named)
            except _Returned as returned:
                return returned.args[0]

        return call

    found: dict[str, Macro] = {"refuse": refuse}
    for folder in FOLDERS:
        for path in (warehouse.PROJECT / "macros" / folder).glob("*.sql"):
            found[path.stem] = macro(path.stem, path.read_text(encoding="utf-8"))
    environment.globals |= {
        "return": leave,
        "modules": {"re": re, "datetime": datetime},
        "fromyaml": yaml.safe_load,
        **found,
    }
    return found
