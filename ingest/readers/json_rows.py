"""Rows out of JSON objects: the values that declared paths lead to, as text, numbers exact."""

import json
from decimal import Decimal
from typing import Any

import msgspec

from ingest.contract import Table
from warehouse.errors import UserError

# how many names are told of what is not declared: objects used as maps have ever new ones
MOST_LEFT_OUT = 1000
ABSENT = object()
UNREADABLE = (ValueError, ArithmeticError, RecursionError)
# of each key: the place in a row that its value goes to, or the plan for what is in that value
Plan = list[tuple[str, int, "Plan"]]


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON's")


# Decimal takes any number as it is written; int refuses those of more than 4300 digits
DECODER = json.JSONDecoder(parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse)
ENCODER = msgspec.json.Encoder(decimal_format="number")


def encode(value: Any) -> str:
    """Return a decoded value as JSON, its numbers as they were."""
    try:
        return ENCODER.encode(value).decode()
    except UnicodeEncodeError:
        # half of a surrogate pair, which PostgreSQL will refuse and quarantine will show
        return _escaped(value)


def _escaped(value: Any) -> str:
    """Return a decoded value as JSON in ASCII, its numbers as they were."""
    if value.__class__ is dict:
        items = (f"{json.dumps(key)}:{_escaped(item)}" for key, item in value.items())
        return f"{{{','.join(items)}}}"
    if value.__class__ is list:
        return f"[{','.join(map(_escaped, value))}]"
    return str(value) if value.__class__ is Decimal else json.dumps(value)


class Rows:
    """Takes the declared values out of objects.

    A path's parts are the names of keys, or the numbers of an array's elements. A null or an array
    that ends before is a value that is not there; it is no sign that the path is wrong.

    Attributes:
        left_out: the objects' keys that no declared path begins with.
    """

    def __init__(self, table: Table) -> None:
        self.left_out: list[str] = []
        self._table = table
        paths = [column.source_name.split(".") for column in table.columns]
        self._empty: list[Any] = [None] * len(paths)
        self._plan = _plan(list(enumerate(paths)))
        kinds = [column.type in ("json", "jsonb") for column in table.columns]
        self._json = [n for n, is_json in enumerate(kinds) if is_json]
        self._plain = [n for n, is_json in enumerate(kinds) if not is_json]
        self._known = {path[0] for path in paths}
        self._unseen, self._count = paths, 0

    def take(self, found: dict[str, Any]) -> list[str | None]:
        """Return the declared values of an object as text; JSON columns' as JSON."""
        self._count += 1
        if self._unseen:
            self._unseen = [path for path in self._unseen if walk(found, path) is ABSENT]
        if not found.keys() <= self._known and len(self.left_out) < MOST_LEFT_OUT:
            new = [key for key in found if key not in self._known]
            self._known.update(new)
            # PostgreSQL is told of them, which knows neither NUL nor half a character
            shown = (key.encode(errors="backslashreplace").decode() for key in new)
            self.left_out += [key.replace("\0", "\\0") for key in shown]
        values = self._empty.copy()
        _follow(found, self._plan, values)
        for n in self._json:
            if values[n] is not None:
                values[n] = encode(values[n])
        for n in self._plain:
            value = values[n]
            if value is not None and value.__class__ is not str:
                values[n] = str(value) if value.__class__ is Decimal else encode(value)
        return values

    def check(self, name: str) -> None:
        """Refuse the file if there are declared paths that not one object has."""
        if self._count and self._unseen:
            raise UserError(
                f"{self._table}: {name} lacks the declared column"
                f"{'s' if len(self._unseen) > 1 else ''} {', '.join(map('.'.join, self._unseen))}:"
                f" not one of its {self._count} objects has it.\n"
                f"Nothing was changed. Mend the export, or the declaration in {self._table.file}."
            )


def _plan(paths: list[tuple[int, list[str]]]) -> Plan:
    """Return the paths as a tree, so that what they share is walked once.

    Args:
        paths: places in a row, and the parts of the path that leads to the value there.
    """
    plan: Plan = [(path[0], place, []) for place, path in paths if len(path) == 1]
    onward: dict[str, list[tuple[int, list[str]]]] = {}
    for place, path in paths:
        if len(path) > 1:
            onward.setdefault(path[0], []).append((place, path[1:]))
    return plan + [(key, -1, _plan(rest)) for key, rest in onward.items()]


def _follow(found: Any, plan: Plan, values: list[Any]) -> None:
    """Put what the paths of a plan lead to into their places."""
    is_object = found.__class__ is dict
    for key, place, rest in plan:
        value = found.get(key) if is_object else _element(found, key)
        if value is not None:
            if rest:
                _follow(value, rest, values)
            else:
                values[place] = value


def _element(found: Any, key: str) -> Any:
    """Return the element of an array that a part of a path names, if there is one."""
    if found.__class__ is list and key.isdecimal() and int(key) < len(found):
        return found[int(key)]
    return None


def walk(found: Any, path: list[str]) -> Any:
    """Return what a path leads to; ABSENT if nowhere, none at a null or behind an array's end."""
    for part in path:
        if found.__class__ is dict and part in found:
            found = found[part]
        elif found.__class__ is list and part.isdecimal():
            found = _element(found, part)
        else:
            return None if found is None else ABSENT
    return found
