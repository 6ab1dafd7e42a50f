"""Rows out of JSON objects: what the declared paths lead to, as text, numbers exact."""

from decimal import Decimal
from typing import Any

import simplejson

from ingest.contract import Table
from ingest.errors import IngestError

ABSENT = object()
DECODER = simplejson.JSONDecoder(parse_float=Decimal, parse_int=Decimal)
UNREADABLE = (ValueError, ArithmeticError, RecursionError)
encode = simplejson.JSONEncoder(ensure_ascii=False).encode


class Rows:
    """Takes the declared values out of objects.

    Attributes:
        left_out: the objects' keys that no declared path begins with.
    """

    def __init__(self, table: Table) -> None:
        self.left_out: list[str] = []
        self._table, self._count = table, 0
        self._paths = [
            (c.source_name.split("."), c.type in ("json", "jsonb")) for c in table.columns
        ]
        self._known = {path[0] for path, _ in self._paths}
        self._unseen = [path for path, _ in self._paths]

    def take(self, found: dict[str, Any]) -> list[str | None]:
        """Return the declared values of an object as text."""
        self._count += 1
        self._unseen = [path for path in self._unseen if walk(found, path, ABSENT) is ABSENT]
        new = [key for key in found if key not in self._known]
        self.left_out += new
        self._known.update(new)
        return [_text(walk(found, path), is_json) for path, is_json in self._paths]

    def check(self, name: str) -> None:
        """Refuse the batch if there are declared paths that not one object has."""
        if self._count and self._unseen:
            missing = ", ".join(map(".".join, self._unseen))
            raise IngestError(
                f"{self._table}: {name}: not one of {self._count} objects has {missing}. Nothing"
                f" was changed. Mend the declaration in {self._table.file}, or the source."
            )


def walk(value: Any, path: list[str], absent: Any = None) -> Any:
    """Return what a path of keys leads to; `absent` if it leads nowhere, none behind a null."""
    for part in path:
        if not isinstance(value, dict):
            return None if value is None else absent
        value = value.get(part, absent)
    return value


def _text(value: Any, is_json: bool) -> str | None:
    if value is None:
        return None
    if is_json or not isinstance(value, (str, Decimal)):
        return encode(value)
    return str(value)
