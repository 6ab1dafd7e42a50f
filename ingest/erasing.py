"""Rows that stand in the warehouse already, from which people are erased; see `ingest.personal`."""

import json
from typing import NamedTuple

from psycopg import Connection
from psycopg.sql import SQL, Composable, Identifier, Literal
from psycopg.types.json import Jsonb

from ingest.contract import Table
from ingest.forgotten import ERASED, known
from ingest.personal import Judge, Known, mentions
from ingest.spreading import spread_by


class Erased(NamedTuple):
    """How many rows of a relation were deleted, and how many emptied of what is personal."""

    deleted: int = 0
    emptied: int = 0


def from_rows(
    connection: Connection, table: Table, told: Known, condition: Composable, is_raw: bool = True
) -> Erased:
    """Erase people from the rows of a relation that has the columns of a declared table.

    Args:
        connection: in a transaction.
        table: where it is, and what is personal in it.
        told: tells who they are.
        condition: which rows to look at.
        is_raw: whether a row says when it changed, by which all that is built knows.
    """
    judge, place = Judge(table, told), Identifier(table.schema, table.name)
    # the node of a row, in whose table alone its place means anything
    spread = spread_by(connection, table.schema, table.name)
    node = Identifier(spread) if spread else SQL("null")
    found = connection.execute(
        SQL("select tableoid, cast(ctid as text), cast({} as text), {} from {} where {} {}").format(
            node,
            SQL(", ").join(
                SQL("cast({} as text)").format(Identifier(column.name)) for column in judge.columns
            ),
            place,
            condition,
            # rows of several nodes cannot be locked so
            SQL("" if spread else "for update"),
        )
    ).fetchall()
    deleted = emptied = 0
    for part, row_id, where, *texts in found:
        names = [column.name for column in judge.columns]
        changes = judge.verdict(dict(zip(names, texts, strict=True)))
        this_row = SQL("where tableoid = {} and ctid = {}::tid").format(part, Literal(row_id))
        if spread:
            this_row += SQL(" and {} = {}").format(node, Literal(where))
        if changes is None:
            connection.execute(SQL("delete from {} {}").format(place, this_row))
            deleted += 1
        elif changes:
            updates: list[Composable] = [
                SQL("{} = cast({} as {})").format(
                    Identifier(column.name), Literal(changes[column.name]), SQL(column.type)
                )
                for column in judge.columns
                if column.name in changes
            ]
            updates += [SQL("_loaded_at = now()")] * is_raw
            connection.execute(
                SQL("update {} set {} {}").format(place, SQL(", ").join(updates), this_row)
            )
            emptied += 1
    return Erased(deleted, emptied)


def from_changes(
    connection: Connection, table: Table, told: Known, condition: Composable
) -> Erased:
    """Erase people from the history of a table that is replicated live."""
    judge = Judge(table, told)
    found = connection.execute(
        SQL(
            "select change_id, payload from raw_ingest.changes where source_name = {}"
            " and table_name = {} and payload is not null and {} for update"
        ).format(Literal(table.source), Literal(table.name), condition)
    ).fetchall()
    deleted = emptied = 0
    for change_id, payload in found:
        changes = judge.verdict(_texts(payload))
        if changes is None:
            connection.execute("delete from raw_ingest.changes where change_id = %s", [change_id])
            deleted += 1
        elif changes:
            connection.execute(
                "update raw_ingest.changes set payload = %s where change_id = %s",
                [Jsonb({**payload, **_values(payload, changes)}), change_id],
            )
            emptied += 1
    return Erased(deleted, emptied)


def from_quarantine(
    connection: Connection, table: Table, told: Known, condition: Composable
) -> Erased:
    """Erase people from what a table has in quarantine.

    What is left of a row can be replayed, so that a sale is not lost.
    """
    judge = Judge(table, told)
    found = connection.execute(
        SQL(
            "select quarantine_id, position, reason, payload from raw_ingest.quarantine"
            " where source_name = {} and table_name = {} and {} for update"
        ).format(Literal(table.source), Literal(table.name), condition)
    ).fetchall()
    named = {column.source_name: column.name for column in judge.columns}
    source_names = {name: source_name for source_name, name in named.items()}
    deleted = emptied = 0
    for quarantine_id, position, reason, payload in found:
        texts = _texts(payload)
        changes = judge.verdict({named[name]: texts[name] for name in named if name in texts})
        if changes is None or mentions(told, position):
            connection.execute(
                "delete from raw_ingest.quarantine where quarantine_id = %s", [quarantine_id]
            )
            deleted += 1
            continue
        left = {**payload, **{source_names[name]: value for name, value in changes.items()}}
        left = {
            name: (ERASED if name == "record" else None)
            if isinstance(value, str) and mentions(told, value)
            else value
            for name, value in left.items()
        }
        if left != payload or mentions(told, reason):
            connection.execute(
                "update raw_ingest.quarantine set payload = %s, reason = %s"
                " where quarantine_id = %s",
                [Jsonb(left), ERASED, quarantine_id],
            )
            emptied += 1
    return Erased(deleted, emptied)


def from_what_came_live(connection: Connection, table: Table, load_id: int) -> None:
    """Erase the forgotten from what replication brought since the last load.

    Args:
        connection: in the load's transaction.
        table: the live table.
        load_id: of the load that accounted for it.
    """
    if not (told := known(connection)) or not Judge(table, told).columns:
        return
    from_rows(
        connection, table, told,
        SQL(
            "_loaded_at >= (select min(received_at) - interval '1 minute' from raw_ingest.changes"
            " where load_id = {})"
        ).format(Literal(load_id)),
    )  # fmt: skip
    from_changes(connection, table, told, SQL("load_id = {}").format(Literal(load_id)))


def _texts(payload: dict[str, object]) -> dict[str, str | None]:
    """Return the values of a row as a raw table would show them as text."""
    return {
        name: value if value is None or isinstance(value, str) else json.dumps(value)
        for name, value in payload.items()
    }


def _values(payload: dict[str, object], changes: dict[str, str | None]) -> dict[str, object]:
    """Return changed texts as the values of a row."""
    return {
        name: json.loads(text) if text and not isinstance(payload[name], str) else text
        for name, text in changes.items()
    }
