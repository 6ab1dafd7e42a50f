"""Rows that are gone at their source: deleted from the raw table, and written down as they were."""

from typing import TYPE_CHECKING

from psycopg import Connection
from psycopg.sql import SQL, Composable, Identifier

from ingest.tables import METADATA

if TYPE_CHECKING:
    from ingest.contract import Table
    from ingest.landing import Stamp


def delete_gone(connection: Connection, table: "Table", stamp: "Stamp", delete: Composable) -> int:
    """Delete raw rows, and write each into `raw_ingest.changes` as it was last.

    Args:
        connection: in the load's transaction.
        table: the declared table, which has a key.
        stamp: of the load that found that they are gone.
        delete: the statement, which calls the table `raw`.

    Returns:
        How many rows were deleted.
    """
    return connection.execute(
        SQL(
            "with gone as ({delete} returning raw.*)"
            " insert into raw_ingest.changes (source_name, table_name, operation, row_key, payload,"
            " committed_at, load_id) select %s, %s, 'delete', jsonb_build_array({key}),"
            " to_jsonb(gone) - cast(%s as text[]), %s, %s from gone"
        ).format(delete=delete, key=SQL(", ").join(Identifier("gone", name) for name in table.key)),
        [table.source, table.name, list(METADATA), stamp.extracted_at, stamp.load_id],
    ).rowcount
