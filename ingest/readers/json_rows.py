"""Rows out of JSON objects: the values that declared paths lead to, as text, numbers exact."""

import json
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec

from ingest.contract import Table
from ingest.readers import Record
from warehouse.errors import UserError

# how many names are told of what is not declared: objects used as maps have ever new ones
MOST_LEFT_OUT = 1000
LONGEST_NAME = 200
ABSENT = object()
UNREADABLE = (ValueError, ArithmeticError, RecursionError)
# a part of a path, in which a backslash stands before a dot that is the key's own
PART = re.compile(r"(?:^|\.)((?:\\[\\.]|[^.])*)", re.DOTALL)
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


def parts(path: str) -> list[str]:
    r"""Return the parts of a path: `\.` is a dot that is part of a key, `\\` a backslash."""
    return [re.sub(r"\\([\\.])", r"\1", part) for part in PART.findall(path)]


class _TwiceError(Exception):
    """There are several keys that could be meant."""


class Rows:
    """Takes the declared values out of objects.

    A path's parts are the names of keys, or the numbers of an array's elements. A key is meant
    whatever its case, unless there is one that is exactly the same. A null or an array
    that ends before is a value that is not there; it is no sign that the path is wrong.

    Attributes:
        left_out: the objects' keys that no declared path begins with.
    """

    def __init__(self, table: Table) -> None:
        self.left_out: list[str] = []
        self._table = table
        paths = [parts(column.source_name) for column in table.columns]
        self._empty: list[Any] = [None] * len(paths)
        self._plan = _plan(list(enumerate(paths)))
        kinds = [column.type in ("json", "jsonb") for column in table.columns]
        self._json = [n for n, is_json in enumerate(kinds) if is_json]
        self._plain = [n for n, is_json in enumerate(kinds) if not is_json]
        self._first = {path[0] for path in paths}
        self._known = set(self._first)
        declared = {part for path in paths for part in path}
        self._folded = Counter(part.casefold() for part in declared)
        # names that need not be compared again, as they are not another case of a declared one
        self._others = {part for part in declared if self._folded[part.casefold()] == 1}
        self._unseen, self._count = list(zip(paths, table.columns, strict=True)), 0

    def record(self, position: int, found: Any, raw: Callable[[], str]) -> Record:
        """Return a value as a record, with a problem if it is no object that can be read.

        Args:
            position: its number.
            found: the decoded value.
            raw: gives it as it was written.
        """
        if found.__class__ is not dict:
            return Record(position, None, "is not an object", raw())
        try:
            return Record(position, self._take(found))
        except _TwiceError as error:
            return Record(position, None, str(error), raw())

    def _take(self, found: dict[str, Any]) -> list[str | None]:
        """Return the declared values of an object as text; JSON columns' as JSON."""
        values = self._empty.copy()
        self._follow(found, self._plan, values)
        self._count += 1
        if self._unseen:
            self._unseen = [one for one in self._unseen if walk(found, one[0]) is ABSENT]
        if not found.keys() <= self._known and len(self.left_out) < MOST_LEFT_OUT:
            new = [key for key in found if key not in self._known]
            self._known.update(new)
            used = {key.casefold() for key in self._first if key not in found}
            new = [key for key in new if key.casefold() not in used]
            # PostgreSQL is told of them, which knows neither NUL nor half a character
            shown = (key.encode(errors="backslashreplace").decode() for key in new)
            named = [key.replace("\0", "\\0") for key in shown]
            self.left_out += named[: MOST_LEFT_OUT - len(self.left_out)]
        for n in self._json:
            if values[n] is not None:
                values[n] = encode(values[n])
        for n in self._plain:
            value = values[n]
            if value is not None and value.__class__ is not str:
                values[n] = str(value) if value.__class__ is Decimal else encode(value)
        return values

    def _follow(self, found: Any, plan: Plan, values: list[Any]) -> None:
        """Put what the paths of a plan lead to into their places."""
        is_object = found.__class__ is dict
        for key, place, rest in plan:
            value = found.get(key) if is_object else _element(found, key)
            if value is None and is_object and not found.keys() <= self._others:
                value = self._spelt_otherwise(found, key)
            if value is not None:
                if rest:
                    self._follow(value, rest, values)
                else:
                    values[place] = value

    def _spelt_otherwise(self, found: dict[str, Any], key: str) -> Any:
        """Return the value of a key that an object has in another case, or none."""
        if len(self._others) < MOST_LEFT_OUT:
            short = (name for name in found if len(name) <= LONGEST_NAME)
            self._others.update(name for name in short if name.casefold() not in self._folded)
        name = None if key in found else _spelling(found, key)
        return found[name] if name else None

    def check(self, name: str) -> None:
        """Refuse the file if there are declared paths that not one object has."""
        if self._count and self._unseen:
            lacking = ", ".join(column.source_name for _, column in self._unseen)
            raise UserError(
                f"{self._table}: {name} lacks the declared column"
                f"{'s' if len(self._unseen) > 1 else ''} {lacking}: not one of its {self._count}"
                " objects has it.\nNothing was changed. Mend the export, or the declaration in"
                f" {self._table.file}."
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


def _spelling(found: dict[str, Any], key: str) -> str | None:
    """Return the key of an object that is another but for its case, if there is one."""
    folded = key.casefold()
    names = [name for name in found if name.casefold() == folded]
    if len(names) > 1:
        raise _TwiceError(
            f'has no "{key}", but {" and ".join(names[:5])}, so it is not clear which is meant'
        )
    return names[0] if names else None


def _element(found: Any, key: str) -> Any:
    """Return the element of an array that a part of a path names, if there is one."""
    if found.__class__ is list and key.isdecimal() and int(key) < len(found):
        return found[int(key)]
    return None


def walk(found: Any, path: list[str]) -> Any:
    """Return what a path leads to; ABSENT if nowhere, none at a null or behind an array's end."""
    for part in path:
        if found.__class__ is dict:
            try:
                found = found[part if part in found else _spelling(found, part)]
            except (KeyError, _TwiceError):
                return ABSENT
        elif found.__class__ is list and part.isdecimal():
            found = _element(found, part)
        else:
            return None if found is None else ABSENT
    return found
