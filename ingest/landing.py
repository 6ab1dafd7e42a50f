"""The landing: where a load's rows are gathered and checked before they become the raw table's."""

from datetime import datetime
from typing import NamedTuple

from psycopg import Connection
from psycopg import errors as pg
from psycopg.sql import SQL, Composable, Identifier, Literal

from ingest import exports, quarantine
from ingest.contract import Column, Table
from ingest.gone import delete_gone
from ingest.readers import Batch
from ingest.tables import METADATA, partition_name
from warehouse.errors import UserError


class Landing(NamedTuple):
    """Where the rows of one load are gathered.

    Attributes:
        table: the declared table.
        place: the relation as SQL: a new partition, a temporary table, or the raw table itself.
        partition: the new partition's name; empty unless the table is replaced.
        is_bare: whether it has the declared columns only, until `label` adds the metadata.
        is_compared: whether its rows will be compared with those that are there.
    """

    table: Table
    place: Composable
    partition: str = ""
    is_bare: bool = False
    is_compared: bool = False


class Stamp(NamedTuple):
    """What each row of a batch says of where it came from."""

    load_id: int
    source_file: str
    extracted_at: datetime


def make(connection: Connection, table: Table, load_id: int, is_one: bool) -> Landing:
    """Make the landing that fits the table's mode.

    Args:
        connection: in the load's transaction.
        table: the declared table.
        load_id: names a new partition.
        is_one: whether one batch only will be loaded into it.
    """
    if table.mode == "append":
        return Landing(table, Identifier(table.schema, table.name))
    if table.mode == "merge":
        return make_beside(connection, table)
    partition = partition_name(table, load_id)
    place = Identifier(table.schema, partition)
    is_compared = exports.is_comparable(connection, table)
    if is_one:
        definitions = [SQL("{} {}").format(Identifier(c.name), SQL(c.type)) for c in table.columns]
    else:
        raw = Identifier(table.schema, table.name)
        definitions = [SQL("like {} including defaults").format(raw)]
    connection.execute(
        SQL("create {}table {} ({})").format(
            # it will be dropped, as most of an export is as it was
            SQL("unlogged " if is_compared else ""),
            place,
            SQL(", ").join(definitions),
        )
    )
    return Landing(table, place, partition, is_bare=is_one, is_compared=is_compared)


def make_beside(connection: Connection, table: Table) -> Landing:
    """Make a landing whose rows are to be added to the raw table, for this transaction only."""
    place = Identifier("pg_temp", "landing")
    connection.execute(
        SQL("create temporary table landing (like {} including defaults) on commit drop").format(
            Identifier(table.schema, table.name)
        )
    )
    for name in table.key:
        # rows without a key are for quarantine, not for COPY to stumble over
        loosen = SQL("alter table {} alter column {} drop not null")
        connection.execute(loosen.format(place, Identifier(name)))
    return Landing(table, place)


def mark(connection: Connection, landing: Landing, stamp: Stamp) -> None:
    """Set what the metadata columns of the coming rows say."""
    values = {
        "load_id": str(stamp.load_id),
        "source_file": stamp.source_file,
        "extracted_at": stamp.extracted_at.isoformat(),
    }
    connection.execute(
        SQL("select {}").format(
            SQL(", ").join(
                SQL("set_config({}, {}, true)").format(Literal(f"ingest.{name}"), Literal(value))
                for name, value in values.items()
            )
        )
    )
    if landing.table.mode != "append" and not landing.is_bare:
        # a constant costs a copied row less than asking for a setting
        changes = SQL(", ").join(
            SQL("alter column {} set default {}").format(Identifier(f"_{name}"), Literal(value))
            for name, value in values.items()
        )
        connection.execute(SQL("alter table {} {}").format(landing.place, changes))


def label(connection: Connection, landing: Landing) -> None:
    """Add the metadata columns to a bare landing, by defaults that are not written to any row."""
    if landing.is_bare:
        additions = [
            SQL("add column {} {}").format(Identifier(name), SQL(definition))
            for name, definition in METADATA.items()
        ]
        connection.execute(
            SQL("alter table {} {}").format(landing.place, SQL(", ").join(additions))
        )


