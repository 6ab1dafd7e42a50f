"""JSON files, one array of objects or an object a line: read value by value, numbers exact."""

import codecs
import contextlib
import re
from collections.abc import Iterator
from functools import partial
from json import JSONDecodeError
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from ingest.contract import Table
from ingest.readers import Batch, Past, Record, Stream
from ingest.readers.files import COMPRESSIONS, SourceFile, find_batches
from ingest.readers.json_rows import DECODER, UNREADABLE, Rows, parts
from ingest.readers.limits import most_bytes
from warehouse.errors import UserError

SUFFIXES = (".json", ".jsonl", ".ndjson")
BLOCK = 1 << 18
# the longest value or line, unless `max_bytes` says otherwise: small numbers take some sixty times
# as much memory as text
LONGEST = 1 << 22
# more characters than a word or an escape has
CUT = 16
# a number with anything else behind it may go on in the next block
BLANKS = re.compile(r"[ \t\r\n]*")
COMMA = re.compile(r"[ \t\r\n]*,[ \t\r\n]*")
BEHIND_A_VALUE = frozenset(" \t\r\n,:]}")


def find(table: Table, past: dict[str, Past]) -> Iterator[Batch]:
    """Give each JSON file of the table."""
    return find_batches(table, SUFFIXES, _open, past)


@contextlib.contextmanager
def _open(table: Table, source: SourceFile) -> Iterator[Stream]:
    rows = Rows(table)
    endings = [end for end in Path(source.name.lower()).suffixes if end not in COMPRESSIONS]

    def records() -> Iterator[Record]:
        with source.open() as file:
            read = _array if endings[-1] == ".json" else _lines
            yield from read(table, source.name, file, rows)
        rows.check(source.name)

    columns = [column.source_name for column in table.columns]
    yield Stream(columns, records, source.modified_at, left_out=rows.left_out)


def _lines(table: Table, name: str, file: BinaryIO, rows: Rows) -> Iterator[Record]:
    """Give a record for each line that is not blank."""
    most = most_bytes(table, LONGEST)
    for position, line in enumerate(iter(partial(file.readline, most), b""), 1):
        if len(line) == most:
            raise UserError(
                f"{table}: {name}: line {position} is longer than {most:,} bytes. Nothing was"
                " changed. If the file is one array of objects, let its name end in .json; if that"
                f" is right, raise max_bytes in {table.file}."
            )
        if line.strip():
            yield _record(position, line, rows)


def reread(table: Table, record: str, columns: list[str]) -> Iterator[Record]:
    """Read an object again that was once unreadable."""
    yield _record(1, record.encode(), Rows(table))


def _record(position: int, line: bytes, rows: Rows) -> Record:
    """Return what a line holds."""

    def raw() -> str:
        return line.decode(errors="backslashreplace").rstrip("\r\n")

    try:
        return rows.record(position, DECODER.decode(line.decode("utf-8-sig")), raw)
    except UNREADABLE as error:
        return Record(position, None, _complaint(error), raw())


def _array(table: Table, name: str, file: BinaryIO, rows: Rows) -> Iterator[Record]:
    """Give a record for each element of the file's array."""
    records, position = str(table.options.get("records", "")), 0
    scanner = _Scanner(file, most_bytes(table, LONGEST))
    try:
        for position, found in enumerate(scanner.find(parts(records) if records else []), 1):
            yield rows.record(position, found, scanner.raw)
        scanner.expect("")
    except _NoArrayError as error:
        raise UserError(
            f"{table}: {name}: {error}. Nothing was changed. Set `records` in {table.file} to the"
            " path of the array of objects, such as data.orders; leave it out if the whole file is"
            " the array."
        ) from None
    except _LongError as error:
        raise UserError(
            f"{table}: {name}: object {position + 1} is longer than {error} characters. Nothing was"
            f" changed. If that is right, raise max_bytes in {table.file}."
        ) from None
    except UNREADABLE as error:
        raise UserError(
            f"{table}: {name}, after {position} objects: {_complaint(error)}. Nothing was changed."
            " Get the file again, whole and as UTF-8."
        ) from None


