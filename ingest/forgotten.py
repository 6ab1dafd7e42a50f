"""The people who were forgotten, of whom hashes are kept, and how a load leaves them out.

What identifies them is hashed under a key that the first forgetting makes and that only the loader
reads. A load compares what it has read with these hashes before anything of it is written, to the
raw table or to the quarantine.
"""

import hmac
import secrets
from collections.abc import Iterable, Sequence

from psycopg import Connection

from ingest.contract import Column, Table
from ingest.personal import Judge, Known, mentions
from ingest.readers import Block, Record

ERASED = "(of a person who was forgotten)"


def hashed(key: bytes, kind: str, value: str) -> bytes:
    """Return the hash of a normalised identifier."""
    return hmac.digest(key, f"{kind}:{value}".encode(errors="backslashreplace"), "sha256")


def known(connection: Connection) -> Known | None:
    """Return what tells whether an identifier is of somebody forgotten; none if nobody was."""
    rows = connection.execute(
        "select hash_key, identifier_hash from forgotten.hash_key, forgotten.identifiers"
    ).fetchall()
    if not rows:
        return None
    key, hashes = rows[0][0], {each for _, each in rows}
    return lambda kind, value: hashed(key, kind, value) in hashes


def remember(connection: Connection, identifiers: Iterable[tuple[str, str]]) -> None:
    """Write down the hashes of kinds and normalised identifiers."""
    connection.execute(
        "insert into forgotten.hash_key (hash_key) values (%s) on conflict do nothing",
        [secrets.token_bytes(32)],
    )
    [(key,)] = connection.execute("select hash_key from forgotten.hash_key")
    for kind, value in identifiers:
        connection.execute(
            "insert into forgotten.identifiers values (%s) on conflict do nothing",
            [hashed(key, kind, value)],
        )


class Filter:
    """Leaves the forgotten out of the blocks of one table."""

    def __init__(self, table: Table, told: Known) -> None:
        self._judge, self._known = Judge(table, told), told

    def clear(self, block: Block, declared: Sequence[Column | None]) -> None:
        """Take the forgotten out of a block.

        Args:
            block: as it was read; its rows that are to go are not counted any more.
            declared: the declared column of each of its columns; none if it is not declared.
        """
        block.bad = [self._unreadable(record) for record in block.bad]
        columns = block.whole() if block.whole else block.columns
        left, rows = self._judge.clear(declared, columns)
        if rows is None:
            return
        before, kept = block.position, rows
        block.columns, block.position = left, lambda row: before(kept[row])
        block.raw, block.whole, block.records, block.parse = b"", None, None, None

    def is_named_in(self, texts: Iterable[str | None]) -> bool:
        """Tell whether any of these texts mentions one of them."""
        return any(text and mentions(self._known, text) for text in texts)

    def _unreadable(self, record: Record) -> Record:
        """Return a record that could not be split; one that mentions them without its content."""
        if not self.is_named_in([record.raw, record.problem]):
            return record
        problem = (record.problem or "").partition(":")[0]
        return record._replace(
            raw=ERASED, problem=ERASED if self.is_named_in([problem]) else problem
        )


def filter_of(connection: Connection, table: Table) -> Filter | None:
    """Return what leaves the forgotten out of a table's blocks; none if nobody was forgotten."""
    told = known(connection)
    return Filter(table, told) if told else None
