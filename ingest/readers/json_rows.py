"""Rows out of JSON objects: the values that declared paths lead to, as text, numbers exact."""

from decimal import Decimal
from typing import Any

import simplejson

from ingest.contract import Table
from ingest.errors import IngestError

# how many names are told of what is not declared: objects used as maps have ever new ones
MOST_LEFT_OUT = 1000
ABSENT = object()
DECODER = simplejson.JSONDecoder(parse_float=Decimal, parse_int=Decimal)
encode = simplejson.JSONEncoder(
    ensure_ascii=False, check_circular=False, namedtuple_as_object=False, tuple_as_array=False
).encode


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
        self._keys = [path[0] for path in paths]
        self._nested = [(n, path[1:]) for n, path in enumerate(paths) if len(path) > 1]
        kinds = [column.type in ("json", "jsonb") for column in table.columns]
        self._json = [n for n, is_json in enumerate(kinds) if is_json]
        self._plain = [n for n, is_json in enumerate(kinds) if not is_json]
        self._known = set(self._keys)
        self._unseen, self._count = paths, 0

    def take(self, found: dict[str, Any]) -> list[str | None]:
        """Return the declared values of an object as text; JSON columns' as JSON."""
        self._count += 1
        if self._unseen:
            self._unseen = [p for p in self._unseen if walk(found, p, ABSENT) is ABSENT]
        if not found.keys() <= self._known and len(self.left_out) < MOST_LEFT_OUT:
            new = [key for key in found if key not in self._known]
            self._known.update(new)
            # PostgreSQL is told of them, which knows neither NUL nor half a character
            shown = (key.encode(errors="backslashreplace").decode() for key in new)
            self.left_out += [key.replace("\0", "\\0") for key in shown]
        values = list(map(found.get, self._keys))
        for n, path in self._nested:
            values[n] = walk(values[n], path)
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
            raise IngestError(
                f"{self._table}: {name} lacks the declared column"
                f"{'s' if len(self._unseen) > 1 else ''} {', '.join(map('.'.join, self._unseen))}:"
                f" not one of its {self._count} objects has it.\n"
                f"Nothing was changed. Mend the export, or the declaration in {self._table.file}."
            )


def walk(value: Any, path: list[str], absent: Any = None) -> Any:
    """Return what a path leads to; `absent` if it leads nowhere, none if it ends at a null."""
    for part in path:
        if value.__class__ is dict:
            value = value.get(part, absent)
        elif value.__class__ is list and part.isdecimal():
            value = value[int(part)] if int(part) < len(value) else None
        else:
            return None if value is None else absent
    return value
