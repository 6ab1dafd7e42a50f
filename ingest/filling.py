"""Filling a landing: one COPY for what arrives as bytes, groups of records for all else.

Where COPY refuses a row, where the data has columns that are not declared, and where a source gives
records and no bytes, rows come in record by record: PostgreSQL skips those that it refuses (COPY's
`on_error ignore`, from version 17 on), judges them one value at a time (`pg_input_is_valid`), and
they go to quarantine.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from select import select
from typing import NamedTuple

import psycopg
from psycopg import Connection
from psycopg import errors as pg
from psycopg.sql import SQL, Composable, Composed, Identifier

from ingest.contract import Column
from ingest.judging import judge
from ingest.landing import Landing
from ingest.readers import Line, Record, Stream
from warehouse.errors import UserError

Tick = Callable[[int], None]
# the first version whose COPY can skip what it refuses
CAN_SKIP = 170_000
SKIPPING = ", on_error ignore, log_verbosity verbose"
# how much text is handed to COPY at once, at most: characters, and records
GROUP = 1 << 21
GROUP_RECORDS = 8_000


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
    columns: list[Column | None],
    stream: Stream,
    tick: Tick,
) -> Count:
    """Hand the chunks to COPY as they are."""
    size = 0
    # a line of "\\." in a CSV silently ended the data until version 18
    can_end = stream.options.startswith("format csv") and connection.info.server_version < 180_000
    cursor = connection.cursor()
    with cursor.copy(_copy_in(landing, columns, stream, stream.options)) as copy:
        before, has_spoken = b"", False
        for chunk in stream.chunks() if stream.chunks else ():
            if can_end and b"\\." in before[-1:] + chunk:
                raise pg.DataError
            before = chunk
            copy.write(chunk)
            size += len(chunk)
            tick(len(chunk))
            # the server speaks up to refuse a row: the rest need not be sent
            if has_spoken := bool(select([connection.fileno()], [], [], 0)[0]):
                break
    if has_spoken:
        raise pg.DataError  # it was something else that it said
    return Count(cursor.rowcount, 0, size)


def _copy_records(
    connection: Connection,
    landing: Landing,
    columns: list[Column | None],
    stream: Stream,
    tick: Tick,
) -> Count:
    """Copy the records in groups, so that memory stays small; what is bad goes to quarantine.

    A group is copied while the next one is read.
    """
    can_skip = connection.info.server_version >= CAN_SKIP
    read = quarantined = size = 0

    def copy(group: list[Record | Line]) -> int:
        suspects, refused = group, 0
        if can_skip:
            suspects, refused = _copy_group(connection, landing, columns, stream, group)
        if not suspects:
            return 0
        bad = judge(connection, landing, columns, stream, suspects)
        if bad < refused:
            raise UserError(
                f"{landing.table}: COPY refused {refused} rows near {suspects[0].position}, of"
                f" which only {bad} are bad. Nothing was changed; please report this."
            )
        return bad

    with ThreadPoolExecutor(1) as pool:
        copying = None
        for group, length in _groups(stream, is_split=None in columns or not can_skip):
            if copying:
                quarantined += copying.result()
            copying = pool.submit(copy, group)
            if not stream.is_apart:
                copying.result()
            read += len(group)
            size += length
            tick(length)
        if copying:
            quarantined += copying.result()
    return Count(read, quarantined, size)


def _groups(stream: Stream, is_split: bool) -> Iterator[tuple[list[Record | Line], int]]:
    """Give the records in groups, with the number of their characters.

    Args:
        stream: the opened batch.
        is_split: split lines into records.
    """
    group: list[Record | Line] = []
    size = 0
    for row in stream.records():
        if is_split:
            row = stream.record(row)
        if isinstance(row, Record) and row.values is not None:
            size += sum(map(len, filter(None, row.values)))
        else:
            size += len(row.raw or "")
        group.append(row)
        if size > GROUP or len(group) == GROUP_RECORDS:
            yield group, size
            group, size = [], 0
    if group:
        yield group, size


def _copy_group(
    connection: Connection,
    landing: Landing,
    columns: list[Column | None],
    stream: Stream,
    group: list[Record | Line],
) -> tuple[list[Record | Line], int]:
    """Copy what COPY accepts of a group; return the rest, and how many of it COPY refused."""
    lines = {place: row.raw for place, row in enumerate(group) if isinstance(row, Line)}
    records = {
        place: row.values
        for place, row in enumerate(group)
        if not lines and isinstance(row, Record) and row.values is not None
    }
    places, options, end = list(lines or records), "format text", b"\n"
    if lines:
        # a first line that is skipped tells COPY how lines end, without which it miscounts them
        options = f"{stream.options}, header"
        end = b"\r\n" if lines[places[0]].endswith(b"\r\n") else b"\n"
    # where each row ends: a row can hold several line ends, and the last one none
    ends: Sequence[int] = range(1, len(places) + 1)
    if any(raw.count(end[:1]) > 1 for raw in lines.values()):
        counts = (raw.count(end[:1]) + (not raw.endswith(end)) for raw in lines.values())
        ends = list(accumulate(counts))
    skipped: set[int] = set()

    def note(notice: pg.Diagnostic) -> None:
        # "skipping row due to data type incompatibility at line 7 …", in the server's language;
        # the sum at the end comes without a context
        if notice.context and (match := re.search(r"\d+", notice.message_primary or "")):
            skipped.add(places[bisect_left(ends, int(match[0]) - bool(lines))])

    connection.add_notice_handler(note)
    try:
        with connection.transaction(), connection.cursor() as cursor:
            with cursor.copy(_copy_in(landing, columns, stream, options, SKIPPING)) as copy:
                if lines:
                    copy.write(b"".join([b"-", end, *lines.values()]))
                wanted = [number for number, column in enumerate(columns) if column]
                is_all = len(wanted) == len(columns)
                for values in records.values():
                    copy.write_row(values if is_all else [values[number] for number in wanted])
            if cursor.rowcount != len(places) - len(skipped):
                raise pg.DataError  # not every row that was skipped was named
    except (psycopg.DataError, UnicodeEncodeError):
        return group, 0
    finally:
        connection.remove_notice_handler(note)
    others = set(range(len(group))).difference(places)
    return [group[place] for place in sorted(skipped | others)], len(skipped)


def _copy_in(
    landing: Landing, columns: list[Column | None], stream: Stream, options: str, more: str = ""
) -> Composed:
    """Return the COPY into the landing's declared columns."""
    target = SQL(", ").join(Identifier(column.name) for column in columns if column)
    forced: Composable = SQL("")
    if stream.empty_is_null and options.startswith(stream.options):
        forced = SQL(", force_null ({})").format(target)
    return SQL("copy {} ({}) from stdin with ({}{}{})").format(
        landing.place, target, SQL(options), forced, SQL(more)
    )
