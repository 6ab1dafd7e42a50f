"""A full export in place of the one before: rows that are in both stay, with their load and times.

So a raw row's `_load_id`, `_loaded_at` and `_extracted_at` tell when it became what it is.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from psycopg import Connection
from psycopg.sql import SQL, Composable, Identifier

from ingest.gone import delete_gone
from ingest.spreading import spread_by
from ingest.tables import METADATA, attach, names, partition_of

if TYPE_CHECKING:
    from ingest.contract import Table
    from ingest.landing import Landing, Stamp

# an export of which a larger share differs takes the place of the raw table's rows as a whole
MOST_CHANGED = 0.5


def is_comparable(connection: Connection, table: "Table") -> bool:
    """Tell whether the next export can be compared with what a replaced table holds."""
    held = partition_of(connection, table) if table.key else None
    if held is None:
        return False
    [(has_rows,)] = connection.execute(
        SQL("select exists (select from {})").format(Identifier(table.schema, held))
    )
    return bool(has_rows)


def replace(connection: Connection, landing: "Landing", stamp: "Stamp") -> tuple[int, int]:
    """Make an export the content of its table; see `ingest.landing.publish`.

    Args:
        connection: in the load's transaction.
        landing: the export, with its key enforced.
        stamp: of the load's last batch.

    Returns:
        How many rows were there before in the same state, and how many were deleted.
    """
    table = landing.table
    if table.distributed_by and spread_by(connection, table.schema, table.name):
        return _replace_spread(connection, landing, stamp)
    if not landing.is_compared:
        attach(connection, table, landing.partition)
        return 0, 0
    held = Identifier(table.schema, str(partition_of(connection, table)))
    keys_agree = SQL(" and ").join(
        SQL("held.{0} = landing.{0}").format(Identifier(name)) for name in table.key
    )
    columns = [column.name for column in table.columns]
    # bytes are compared: 5.0 and 5.00 are equal, and yet not the same
    differ = SQL("record_image_ne({}, {})").format(_row("held", columns), _row("landing", columns))
    connection.execute(
        SQL(
            "create temporary table differing on commit drop as"
            " select held.ctid as held_place, landing.ctid as landing_place"
            " from {held} as held full join {landing} as landing on {keys_agree} where {differ}"
        ).format(held=held, landing=landing.place, keys_agree=keys_agree, differ=differ)
    )
    gone = delete_gone(
        connection, table, stamp,
        SQL(
            "delete from {} as raw using differing"
            " where raw.ctid = held_place and landing_place is null"
        ).format(held),
    )  # fmt: skip
    [(total, changed)] = connection.execute(
        SQL("select (select count(*) from {}), count(landing_place) from differing").format(
            landing.place
        )
    )
    is_in_order = _is_in_order(connection, table, stamp.extracted_at)
    if changed > MOST_CHANGED * total or not is_in_order:
        if is_in_order:
            _keep_metadata(connection, landing, held, keys_agree)
        connection.execute(SQL("alter table {} set logged").format(landing.place))
        attach(connection, table, landing.partition)
    else:
        _change(connection, landing, held)
    return total - changed, gone


def _replace_spread(connection: Connection, landing: "Landing", stamp: "Stamp") -> tuple[int, int]:
    """Do the work of `replace` where each row is on the node that its key chooses."""
    table = landing.table
    raw = Identifier(table.schema, table.name)
    keys_agree = SQL(" and ").join(
        SQL("raw.{0} = landing.{0}").format(Identifier(name)) for name in table.key
    )
    gone = delete_gone(
        connection, table, stamp,
        SQL(
            "delete from {} as raw where not exists"
            " (select from (select * from {}) as landing where {})"
        ).format(raw, landing.place, keys_agree),
    )  # fmt: skip
    columns = [column.name for column in table.columns]
    every = [*columns, *METADATA]
    changed = connection.execute(
        SQL(
            "insert into {raw} as raw ({every}) select {every} from {landing}"
            " on conflict ({key}) do update set {updates} where {is_old} or record_image_ne({}, {})"
        ).format(
            _row("raw", columns),
            _row("excluded", columns),
            raw=raw,
            every=SQL(", ").join(map(Identifier, every)),
            landing=landing.place,
            key=SQL(", ").join(map(Identifier, table.key)),
            updates=SQL(", ").join(
                SQL("{0} = excluded.{0}").format(Identifier(name)) for name in every
            ),
            is_old=SQL("false" if _is_in_order(connection, table, stamp.extracted_at) else "true"),
        )
    ).rowcount
    [(total,)] = connection.execute(SQL("select count(*) from {}").format(landing.place))
    connection.execute(SQL("drop table {}").format(landing.place))
    return total - changed, gone


def _is_in_order(connection: Connection, table: "Table", extracted_at: datetime) -> bool:
    """Tell whether neither this export nor the last one is older than one that was loaded before.

    What an older export took back is said anew by the next one, whose rows are all new for that.
    """
    [(answer,)] = connection.execute(
        "with said as (select started_at, max(extracted_at) as said_at from raw_ingest.loads"
        " where source_name = %s and table_name = %s and status = 'loaded' and mode <> 'replay'"
        " group by started_at) select coalesce(max(said_at) <= %s and max(said_at)"
        " = (select said_at from said order by started_at desc limit 1), true) from said",
        [table.source, table.name, extracted_at],
    )
    return bool(answer)


def _change(connection: Connection, landing: "Landing", held: Composable) -> None:
    """Put what differs into the rows that are there."""
    every = SQL("{}, {}").format(names(landing.table), SQL(", ").join(map(Identifier, METADATA)))
    connection.execute(
        SQL("delete from {} as held using differing where held.ctid = held_place").format(held)
    )
    connection.execute(
        SQL(
            "insert into {raw} ({every}) select {every} from {landing} as landing"
            " inner join differing on landing.ctid = landing_place"
        ).format(
            raw=Identifier(landing.table.schema, landing.table.name),
            every=every,
            landing=landing.place,
        )
    )
    connection.execute(SQL("drop table {}").format(landing.place))


def _keep_metadata(
    connection: Connection, landing: "Landing", held: Composable, keys_agree: Composable
) -> None:
    """Give the landing's rows that are as they were the metadata that they have."""
    connection.execute(
        SQL(
            "update {landing} as landing set ({every}) = row({theirs}) from {held} as held"
            " where {keys_agree} and not exists"
            " (select from differing where landing.ctid = landing_place)"
        ).format(
            landing=landing.place,
            every=SQL(", ").join(map(Identifier, METADATA)),
            theirs=SQL(", ").join(Identifier("held", name) for name in METADATA),
            held=held,
            keys_agree=keys_agree,
        )
    )


def _row(relation: str, columns: list[str]) -> Composable:
    """Return a row of some columns of a relation as SQL."""
    return SQL("row({})").format(SQL(", ").join(Identifier(relation, name) for name in columns))
