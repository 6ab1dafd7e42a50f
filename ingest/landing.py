"""The landing: where a batch's rows are gathered and checked before they become the raw table's.

Rows come in by one COPY. Where COPY refuses one, where the data has columns that are not declared,
and where a source gives records and no bytes, they come in record by record: PostgreSQL skips those
that it refuses (COPY's `on_error ignore`, from version 17 on), judges them one value at a time
(`pg_input_is_valid`), and they go to quarantine.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import psycopg
from psycopg import Connection
from psycopg import errors as pg
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from ingest.contract import Column, Table
from ingest.errors import IngestError
from ingest.readers import Batch, Record, Stream
from ingest.tables import METADATA, attach, names

Tick = Callable[[int], None]
TEXT_TYPES = {"text", "varchar", "character varying"}
# the first version whose COPY can skip what it refuses
CAN_SKIP = 170_000
# how much text is handed to COPY at once, at most: characters, and records
GROUP = 1 << 23
GROUP_RECORDS = 50_000


class Landing(NamedTuple):
    """Where the rows of one load are gathered.

    Attributes:
        table: the declared table.
        place: the relation as SQL: a new partition, a temporary table, or the raw table itself.
        partition: the new partition's name; empty unless the table is replaced.
    """

    table: Table
    place: Composable
    partition: str = ""


class Count(NamedTuple):
    """What became of a batch: rows read and quarantined, and its size in bytes."""

    read: int
    quarantined: int
    size: int


def make(connection: Connection, table: Table, load_id: int) -> Landing:
    """Make the landing that fits the table's mode."""
    raw = Identifier(table.schema, table.name)
    if table.mode == "append":
        return Landing(table, raw)
    if table.mode == "replace":
        partition = f"{table.name}__{load_id}"
        place = Identifier(table.schema, partition)
        create = SQL("create table {} (like {} including defaults)")
        connection.execute(create.format(place, raw))
        return Landing(table, place, partition)
    place = Identifier("pg_temp", "landing")
    create = SQL("create temporary table landing (like {} including defaults) on commit drop")
    connection.execute(create.format(raw))
    for name in table.key:
        # rows without a key are for quarantine, not for COPY to stumble over
        loosen = SQL("alter table {} alter column {} drop not null")
        connection.execute(loosen.format(place, Identifier(name)))
    return Landing(table, place)


def stamp(
    connection: Connection, landing: Landing, load_id: int, source_file: str, at: datetime
) -> None:
    """Set what the metadata columns of the coming rows say."""
    values = {"load_id": str(load_id), "source_file": source_file, "extracted_at": at.isoformat()}
    for name, value in values.items():
        connection.execute("select set_config(%s, %s, true)", [f"ingest.{name}", value])
    if landing.table.mode != "append":
        # a constant costs a copied row next to nothing; asking for a setting costs a fifth
        for name, value in values.items():
            change = SQL("alter table {} alter column {} set default {}")
            column = Identifier(f"_{name}")
            connection.execute(change.format(landing.place, column, Literal(value)))


