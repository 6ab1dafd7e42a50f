"""The pure macros of the search without dbt: the same Jinja, thousands of times a second."""

import datetime
import re
from collections.abc import Callable
from pathlib import Path

import yaml
from jinja2.nativetypes import NativeEnvironment
from jinja2.sandbox import SandboxedEnvironment

MACROS = Path(__file__).resolve().parents[3] / "macros"
FOLDERS = ("vars", "literals", "search")


class Refused(Exception):  # noqa: N818
    """What exceptions.raise_compiler_error does in dbt."""


class _Returned(Exception):  # noqa: N818
    """As in dbt, `return` leaves a macro by an exception that its call catches."""


class _Environment(SandboxedEnvironment, NativeEnvironment):
    pass


def macros() -> dict[str, Callable]:
    """Return the macros of FOLDERS by name, as functions that return what they do in dbt."""
    environment = _Environment(extensions=["jinja2.ext.do"])

    def leave(value: object) -> None:
        raise _Returned(value)

    def refuse(message: str) -> None:
        raise Refused(message)

    environment.globals |= {
        "return": leave,
        "modules": {"re": re, "datetime": datetime},
        "fromyaml": yaml.safe_load,
    }
    paths = [path for folder in FOLDERS for path in (MACROS / folder).glob("*.sql")]
    made: dict[str, Callable] = {}
    # a template looks its names up when it is read, so all of them have to be there before
    found = {path.stem: _function(path.stem, made) for path in paths}
    environment.globals |= {**found, "refuse": refuse}
    for path in paths:
        module = environment.from_string(path.read_text(encoding="utf-8")).module
        made[path.stem] = getattr(module, path.stem)
    return {**found, "refuse": refuse}


def _function(name: str, made: dict[str, Callable]) -> Callable:
    def call(*arguments: object, **named: object) -> object:
        try:
            return made[name](*arguments, **named)
        except _Returned as returned:
            return returned.args[0]

    return call
