"""Rows that are gone at a database: counted by ranges of keys, and looked for where counts differ.

A load that starts at a cursor does not see what was deleted. So source and raw table are counted,
both as of the load, and of a range that differs the keys are compared.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from psycopg import Connection, Rollback
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal
from psycopg.types.json import Jsonb

from ingest.contract import Column, Table
from ingest.forms import family_of
from ingest.gone import delete_gone
from ingest.landing import Stamp
from ingest.readers import Source
from warehouse.errors import UsageError

# so many keys make a range
BITS = 16
# more than this share, and more rows than these, do not vanish in a day: a source is broken
MOST_GONE, FEW = 0.1, 100


class Outcome(NamedTuple):
    """How many rows were deleted, and what a user should know of those that were not."""

    deleted: int
    note: str = ""


def settle(
    connection: Connection, table: Table, stamp: Stamp, source: Source, is_whole: bool
) -> Outcome:
    """Delete the raw rows that the source has no more, and write down what both sides count.

    Args:
        connection: in the load's transaction, with its rows in the raw table.
        table: the declared table, which has a key.
        stamp: of the load.
        source: what the rows were read from.
        is_whole: whether all rows were read, so that those that are gone are deleted already.
    """
    raw = Identifier(table.schema, table.name)
    own = SQL("where _source_file = {}").format(Literal(stamp.source_file))

    def here(column: Column) -> Composable:
        return Identifier(column.name)

    def there(column: Column) -> Composable:
        return Identifier(source.names[column.name])

    outcome = Outcome(0)
    policy = table.options.get("deletions", "follow")
    if policy not in ("follow", "keep"):
        raise UsageError(f'{table.file}: {table}: deletions "{policy}" should be follow or keep.')
    if policy == "follow" and not is_whole:
        counted = _ranges(source.connection, table, source.place, there, SQL(""))
        found = _ranges(connection, table, raw, here, own)
        differing = [number for number, count in found.items() if counted.get(number) != count]
        if differing:
            _copy_keys(connection, table, source, there, differing)
            held = sum(count for count, *_ in found.values())
            outcome = _delete(connection, table, stamp, raw, own, here, differing, held)
    numbers = [
        column
        for column in table.columns
        if column.name in source.numbers
        and column.name not in table.key
        # of what is forgotten the source may still have more, and it adds up to nothing
        and not column.personal
        and family_of(column.type) in ("integer", "numeric")
    ]
    stated = _totals(source.connection, numbers, source.place, there, SQL(""))
    held_now = _totals(connection, numbers, raw, here, own)
    connection.execute(
        "insert into raw_ingest.counts (load_id, source_rows, raw_rows, source_sums, raw_sums)"
        " values (%s, %s, %s, %s, %s)",
        [stamp.load_id, stated[0], held_now[0], Jsonb(stated[1]), Jsonb(held_now[1])],
    )
    return outcome


def _range(table: Table, name: Callable[[Column], Composable]) -> Composable:
    """Return the number of the range that a row's key is in, as SQL."""
    for column in map(table.column, table.key):
        if family_of(column.type) == "integer":
            return SQL("cast({} as bigint) >> {}").format(name(column), Literal(BITS))
    return SQL("cast(0 as bigint)")


def _ranges(
    connection: Connection,
    table: Table,
    place: Composable,
    name: Callable[[Column], Composable],
    condition: Composable,
) -> dict[int, tuple[Any, ...]]:
    """Return by the number of each range how many keys it has, and what tells them from others."""
    keys = [table.column(key) for key in table.key]
    if len(keys) == 1 and family_of(keys[0].type) == "integer":
        number = SQL("cast({} as numeric)").format(name(keys[0]))
        mark: Composed = SQL("sum({0}), sum({0} * {0})").format(number)
    else:
        texts = SQL(", ").join(
            SQL("cast(cast({} as {}) as text)").format(name(key), SQL(key.type)) for key in keys
        )
        mark = SQL(
            "sum(cast(cast('x' || left(md5(concat_ws('|', {})), 15) as bit(60)) as bigint)), 0"
        ).format(texts)
    query = SQL("select {}, count(*), {} from {} {} group by 1").format(
        _range(table, name), mark, place, condition
    )
    return {number: tuple(marks) for number, *marks in connection.execute(query)}


def _copy_keys(
    connection: Connection,
    table: Table,
    source: Source,
    there: Callable[[Column], Composable],
    ranges: list[int],
) -> None:
    """Copy the keys that the source has in some ranges, as text, into a temporary table."""
    keys = [table.column(key) for key in table.key]
    columns = SQL(", ").join(SQL("{} text").format(Identifier(key.name)) for key in keys)
    connection.execute(SQL("create temporary table present ({}) on commit drop").format(columns))
    query = SQL("copy (select {} from {} where {} = any ({})) to stdout").format(
        SQL(", ").join(map(there, keys)), source.place, _range(table, there), Literal(ranges)
    )
    with (
        source.connection.cursor().copy(query) as rows,
        connection.cursor().copy("copy pg_temp.present from stdin") as copy,
    ):
        for row in rows:
            copy.write(row)
    connection.execute("analyze pg_temp.present")


def _delete(
    connection: Connection,
    table: Table,
    stamp: Stamp,
    raw: Composable,
    own: Composable,
    here: Callable[[Column], Composable],
    ranges: list[int],
    held: int,
) -> Outcome:
    """Delete the raw rows of some ranges whose keys were not copied, if they are not too many."""
    same = SQL(" and ").join(
        # the source may hold a key that is none, whose row is in quarantine
        SQL(
            "raw.{0} = case when pg_input_is_valid(present.{0}, {1})"
            " then cast(present.{0} as {2}) end"
        ).format(Identifier(key.name), Literal(key.type), SQL(key.type))
        for key in map(table.column, table.key)
    )
    delete = SQL(
        "delete from {} as raw {} and {} = any ({})"
        # read apart from the raw rows, which may be on other nodes
        " and not exists (select from (select * from pg_temp.present) as present where {})"
    ).format(raw, own, _range(table, here), Literal(ranges), same)
    with connection.transaction() as deleting:
        count = delete_gone(connection, table, stamp, delete)
        if count <= FEW or count <= MOST_GONE * held:
            return Outcome(count)
        raise Rollback(deleting)
    return Outcome(
        0,
        f"{table}: {count:,} of {held:,} rows are gone at the source, more than a tenth; they"
        f" were kept. If they were deleted there: python -m ingest load --full {table}\nIf the"
        f" source forgets old rows, set deletions: keep in {table.file}.",
    )


def _totals(
    connection: Connection,
    numbers: list[Column],
    place: Composable,
    name: Callable[[Column], Composable],
    condition: Composable,
) -> tuple[int, dict[str, str | None]]:
    """Return how many rows there are, and the sum of each column of numbers, as text."""
    sums = [
        SQL("cast(sum(cast({} as numeric)) as text)").format(name(number)) for number in numbers
    ]
    query = SQL("select {} from {} {}").format(
        SQL(", ").join([SQL("count(*)"), *sums]), place, condition
    )
    [(count, *found)] = connection.execute(query)
    return count, dict(zip((number.name for number in numbers), found, strict=True))
