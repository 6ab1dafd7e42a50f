"""Rows that are gone at a database leave the raw table, unless the source seems broken."""

import random
from datetime import datetime, timedelta, timezone

import psycopg
import pytest

from ingest import census

START = datetime(2025, 1, 1, tzinfo=timezone.utc)
# the key's columns, and the key of the row of a number
KEYS = {
    "a number": (["item_id bigint"], lambda n: [n]),
    "numbers far apart": (["item_id bigint"], lambda n: [(n - 50) * 10**15]),
    "a text": (["item_id text"], lambda n: [f"a\tb\\{n:x}é"]),
    "a store and a number": (["store_id text", "item_id integer"], lambda n: [f"S{n % 3}", n // 3]),
    "a time and a number": (
        ["sold_at timestamptz", "price numeric"],
        lambda n: [START + timedelta(hours=n), f"{n / 8:.3f}"],
    ),
    "a uuid": (["item_id uuid"], lambda n: [f"00000000-0000-0000-0000-{n:012x}"]),
}


@pytest.fixture(params=KEYS)
def items(request, postgres, warehouse, declare):
    """A source's table with a key of some kind, its declaration, and what makes a key."""
    columns, key = KEYS[request.param]
    names = [column.split()[0] for column in columns]
    postgres.create("items_source")
    table = declare(
        ", ".join([*columns, "name text, amount numeric, changed_at timestamptz"]),
        key=tuple(names), reader="postgres", location="postgresql:///items_source", mode="merge",
        cursor="changed_at",
    )  # fmt: skip
    with psycopg.connect(postgres.conninfo("items_source"), autocommit=True) as connection:
        connection.execute(
            f"create table items ({', '.join(columns)}, name text, amount numeric,"
            f" changed_at timestamptz, primary key ({', '.join(names)}))"
        )
        yield connection, table, names, key


def insert(connection, key, numbers, changed=START) -> None:
    for number in numbers:
        values = [*key(number), f"row {number}", number, changed]
        connection.execute(f"insert into items values ({', '.join(['%s'] * len(values))})", values)


def test_after_random_days_the_raw_table_has_the_sources_keys(warehouse, items) -> None:
    connection, table, names, key = items
    draw = random.Random(7)
    there: set[int] = set()
    deleted = 0
    for day in range(6):
        new = {draw.randrange(400) for _ in range(60)} - there
        insert(connection, key, new, START + timedelta(days=day))
        gone = set(draw.sample(sorted(there), len(there) // 8))
        for number in gone:
            condition = " and ".join(f"{name} = %s" for name in names)
            connection.execute(f"delete from items where {condition}", key(number))
        there = (there | new) - gone
        result = warehouse.load(table)
        assert (result.status, result.deleted, result.notes) == ("loaded", len(gone), [])
        deleted += len(gone)
        chosen = ", ".join(names)
        found = warehouse.rows(f"select {chosen} from raw_test.items order by {chosen}")
        assert (
            found == connection.execute(f"select {chosen} from items order by {chosen}").fetchall()
        )
        assert warehouse.rows(
            "select source_rows, raw_rows, source_sums = raw_sums from raw_ingest.counts"
            " order by load_id desc limit 1"
        ) == [(len(there), len(there), True)]
    assert deleted
    assert warehouse.rows("select sum(rows_deleted) from raw_ingest.loads") == [(deleted,)]


PLAIN = pytest.mark.parametrize("items", ["a number"], indirect=True)


@PLAIN
def test_a_source_that_lost_many_rows_is_not_followed(warehouse, items) -> None:
    connection, table, _, key = items
    insert(connection, key, range(1000))
    warehouse.load(table)
    connection.execute("delete from items where item_id < 500")
    result = warehouse.load(table)
    assert (result.status, result.deleted) == ("loaded", 0)
    [note] = result.notes
    assert "500 of 1,000 rows are gone at the source" in note
    assert "load --full test.items" in note
    assert warehouse.rows("select source_rows, raw_rows from raw_ingest.counts"
                          " order by load_id desc limit 1") == [(500, 1000)]  # fmt: skip
    assert warehouse.load(table, full=True).deleted == 500


@PLAIN
def test_what_a_source_forgets_can_be_kept(warehouse, items, declare) -> None:
    connection, table, _, key = items
    insert(connection, key, range(20))
    table.options["deletions"] = "keep"
    warehouse.load(table)
    connection.execute("delete from items where item_id < 5")
    assert warehouse.load(table).deleted == 0
    table.options["deletions"] = "perhaps"
    result = warehouse.load(table)
    assert result.status == "failed"
    assert 'deletions "perhaps" should be follow or keep' in result.notes[0]


@PLAIN
def test_a_row_in_quarantine_is_not_taken_for_gone(warehouse, items) -> None:
    connection, table, _, key = items
    insert(connection, key, range(10))
    warehouse.load(table)
    connection.execute(
        "update items set amount = 'NaN', changed_at = '2025-02-01' where item_id = 3"
    )
    insert(connection, key, [10], START + timedelta(days=40))
    connection.execute("update items set amount = 'NaN' where item_id = 10")
    result = warehouse.load(table)
    assert (result.quarantined, result.deleted) == (2, 0)
    # the last good version of the one, and nothing of the other
    assert warehouse.rows("select count(*), sum(amount) from raw_test.items") == [(10, 45)]
    assert warehouse.rows("select source_rows, raw_rows from raw_ingest.counts"
                          " order by load_id desc limit 1") == [(11, 10)]  # fmt: skip


@PLAIN
def test_a_row_that_came_meanwhile_changes_nothing(warehouse, items, monkeypatch) -> None:
    """Both sides are counted as of the load's look at the source."""
    connection, table, _, key = items
    insert(connection, key, range(10))
    warehouse.load(table)
    settle = census.settle

    def later(*arguments):
        insert(connection, key, [11])
        connection.execute("delete from items where item_id = 4")
        return settle(*arguments)

    monkeypatch.setattr(census, "settle", later)
    assert warehouse.load(table).deleted == 0
    assert warehouse.rows("select source_rows, raw_rows from raw_ingest.counts"
                          " order by load_id desc limit 1") == [(10, 10)]  # fmt: skip
    monkeypatch.setattr(census, "settle", settle)
    assert warehouse.load(table).deleted == 1
