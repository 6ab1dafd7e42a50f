"""Judging rows value by value: PostgreSQL says which are bad, and what is wrong with them."""

import json
from collections.abc import Iterable

from psycopg import Connection
from psycopg.sql import SQL, Identifier, Literal

from ingest import quarantine
from ingest.contract import Column
from ingest.landing import Landing
from ingest.readers import Line, Record, Stream
from warehouse.errors import UserError

TEXT_TYPES = {"text", "varchar", "character varying"}


def _storable(row: Record | Line, stream: Stream) -> Record:
    """Return a row as PostgreSQL can hold it: one that it cannot hold becomes unreadable."""
    row = stream.record(row)
    problem, raw = row.problem, row.raw
    if row.values is not None:
        text = "".join(filter(None, row.values))
        if "\0" in text:
            problem = "holds a NUL character"
        elif text != text.encode(errors="replace").decode():
            problem = "is not valid Unicode"
        else:
            return row
        raw = json.dumps(dict(zip(stream.columns, row.values, strict=True)))
    shown = (raw or "").encode(errors="backslashreplace").decode().replace("\0", "\\0")
    return Record(row.position, None, problem, shown)


def judge(
    connection: Connection,
    landing: Landing,
    columns: list[Column | None],
    stream: Stream,
    rows: Iterable[Record | Line],
) -> int:
    """Let PostgreSQL sort the good rows from the bad; return how many went to quarantine."""
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
        for row in rows:
            record = _storable(row, stream)
            values = nothing if record.values is None else record.values
            copy.write_row([str(record.position), record.problem, record.raw, *values])
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
    names = [name or f"(column {number})" for number, name in enumerate(stream.columns, 1)]
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
                Literal(list(stream.columns))
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
        raise UserError(
            f"{landing.table}: {read} rows were read, but {loaded} loaded and {quarantined}"
            " quarantined. Nothing was changed; please report this."
        )
    return quarantined
