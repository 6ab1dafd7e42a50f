"""Where the rows of a table are on a cluster (Citus): on the node that a declared column chooses.

A raw table declares it beside its contract, as `meta: {distributed_by: COLUMN}`. Without it a table
is the coordinator's. On a server without Citus it says nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from psycopg import Connection
from psycopg.sql import SQL, Identifier

from warehouse.errors import UsageError

if TYPE_CHECKING:
    from dbt.contracts.graph.nodes import SourceDefinition


def declared(
    node: "SourceDefinition",
    settings: Mapping[str, Any],
    key: Sequence[str],
    refuse: Callable[[str], UsageError],
) -> str:
    """Return the column by which a source's table is distributed; empty if it declares none.

    One that is followed live has none, as its changes arrive at one node.

    Raises:
        UsageError: what `refuse` makes of it: there is no such column, the key lacks it, so that no
            node could enforce the key, or a table that is replaced has no key.
    """
    column = str(node.config.meta.get("distributed_by") or "")
    if column and column not in (key or node.columns):
        of_what = "a column of the key" if key else "a declared column"
        raise refuse(f'distributed_by "{column}" is not {of_what}.')
    if settings["reader"] == "live":
        return ""
    if column and settings["mode"] == "replace" and not key:
        raise refuse("distributed_by needs a key in mode replace. Declare one, or leave it out.")
    return column


def spread(connection: Connection, schema: str, name: str, column: str) -> None:
    """Distribute a new table of a cluster by a column."""
    connection.execute(
        "select create_distributed_table(cast(%s as regclass), %s)",
        [Identifier(schema, name).as_string(), column],
    )


def spread_by(connection: Connection, schema: str, name: str) -> str | None:
    """Return the column by which a table is distributed; none if it is on one node."""
    if not is_cluster(connection):
        return None
    found = connection.execute(
        "select column_to_column_name(logicalrelid, partkey) from pg_dist_partition"
        " where logicalrelid = to_regclass(%s)",
        [Identifier(schema, name).as_string()],
    ).fetchone()
    return found[0] if found else None


def recover(connection: Connection) -> None:
    """End what a node of a cluster left in the middle of a commit when it was lost.

    Until then its rows of that load are not seen. Citus does the same once a minute.
    """
    if is_cluster(connection):
        function = "recover_prepared_transactions()"
        [(may,)] = connection.execute("select has_function_privilege(%s, 'execute')", [function])
        if may:
            connection.execute(SQL("select {}").format(SQL(function)))


def is_cluster(connection: Connection) -> bool:
    """Tell whether the warehouse is a cluster."""
    [(answer,)] = connection.execute(
        "select exists (select from pg_extension where extname = 'citus')"
    )
    return bool(answer)