def match(table: Table, batch: Batch, found: list[str]) -> list[Column | None]:
    """Return for each column found the declared one, or none if it is not declared.

    Names are compared without regard to case and to blanks around them.

    Raises:
        UserError: a declared column is missing or stands twice.
    """
    names_found = [name.strip().casefold() for name in found]
    declared = {column.source_name.strip().casefold(): column for column in table.columns}
    missing = [column.source_name for key, column in declared.items() if key not in names_found]
    if missing:
        raise UserError(
            f"{table}: {batch.name} lacks the declared column"
            f"{'s' if len(missing) > 1 else ''} {', '.join(missing)}. It has: {', '.join(found)}.\n"
            f"Nothing was changed. Mend the export, or the declaration in {table.file}."
        )
    twice = [name for name in declared if names_found.count(name) > 1]
    if twice:
        raise UserError(
            f'{table}: {batch.name} has the column "{twice[0]}" twice, so it is not clear which'
            " is meant. Nothing was changed. Rename one of them."
        )
    return [declared.get(name) for name in names_found]


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
    repeated = quarantine.take_repeats(connection, table, landing.place)
    if table.mode == "merge":
        # a later file's version of a row takes the place of an earlier one's
        connection.execute(
            SQL(
                "delete from {landing} as landing using {landing} as later"
                " where ({ours}) = ({theirs}) and landing._load_id < later._load_id"
            ).format(
                landing=landing.place,
                ours=SQL(", ").join(Identifier("landing", name) for name in table.key),
                theirs=SQL(", ").join(Identifier("later", name) for name in table.key),
            )
        )
    connection.execute(add_key)
    return repeated


def publish(
    connection: Connection, landing: Landing, stamp: Stamp, is_whole: bool
) -> tuple[int, int]:
    """Make the landing's rows the raw table's.

    Args:
        connection: in the load's transaction.
        landing: filled, with its key enforced.
        stamp: of the load's last batch.
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
        return exports.replace(connection, landing, stamp)
    changed = upsert(connection, landing, raw)
    [(total,)] = connection.execute(SQL("select count(*) from {}").format(landing.place))
    deleted = 0
    if is_whole:
        deleted = delete_gone(
            connection, table, stamp,
            SQL(
                "delete from {raw} as raw"
                " where _source_file = current_setting('ingest.source_file')"
                # read apart from the raw rows, which may be on other nodes than the landing
                " and not exists (select from (select * from {landing}) as landing"
                " where ({ours}) = ({theirs}))"
            ).format(
                raw=raw,
                landing=landing.place,
                ours=SQL(", ").join(Identifier("raw", name) for name in table.key),
                theirs=SQL(", ").join(Identifier("landing", name) for name in table.key),
            ),
        )  # fmt: skip
    return total - changed, deleted


def upsert(connection: Connection, landing: Landing, target: Identifier) -> int:
    """Add the landing's rows to a relation, by key if there is one; return how many it changed."""
    table = landing.table
    every = [column.name for column in table.columns] + list(METADATA)
    insert = SQL("insert into {target} as raw ({every}) select {every} from {landing}").format(
        target=target,
        every=SQL(", ").join(map(Identifier, every)),
        landing=landing.place,
    )
    if table.key:
        insert += SQL(
            " on conflict ({key}) do update set {updates}"
            " where ({present}) is distinct from ({new})"
        ).format(
            key=SQL(", ").join(map(Identifier, table.key)),
            updates=SQL(", ").join(
                SQL("{0} = excluded.{0}").format(Identifier(name)) for name in every
            ),
            present=SQL(", ").join(Identifier("raw", c.name) for c in table.columns),
            new=SQL(", ").join(Identifier("excluded", c.name) for c in table.columns),
        )
    return connection.execute(insert).rowcount
