"""The history of live tables: triggers keep every change that replication brings."""

from pathlib import Path

from psycopg import Connection
from psycopg.sql import SQL, Identifier, Literal

from ingest.contract import Table

RECORDER = Path(__file__).with_name("changes.sql")
METADATA_DEFAULTS = {
    "_load_id": "0", "_loaded_at": "now()", "_source_file": "'live'", "_extracted_at": "now()",
}  # fmt: skip


def record(connection: Connection, tables: list[Table]) -> None:
    """Let triggers keep every change that arrives, and none that is made by hand."""
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(hashtext('thinkthrift: raw tables'))")
        connection.execute(RECORDER.read_text())
        has_roles = connection.execute(
            "select 1 from pg_roles where rolname = 'thinkthrift_transformer'"
        ).fetchone()
        for table in tables:
            place = Identifier(table.schema, table.name)
            arguments = SQL(", ").join(map(Literal, [table.source, table.name, *table.key]))
            for trigger, when in (
                ("record_change", "before insert or update or delete on {} for each row"),
                ("record_truncate", "before truncate on {} for each statement"),
            ):
                connection.execute(
                    SQL(
                        "create or replace trigger {name} " + when + " execute function"
                        " raw_ingest.record_change({arguments});"
                        "alter table {place} enable replica trigger {name}"
                    ).format(place, name=Identifier(trigger), arguments=arguments, place=place)
                )
            if has_roles:
                connection.execute(
                    SQL("grant select on {} to thinkthrift_transformer").format(place)
                )
            for column, default in METADATA_DEFAULTS.items():
                connection.execute(
                    SQL("alter table {} alter column {} set default {}").format(
                        place, Identifier(column), SQL(default)
                    )
                )


def restart(connection: Connection, tables: list[Table]) -> None:
    """Make place for a copy; the history says where it starts anew."""
    for table in tables:
        connection.execute(SQL("truncate {}").format(Identifier(table.schema, table.name)))
        connection.execute(
            "insert into raw_ingest.changes"
            " (source_name, table_name, operation, committed_at)"
            " values (%s, %s, 'restart', now())",
            [table.source, table.name],
        )


def account(connection: Connection, table: Table, load_id: int) -> tuple[int, int]:
    """Give the changes that arrived since the last time their time of commit, and their load.

    Args:
        connection: in the load's transaction.
        table: a live table.
        load_id: of the audit row.

    Returns:
        How many changes, and how many of them deletions.
    """
    [(changes, deletions)] = connection.execute(
        "with counted as ("
        " update raw_ingest.changes set load_id = %s, committed_at ="
        " coalesce(committed_at, pg_xact_commit_timestamp(xid(transaction_id)), received_at)"
        " where load_id is null and source_name = %s and table_name = %s returning operation)"
        " select count(*), count(*) filter (where operation = 'delete') from counted",
        [load_id, table.source, table.name],
    )
    return changes, deletions