def _complaint(error: Exception) -> str:
    """Say what is wrong with a text that cannot be read."""
    if isinstance(error, UnicodeDecodeError):
        return "is not UTF-8"
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    if isinstance(error, ArithmeticError):
        return "holds a number that is out of any range"
    return f"is not JSON: {getattr(error, 'msg', error)}"


class _NoArrayError(Exception):
    """There is no array where one should be."""


class _LongError(Exception):
    """A value is longer than it may be."""


class _Scanner:
    """Reads a JSON text value by value, so that only one of them is in memory.

    Python's json does the parsing. ijson takes longer, and the parser that it is built on makes
    question marks of halves of a surrogate pair and crashes at numbers of 5000 digits.
    """

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._most = most
        self._file, self._decode = file, codecs.getincrementaldecoder("utf-8-sig")().decode
        self._block, self._start, self._at, self._line = "", 0, 0, 1

    def find(self, path: list[str]) -> Iterator[Any]:
        """Give the elements of the array that a path leads to from here.

        Raises:
            _NoArrayError: it does not lead to an array.
            ValueError: this is not JSON.
        """
        opening = self._sign()
        if opening and opening != ("{" if path else "["):
            wanted = f'an object with "{path[0]}"' if path else "an array"
            raise _NoArrayError(f"{wanted} was expected on line {self._line}, found {opening}")
        is_found = not path
        for _ in self._parts("}" if path else "]"):
            if not path:
                yield self._value()
                continue
            key = self._value()
            self.expect(":")
            if key == path[0]:
                is_found = True
                yield from self.find(path[1:])
            elif self._sign() == "[":
                for _ in self._parts("]"):  # it may be too long for one value
                    self._value()
            else:
                self._value()
        if not is_found:
            raise _NoArrayError(f'"{path[0]}" was not found')

    def expect(self, sign: str) -> None:
        """Step over a sign; an empty one is the end."""
        if self._sign() != sign:
            found = self._sign() or "its end"
            self._fail(f'"{sign}" was expected, found {found}' if sign else f"{found} follows it")
        self._at += 1

    def raw(self) -> str:
        """Return the text of the last value."""
        return self._block[self._start : self._at].strip()

    def _parts(self, closing: str) -> Iterator[None]:
        """Stop at each part of the array or object that begins here, for the caller to read."""
        self.expect("[" if closing == "]" else "{")
        if self._sign() != closing:
            yield
        while self._sign() != closing:
            self.expect(",")
            yield
            while comma := COMMA.match(self._block, self._at):  # the same in one step
                self._at = comma.end()
                yield
        self._at += 1

    def _sign(self) -> str:
        """Return the next character that is not blank; nothing at the end."""
        while True:
            # it matches nothing, too
            self._at += len(BLANKS.match(self._block, self._at)[0])  # type: ignore[index]
            if self._at < len(self._block):
                return self._block[self._at]
            if not self._more():
                return ""

    def _value(self) -> Any:
        """Return the value that begins here and step over it."""
        while True:
            self._sign()  # Python's decoder does not step over blanks
            try:
                found, end = DECODER.raw_decode(self._block, self._at)
                if self._block[end : end + 1] in BEHIND_A_VALUE:
                    self._start, self._at = self._at, end
                    return found
                after = self._block[end : end + 1] or "the end"
                problem, place = f"a value is followed by {after}", end
            except JSONDecodeError as error:
                problem, place = error.msg, error.pos
            # at the block's end it may only be cut off, as a text that is open may
            is_cut = problem.startswith("Unterminated") or place > len(self._block) - CUT
            if is_cut and 2 * (len(self._block) - self._at) > max(self._most, 2 * BLOCK):
                raise _LongError(f"{self._most:,}")
            if not is_cut or not self._more():
                self._fail(problem, place - self._at)

    def _more(self) -> bool:
        """Add to the block, at least as much again as is unread; tell whether there was more."""
        self._line += self._block.count("\n", 0, self._at)
        unread = self._block[self._at :]
        found = self._file.read(max(BLOCK, len(unread)))
        self._block, self._start, self._at = unread + self._decode(found, not found), 0, 0
        return bool(found)

    def _fail(self, problem: str, ahead: int = 0) -> NoReturn:
        line = self._line + self._block.count("\n", 0, self._at + ahead)
        raise ValueError(f"line {line}: {problem}")
