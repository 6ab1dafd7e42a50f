"""Whose a row is: the rows of some people are found by what identifies them, and emptied.

The declaration says what is personal in a raw table (`meta: {personal: email}`). A table whose key
is an account holds people: their row goes. Of any other row all that is personal goes, and with it
what ties the row to a person, so that a sale stays the sale of nobody known.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingest.contract import Column, Table

# tells whether the people have this: a kind of identifier, and a normalised value
Known = Callable[[str, str], bool]
ADDRESS = re.compile(r'[^\s<>@,;:"\\]+@[^\s<>@,;:"\\]+')
NUMBER = re.compile(r"[+0(][0-9 ()/.\-\xa0]{5,}[0-9]")
# of numbers written without one; as in macros/text/normalised_phone.sql
CALLING_CODE = "49"


def normalised(kind: str, text: str, source: str) -> str:
    """Return an identifier without what differs between its spellings; empty if it is none.

    Args:
        kind: email, phone, username or account; there are no others.
        text: as it is written.
        source: the name of the dbt source that it is from, to which an account's number belongs.
    """
    if kind == "email":
        found = ADDRESS.search(text.lower())
        return found[0].strip("'`()[]{}.!?") if found else ""
    if kind == "phone":
        digits = re.sub(r"[^0-9+]", "", text.replace("(0)", ""))
        digits = re.sub(r"^0", f"+{CALLING_CODE}", re.sub(r"^00", "+", digits))
        return digits if re.fullmatch(r"[+][1-9][0-9]{6,14}", digits) else ""
    plain = text.strip(" \t\r\n\xa0\ufeff").lower()
    if kind == "username":
        return plain
    return f"{source}:{plain}" if kind == "account" and plain else ""


def mentions(known: Known, text: str) -> bool:
    """Tell whether an address or a number of these people stands anywhere in a text."""
    found = {
        "email": ADDRESS.findall(text.lower()) if "@" in text else [],
        "phone": NUMBER.findall(text),
    }
    return any(
        (value := normalised(kind, each, "")) and known(kind, value)
        for kind, texts in found.items()
        for each in texts
    )


def without_people(known: Known, value: Any) -> Any:
    """Return JSON in which each text that mentions these people is null."""
    if isinstance(value, dict):
        return {name: without_people(known, each) for name, each in value.items()}
    if isinstance(value, list):
        return [without_people(known, each) for each in value]
    return None if isinstance(value, str) and mentions(known, value) else value


class Judge:
    """Tells of a table's rows what becomes of them.

    Attributes:
        columns: the table's personal columns.
        is_of_people: whether a row is a person, and not something that one did.
    """

    def __init__(self, table: Table, known: Known) -> None:
        self._source, self._known = table.source, known
        self.columns = [column for column in table.columns if column.personal]
        accounts = {column.name for column in self.columns if column.personal == "account"}
        self.is_of_people = bool(table.key) and set(table.key) <= accounts

    def stated(self, row: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
        """Give kind and normalised value of each identifier of the person whose row it is."""
        for column in self.columns:
            text = row.get(column.name)
            if text and isinstance(column.personal, str):
                value = normalised(column.personal, text, self._source)
                if value:
                    yield column.personal, value

    def owns(self, row: Mapping[str, str | None]) -> bool:
        """Tell whether a row is of these people.

        An account decides, then an address: whoever gives these shares a telephone at most. What is
        done with an account is the account's, whatever address is typed.
        """
        found: dict[str, list[bool]] = {}
        for kind, value in self.stated(row):
            found.setdefault(kind, []).append(self._known(kind, value))
        account, email = found.get("account", []), found.get("email", [])
        if any(account):
            return True
        if account and not self.is_of_people:
            return False
        if email:
            return any(email)
        return any(found.get("phone", [])) or any(found.get("username", []))

    def verdict(self, row: Mapping[str, str | None]) -> dict[str, str | None] | None:
        """Return the columns to be changed, with their new texts; none if the row is to go.

        Args:
            row: texts by the declared names of columns.
        """
        is_theirs = self.owns(row)
        if is_theirs and self.is_of_people:
            return None
        changes: dict[str, str | None] = {}
        for column in self.columns:
            text = row.get(column.name)
            if not text:
                continue
            if isinstance(column.personal, Mapping):
                left = self._without(column.personal, text, is_theirs)
            else:
                stays = not is_theirs and not self._is_address(column.personal, text)
                left = text if stays else None
            if left != text:
                changes[column.name] = left
        return changes

    def clear(
        self, declared: Sequence[Column | None], columns: list[pa.Array | None]
    ) -> tuple[list[pa.Array | None], list[int] | None]:
        """Return the columns of a block without what is of these people, and which rows are left.

        Args:
            declared: for each of the columns; none if it is not declared.
            columns: texts; none where they were not read.

        Returns:
            The columns, and the numbers of their rows before; none if nothing was changed.
        """
        touched: set[int] = set()
        for column, texts in zip(declared, columns, strict=True):
            if column and column.personal and texts is not None:
                plain = texts.cast(pa.string())
                hits = [
                    text for text in pc.unique(plain).to_pylist() if self._touches(column, text)
                ]
                if hits:
                    found = pc.is_in(plain, pa.array(hits, pa.string()))
                    touched.update(pc.indices_nonzero(found).to_pylist())
        if not touched:
            return columns, None
        lists = [None if texts is None else texts.to_pylist() for texts in columns]
        named = {c.name: texts for c, texts in zip(declared, lists, strict=True) if c and texts}
        gone = set()
        for row in touched:
            changes = self.verdict({name: texts[row] for name, texts in named.items()})
            if changes is None:
                gone.add(row)
            for name, left in (changes or {}).items():
                named[name][row] = left
        count = next(len(texts) for texts in lists if texts)
        rows = [row for row in range(count) if row not in gone]
        return [
            texts and pa.array([texts[row] for row in rows], pa.string()) for texts in lists
        ], rows

    def _touches(self, column: Column, text: str | None) -> bool:
        """Tell whether a value of a column is of these people."""
        if not text:
            return False
        if isinstance(column.personal, Mapping):
            return mentions(self._known, text)
        value = normalised(column.personal, text, self._source)
        return bool(value) and self._known(column.personal, value)

    def _is_address(self, kind: str, text: str) -> bool:
        """Tell whether this is an address of these people, which stands in another's row."""
        return kind == "email" and self._known(kind, normalised(kind, text, self._source))

    def _without(self, members: Mapping[str, str], text: str, is_theirs: bool) -> str | None:
        """Return JSON without these people; in their own rows, without whoever is nobody else."""

        def cleared(value: Any) -> Any:
            if isinstance(value, list):
                return [cleared(each) for each in value]
            if not isinstance(value, dict):
                return value
            value = {name: cleared(each) for name, each in value.items()}
            said = [
                (kind, given)
                for name, kind in members.items()
                if isinstance(value.get(name), str)
                and (given := normalised(kind, value[name], self._source))
            ]
            if any(self._known(*each) for each in said) or (is_theirs and not said):
                return {name: None if name in members else each for name, each in value.items()}
            return value

        try:
            found = json.loads(text)
        except ValueError:
            return None if is_theirs or mentions(self._known, text) else text
        left = cleared(found)
        return text if left == found else json.dumps(left)
