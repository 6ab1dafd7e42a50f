"""The quarantine: rows that broke their contract, kept as they were read until replayed."""

from psycopg import Connection
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from ingest.contract import Table
from ingest.tables import names


def insertion(table: Table, **parts: Composable) -> Composed:
    """Return the insert into quarantine.

    Args:
        table: the declared table.
        parts: the SQL of position, reason, payload, rows and condition; of `found`, the columns of
            an unreadable row; and of load_id, source_file and extracted_at, if these are not those
            of the batch that is being loaded.
    """
    defaults = {
        "load_id": SQL("cast(current_setting('ingest.load_id') as bigint)"),
        "source_file": SQL("current_setting('ingest.source_file')"),
        "extracted_at": SQL("cast(current_setting('ingest.extracted_at') as timestamptz)"),
        "found": SQL("null"),
        "condition": SQL("true"),
        "source": Literal(table.source),
        "name": Literal(table.name),
    }
    return SQL(
        "insert into raw_ingest.quarantine (load_id, source_name, table_name, source_file,"
        " extracted_at, position, reason, payload, found_columns)"
        " select {load_id}, {source}, {name}, {source_file}, {extracted_at}, {position}, {reason},"
        " {payload}, {found} from {rows} where {condition}"
    ).format(**{**defaults, **parts})


def _moved(table: Table, reason: Composable) -> Composed:
    """Return the insert into quarantine of rows that were deleted from a landing, as `gone`."""
    return insertion(
        table,
        rows=SQL("gone"),
        position=_shown_key(table),
        reason=reason,
        payload=SQL("jsonb_object(array[{}], array[{}])").format(
            SQL(", ").join(Literal(column.source_name) for column in table.columns),
            SQL(", ").join(
                SQL("cast({} as text)").format(Identifier(c.name)) for c in table.columns
            ),
        ),
        load_id=SQL("_load_id"),
        source_file=SQL("_source_file"),
        extracted_at=SQL("_extracted_at"),
    )


def _shown_key(table: Table) -> Composed:
    """Return the key of a row as SQL that shows it."""
    return SQL(" || ', ' || ").join(
        SQL("{} || coalesce({}::text, '(empty)')").format(Literal(f"{name}="), Identifier(name))
        for name in table.key
    )


def take_repeats(connection: Connection, table: Table, landing: Composable) -> dict[int, int]:
    """Move the rows of a landing whose key is empty, or was seen before, into quarantine.

    Of a merged table, each file is a state of its own, in which a key may stand again.

    Returns:
        How many rows were moved, by load.
    """
    key = SQL(", ").join(map(Identifier, table.key))
    moved = connection.execute(
        SQL(
            "with ranked as ("
            " select ctid as place, row_number() over first_come as turn,"
            " num_nulls({key}) > 0 as is_empty,"
            " first_value(row({columns})) over first_come as first_row"
            " from {landing}"
            " window first_come as (partition by {key}{per_load} order by ctid)),"
            " gone as (delete from {landing} as landing using ranked"
            " where landing.ctid = ranked.place and (ranked.turn > 1 or ranked.is_empty)"
            " returning landing.*, ranked.is_empty,"
            " row({qualified}) is not distinct from ranked.first_row as is_same),"
            " kept as ({quarantine} returning load_id)"
            " select load_id, count(*) from kept group by load_id"
        ).format(
            key=key,
            per_load=SQL(", _load_id" if table.mode == "merge" else ""),
            columns=names(table),
            qualified=SQL(", ").join(Identifier("landing", c.name) for c in table.columns),
            landing=landing,
            quarantine=_moved(
                table,
                SQL(
                    "case when is_empty then 'the key is empty: '"
                    " when is_same then 'repeats a row: ' else 'repeats the key of another row: '"
                    " end || {}"
                ).format(_shown_key(table)),
            ),
        )
    ).fetchall()
    return dict(moved)


def take_held(
    connection: Connection, table: Table, landing: Composable, target: Composable
) -> dict[int, int]:
    """Move the rows of a landing whose key a relation holds in a state as new into quarantine.

    Returns:
        How many rows were moved, by load.
    """
    moved = connection.execute(
        SQL(
            "with gone as (delete from {landing} as landing using {target} as held"
            " where ({ours}) = ({theirs}) and held._extracted_at >= landing._extracted_at"
            " returning landing.*),"
            " kept as ({quarantine} returning load_id)"
            " select load_id, count(*) from kept group by load_id"
        ).format(
            landing=landing,
            target=target,
            ours=SQL(", ").join(Identifier("landing", name) for name in table.key),
            theirs=SQL(", ").join(Identifier("held", name) for name in table.key),
            quarantine=_moved(
                table,
                SQL("'the key is held by a row that is as new: ' || {}").format(_shown_key(table)),
            ),
        )
    ).fetchall()
    return dict(moved)


def take_contradictions(
    connection: Connection, table: Table, landing: Composable, target: Composable
) -> dict[int, int]:
    """Move the rows of a landing whose key a relation holds with other values into quarantine.

    A value that is NULL there may be of a column that was declared since.

    Returns:
        How many rows were moved, by load.
    """
    others = [column.name for column in table.columns if column.name not in table.key]
    differs = SQL(" or ").join(
        SQL("(held.{0} is not null and held.{0} is distinct from landing.{0})").format(
            Identifier(name)
        )
        for name in others
    )
    moved = connection.execute(
        SQL(
            "with gone as (delete from {landing} as landing using {target} as held"
            " where ({ours}) = ({theirs}) and ({differs}) returning landing.*),"
            " kept as ({quarantine} returning load_id)"
            " select load_id, count(*) from kept group by load_id"
        ).format(
            landing=landing,
            target=target,
            ours=SQL(", ").join(Identifier("landing", name) for name in table.key),
            theirs=SQL(", ").join(Identifier("held", name) for name in table.key),
            differs=differs if others else SQL("false"),
            quarantine=_moved(
                table,
                SQL("'the same key was sent before with other values: ' || {}").format(
                    _shown_key(table)
                ),
            ),
        )
    ).fetchall()
    return dict(moved)


def forget_older(connection: Connection, table: Table, loads: list[int]) -> None:
    """Delete what loads before put here of the very rows that these loads met again."""
    connection.execute(
        "delete from raw_ingest.quarantine as older using raw_ingest.quarantine as newer"
        " where newer.load_id = any (%(loads)s) and not older.load_id = any (%(loads)s)"
        " and older.source_name = %(source)s and older.table_name = %(table)s"
        " and older.source_file = newer.source_file and older.position = newer.position"
        " and older.payload = newer.payload",
        {"loads": loads, "source": table.source, "table": table.name},
    )
