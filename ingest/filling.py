"""Filling a landing: one COPY for what arrives as bytes, groups of records for all else.

Where COPY refuses a row, where the data has columns that are not declared, and where a source gives
records and no bytes, rows come in record by record: PostgreSQL skips those that it refuses (COPY's
`on_error ignore`, from version 17 on), judges them one value at a time (`pg_input_is_valid`), and
they go to quarantine.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import psycopg
from psycopg import Connection
from psycopg import errors as pg
from psycopg.sql import SQL, Identifier, Literal

from ingest import quarantine
from ingest.contract import Column
from ingest.errors import IngestError
from ingest.landing import Landing
from ingest.readers import Record, Stream

Tick = Callable[[int], None]
TEXT_TYPES = {"text", "varchar", "character varying"}
# the first version whose COPY can skip what it refuses
CAN_SKIP = 170_000
# how much text is handed to COPY at once, at most: characters, and records
GROUP = 1 << 23
GROUP_RECORDS = 50_000


class Count(NamedTuple):
    """What became of a batch: rows read and quarantined, and its size in bytes."""

    read: int
    quarantined: int
    size: int


def fill(
    connection: Connection,
    landing: Landing,
    columns: list[Column | None],
    stream: Stream,
    tick: Tick,
) -> Count:
    """Copy a batch into the landing, its bad rows into quarantine.

    Args:
        connection: in a transaction in which the batch was stamped.
        landing: where to.
        columns: the declared column for each of the stream's, see `match`.
        stream: the opened batch.
        tick: is called with the number of bytes of each chunk.
    """
    if stream.chunks and None not in columns:
        try:
            with connection.transaction():
                return _copy(connection, landing, columns, stream, tick)
        except psycopg.DataError:
            pass  # some row is bad: find out which
    return _copy_records(connection, landing, columns, stream, tick)


def _copy(
    connection: Connection,
    landing: Landing,
    columns: list[Column],
    stream: Stream,
    tick: Tick,
) -> Count:
    """Hand the chunks to COPY as they are."""
    target = SQL(", ").join(Identifier(column.name) for column in columns)
    options = SQL(stream.options)
    if stream.empty_is_null:
        options += SQL(", force_null ({})").format(target)
    copy_in = SQL("copy {} ({}) from stdin with ({})").format(landing.place, target, options)
    size = 0
    cursor = connection.cursor()
    with cursor.copy(copy_in) as copy:
        for chunk in stream.chunks():
            copy.write(chunk)
            size += len(chunk)
            tick(len(chunk))
    return Count(cursor.rowcount, 0, size)


def _copy_records(
    connection: Connection,
    landing: Landing,
    columns: list[Column | None],
    stream: Stream,
    tick: Tick,
) -> Count:
    """Copy the records in groups, so that memory stays small; what is bad goes to quarantine."""
    read = quarantined = size = 0
    for group, length in _groups(stream):
        suspects = group
        if connection.info.server_version >= CAN_SKIP:
            suspects = _copy_group(connection, landing, columns, group)
        if suspects:
            quarantined += _judge(connection, landing, columns, stream.columns, suspects)
        read += len(group)
        size += length
        tick(length)
    return Count(read, quarantined, size)


def _groups(stream: Stream) -> Iterator[tuple[list[Record], int]]:
    """Give the records in groups, with the number of their characters."""
    group: list[Record] = []
    size = 0
    for record in stream.records():
        text = record.raw or ""
        if record.values is not None:
            text = "".join(filter(None, record.values))
            if problem := _unstorable(text):
                raw = json.dumps(dict(zip(stream.columns, record.values, strict=True)))
                record = Record(record.position, None, problem, raw)
        group.append(record)
        size += len(text)
        if size > GROUP or len(group) == GROUP_RECORDS:
            yield group, size
            group, size = [], 0
    if group:
        yield group, size


def _unstorable(text: str) -> str | None:
    """Say why PostgreSQL cannot hold a text, if it cannot."""
    if "\0" in text:
        return "holds a NUL character"
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return "is not valid Unicode"
    return None


def _copy_group(
    connection: Connection, landing: Landing, columns: list[Column | None], group: list[Record]
) -> list[Record]:
    """Copy what COPY accepts of a group and return the rest."""
    places = [place for place, column in enumerate(columns) if column]
    readable = [number for number, record in enumerate(group) if record.values is not None]
    skipped: set[int] = set()

    def note(notice: pg.Diagnostic) -> None:
        # "skipping row due to data type incompatibility at line 7 …", in the server's language
        if match := re.search(r"\d+", notice.message_primary or ""):
            skipped.add(readable[int(match[0]) - 1])

    copy_in = SQL("copy {} ({}) from stdin with (on_error ignore, log_verbosity verbose)").format(
        landing.place, SQL(", ").join(Identifier(column.name) for column in columns if column)
    )
    connection.add_notice_handler(note)
    try:
        with connection.transaction(), connection.cursor() as cursor:
            with cursor.copy(copy_in) as copy:
                for number in readable:
                    values = group[number].values
                    copy.write_row([values[place] for place in places])
            if cursor.rowcount != len(readable) - len(skipped):
                raise pg.DataError  # not every row that was skipped was named
    except psycopg.DataError:
        return group
    finally:
        connection.remove_notice_handler(note)
    unreadable = set(range(len(group))).difference(readable)
    return [group[number] for number in sorted(skipped | unreadable)]


def _judge(
    connection: Connection,
    landing: Landing,
    columns: list[Column | None],
    found: list[str],
    records: Iterable[Record],
) -> int:
    """Let PostgreSQL sort the good records from the bad; return how many went to quarantine."""
    texts = [Identifier(f"text_{number}") for number in range(len(columns))]
    definition = SQL(", ").join(SQL("{} text").format(text) for text in texts)
    connection.execute(
        SQL("create temporary table staged (position text, problem text, raw text, {})").format(
            definition
        )
    )
    read = 0
    nothing = [None] * len(columns)
    with connection.cursor().copy("copy staged from stdin") as copy:
        for record in records:
            values = nothing if record.values is None else record.values
            raw = record.raw and record.raw.replace("\0", "\\0")
            copy.write_row([str(record.position), record.problem, raw, *values])
            read += 1
    declared = [(text, column) for text, column in zip(texts, columns, strict=True) if column]
    checked = [(text, column) for text, column in declared if column.type not in TEXT_TYPES]
    is_good = SQL(" and ").join(
        [SQL("problem is null")]
        + [
            SQL("coalesce(pg_input_is_valid({}, {}), true)").format(text, Literal(column.type))
            for text, column in checked
        ]
    )
    complaints = [
        SQL(
            "case when not pg_input_is_valid({text}, {kind}) then {says} || {text} || '\"' end"
        ).format(
            text=text,
            kind=Literal(column.type),
            says=Literal(f'{column.source_name} is not {column.type}: "'),
        )
        for text, column in checked
    ]
    names = [name or f"(column {number})" for number, name in enumerate(found, 1)]
    payload = SQL("jsonb_object(array[{}], array[{}])").format(
        SQL(", ").join(map(Literal, names)), SQL(", ").join(texts)
    )
    quarantined = connection.execute(
        quarantine.insertion(
            landing.table,
            rows=SQL("staged"),
            position=SQL("position"),
            reason=SQL("concat_ws('; ', {})").format(SQL(", ").join([SQL("problem"), *complaints])),
            payload=SQL(
                "case when problem is null then {} else jsonb_build_object('record', raw) end"
            ).format(payload),
            found=SQL("case when problem is not null then cast({} as text[]) end").format(
                Literal(list(found))
            ),
            condition=SQL("not ({})").format(is_good),
        )
    ).rowcount
    loaded = connection.execute(
        SQL("insert into {} ({}) select {} from staged where {}").format(
            landing.place,
            SQL(", ").join(Identifier(column.name) for _, column in declared),
            SQL(", ").join(
                SQL("cast({} as {})").format(text, SQL(column.type)) for text, column in declared
            ),
            is_good,
        )
    ).rowcount
    connection.execute("drop table staged")
    if read != loaded + quarantined:
        raise IngestError(
            f"{landing.table}: {read} rows were read, but {loaded} loaded and {quarantined}"
            " quarantined. Nothing was changed; please report this."
        )
    return quarantined