def match(table: Table, batch: Batch, found: list[str]) -> list[Column | None]:
    """Return for each column found the declared one, or none if it is not declared.

    Names are compared without regard to case and to blanks around them.

    Raises:
        IngestError: a declared column is missing or stands twice.
    """
    names_found = [name.strip().casefold() for name in found]
    declared = {column.source_name.strip().casefold(): column for column in table.columns}
    missing = [column.source_name for key, column in declared.items() if key not in names_found]
    if missing:
        raise IngestError(
            f"{table}: {batch.name} lacks the declared column"
            f"{'s' if len(missing) > 1 else ''} {', '.join(missing)}. It has: {', '.join(found)}.\n"
            f"Nothing was changed. Mend the export, or the declaration in {table.file}."
        )
    twice = [name for name in declared if names_found.count(name) > 1]
    if twice:
        raise IngestError(
            f'{table}: {batch.name} has the column "{twice[0]}" twice, so it is not clear which'
            " is meant. Nothing was changed. Rename one of them."
        )
    return [declared.get(name) for name in names_found]


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
    payload = SQL("jsonb_object(array[{}], array[{}])").format(
        SQL(", ").join(Literal(name or f"(column {n})") for n, name in enumerate(found, 1)),
        SQL(", ").join(texts),
    )
    quarantined = connection.execute(
        _quarantine(
            landing.table,
            rows=SQL("staged"),
            position=SQL("position"),
            reason=SQL("concat_ws('; ', {})").format(SQL(", ").join([SQL("problem"), *complaints])),
            payload=SQL(
                "case when problem is null then {} else jsonb_build_object('record', raw) end"
            ).format(payload),
            load_id=SQL("cast(current_setting('ingest.load_id') as bigint)"),
            source_file=SQL("current_setting('ingest.source_file')"),
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


def _quarantine(table: Table, **parts: Composable) -> Composed:
    """Return the insert into quarantine.

    Args:
        table: the declared table.
        parts: the SQL of load_id, source_file, position, reason, payload, rows and condition.
    """
    return SQL(
        "insert into raw_ingest.quarantine"
        " (load_id, source_name, table_name, source_file, position, reason, payload)"
        " select {load_id}, {source}, {name}, {source_file}, {position}, {reason}, {payload}"
        " from {rows} where {condition}"
    ).format(source=Literal(table.source), name=Literal(table.name), **parts)


def enforce_key(connection: Connection, landing: Landing) -> dict[int, int]:
    """Make the landing's key a primary key; rows without one, or with one seen before, leave.

    Returns:
        How many rows went to quarantine, by load.
    """
    table = landing.table
    if not table.key or table.mode == "append":
        return {}
    add_key = SQL("alter table {} add primary key ({})").format(
        landing.place, SQL(", ").join(map(Identifier, table.key))
    )
    try:
        with connection.transaction():
            connection.execute(add_key)
        return {}
    except (pg.UniqueViolation, pg.NotNullViolation):
        pass
    key = SQL(", ").join(map(Identifier, table.key))
    shown = SQL(" || ', ' || ").join(
        SQL("{} || coalesce({}::text, '(empty)')").format(Literal(f"{name}="), Identifier(name))
        for name in table.key
    )
    repeated = connection.execute(
        SQL(
            "with ranked as ("
            " select ctid as place, row_number() over (partition by {key} order by ctid) as turn,"
            " num_nulls({key}) > 0 as is_empty,"
            " first_value(row({columns})) over (partition by {key} order by ctid) as first_row"
            " from {landing}),"
            " gone as (delete from {landing} as landing using ranked"
            " where landing.ctid = ranked.place and (ranked.turn > 1 or ranked.is_empty)"
            " returning landing.*, ranked.is_empty,"
            " row({qualified}) is not distinct from ranked.first_row as is_same),"
            " kept as ({quarantine} returning load_id)"
            " select load_id, count(*) from kept group by load_id"
        ).format(
            key=key,
            columns=names(table),
            qualified=SQL(", ").join(Identifier("landing", c.name) for c in table.columns),
            landing=landing.place,
            quarantine=_quarantine(
                table,
                rows=SQL("gone"),
                position=shown,
                reason=SQL(
                    "case when is_empty then 'the key is empty: '"
                    " when is_same then 'repeats a row: ' else 'repeats the key of another row: '"
                    " end || {}"
                ).format(shown),
                payload=SQL("to_jsonb(gone) - array[{}, 'is_empty', 'is_same']").format(
                    SQL(", ").join(map(Literal, METADATA))
                ),
                load_id=SQL("_load_id"),
                source_file=SQL("_source_file"),
                condition=SQL("true"),
            ),
        )
    ).fetchall()
    connection.execute(add_key)
    return dict(repeated)


def publish(connection: Connection, landing: Landing, is_whole: bool) -> tuple[int, int]:
    """Make the landing's rows the raw table's.

    Args:
        connection: in the load's transaction.
        landing: filled, with its key enforced.
        is_whole: whether the landing holds everything that the source has, so that a row it lacks
            was deleted there.

    Returns:
        How many rows were there before in the same state, and how many were deleted.
    """
    table = landing.table
    raw = Identifier(table.schema, table.name)
    if table.mode == "append":
        return 0, 0
    if table.mode == "replace":
        attach(connection, table, landing.partition)
        return 0, 0
    key = SQL(", ").join(map(Identifier, table.key))
    every = [column.name for column in table.columns] + list(METADATA)
    changed = connection.execute(
        SQL(
            "insert into {raw} as raw ({every}) select {every} from {landing}"
            " on conflict ({key}) do update set {updates}"
            " where ({present}) is distinct from ({new})"
        ).format(
            raw=raw,
            every=SQL(", ").join(map(Identifier, every)),
            landing=landing.place,
            key=key,
            updates=SQL(", ").join(
                SQL("{0} = excluded.{0}").format(Identifier(name)) for name in every
            ),
            present=SQL(", ").join(Identifier("raw", c.name) for c in table.columns),
            new=SQL(", ").join(Identifier("excluded", c.name) for c in table.columns),
        )
    ).rowcount
    total = connection.execute(SQL("select count(*) from {}").format(landing.place)).fetchone()[0]
    deleted = 0
    if is_whole:
        deleted = connection.execute(
            SQL(
                "delete from {raw} as raw"
                " where _source_file = current_setting('ingest.source_file')"
                " and not exists (select from {landing} as landing where ({ours}) = ({theirs}))"
            ).format(
                raw=raw,
                landing=landing.place,
                ours=SQL(", ").join(Identifier("raw", name) for name in table.key),
                theirs=SQL(", ").join(Identifier("landing", name) for name in table.key),
            )
        ).rowcount
    return total - changed, deleted
