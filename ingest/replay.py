"""Replaying the quarantine: rows that broke their contract are loaded again, now that it, or they,
were mended; what is still bad stays in quarantine.
"""

import json
import time
from collections.abc import Iterator
from functools import partial

from psycopg import Connection
from psycopg.sql import Identifier

from ingest import filling, quarantine, readers
from ingest import landing as landings
from ingest.books import Audit, Result, begin, finish, record_failure
from ingest.contract import Table
from ingest.load import locked
from ingest.readers import Batch, Record, Stream
from ingest.tables import ensure, partition_of
from warehouse.errors import UsageError

COLUMNS = "position, payload::text, found_columns"


def replay_table(table: Table) -> Result:
    """Load a table's quarantined rows again, in one transaction.

    A row whose key the raw table holds in a state as new, or newer, stays in quarantine.

    Args:
        table: the declared table.
    """
    result, started = Result(table), time.monotonic()
    try:
        if table.problem:
            raise UsageError(table.problem)
        with locked(table) as connection:
            ensure(connection, [table])
            with connection.transaction():
                for row in _replay(connection, table):
                    result.add(row)
    except Exception as error:
        record_failure(table, None, error, result)
    result.seconds = time.monotonic() - started
    return result


def _replay(connection: Connection, table: Table) -> list[Audit]:
    """Do the work of `replay_table` inside its transaction and return the audit rows."""
    connection.execute(
        "create temporary table replayed on commit drop as"
        " select * from raw_ingest.quarantine where source_name = %s and table_name = %s",
        [table.source, table.name],
    )
    connection.execute(
        "delete from raw_ingest.quarantine where quarantine_id in"
        " (select quarantine_id from replayed)"
    )
    batches = connection.execute(
        "select source_file, coalesce(extracted_at, min(quarantined_at)) from replayed"
        " group by source_file, extracted_at order by 2, 1"
    ).fetchall()
    if not batches:
        return []
    place = landings.make_beside(connection, table)
    rows: dict[int, Audit] = {}
    for source_file, extracted_at in batches:
        batch = Batch(name=source_file)
        load_id = begin(connection, table, batch, mode="replay")
        stamp = landings.Stamp(load_id, source_file, extracted_at)
        landings.mark(connection, place, stamp)
        stream = Stream(
            columns=[column.source_name for column in table.columns],
            records=partial(_records, connection, table, source_file, extracted_at),
            extracted_at=extracted_at,
            is_apart=False,
        )
        count = filling.fill(connection, place, stamp, table.columns, stream, lambda size: None)
        rows[load_id] = Audit(load_id, count.read, count.quarantined, bytes_read=count.size)
    for moved in (landings.enforce_key(connection, place), _publish(connection, place)):
        for load_id, repeats in moved.items():
            rows[load_id].rows_quarantined += repeats
    finish(connection, list(rows.values()))
    return list(rows.values())


def _records(
    connection: Connection, table: Table, source_file: str, extracted_at: object
) -> Iterator[Record]:
    """Give the rows of one file that are replayed, as the reader gave them or would now."""
    wanted = [column.source_name for column in table.columns]
    reread = getattr(readers.module(table), "reread", None)
    with connection.cursor("replayed_rows") as cursor:
        cursor.execute(
            f"select {COLUMNS} from replayed where source_file = %s"
            " and coalesce(extracted_at, %s) = %s order by quarantine_id",
            [source_file, extracted_at, extracted_at],
        )
        for position, payload, found in cursor:
            texts = json.loads(payload)
            if found is None:
                yield Record(position, [texts.get(name) for name in wanted])
            elif reread is None:
                raw = texts["record"]
                yield Record(position, None, "cannot be split; load its file again", raw)
            else:
                for record in reread(table, texts["record"], found):
                    values = record.values and dict(zip(found, record.values, strict=True))
                    ordered = values and [values.get(name) for name in wanted]
                    yield record._replace(position=position, values=ordered)


def _publish(connection: Connection, place: landings.Landing) -> dict[int, int]:
    """Add the landing's rows to the raw table; those whose key is held go back to quarantine.

    Returns:
        How many rows went back, by load.
    """
    table = place.table
    partition = partition_of(connection, table) if table.mode == "replace" else None
    target = Identifier(table.schema, partition or table.name)
    moved = quarantine.take_held(connection, table, place.place, target) if table.key else {}
    landings.upsert(connection, place, target)
    return moved
