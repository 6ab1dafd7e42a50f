"""Rows that are committed late, behind the cursor, are picked up by the next load."""

from dataclasses import asdict, replace

import psycopg
import pytest
from crash.cases import CASES
from crash.loaders import Task, load
from crash.stage import connect

from ingest import tables
from ingest.books import Result


def add(connection: psycopg.Connection, number: int) -> None:
    """Insert a row whose number and time grow together."""
    connection.execute(
        "insert into items values (%(n)s, 'item', 1, '2026-01-01',"
        " timestamptz '2026-01-01 00:00Z' + %(n)s * interval '1 s')",
        {"n": number},
    )


@pytest.mark.parametrize(("cursor", "lookback"), [("updated_at", "75 seconds"), ("item_id", 75)])
def test_a_late_commit_behind_the_cursor_is_loaded_next(postgres, cursor, lookback) -> None:
    table = replace(
        CASES["postgres merge"].table("postgresql:///late"),
        cursor=cursor,
        options={"lookback": lookback},
    )
    postgres.create("late")
    postgres.create("thinkthrift")

    def load_now() -> Result:
        return Task(postgres.environment(), load, table).result()

    with (
        connect({**asdict(postgres), "dbname": "late"}) as slow,
        connect({**asdict(postgres), "dbname": "late"}) as fast,
        connect({**asdict(postgres), "dbname": "thinkthrift"}) as warehouse,
    ):
        tables.ensure(warehouse, [table])
        fast.execute(
            "create table items (item_id bigint, name text, price numeric, sold_on date,"
            " updated_at timestamptz)"
        )
        for number in (1, 500):
            add(fast, number)
        slow.execute("begin")
        add(slow, 550)
        add(fast, 600)
        assert load_now().loaded == 3
        numbers = "select array_agg(item_id order by item_id) from raw_test.items"
        assert warehouse.execute(numbers).fetchone()[0] == [1, 500, 600]
        slow.execute("commit")
        # it looks back, but not to the beginning
        result = load_now()
        assert (result.read, result.unchanged) == (2, 1)
        assert warehouse.execute(numbers).fetchone()[0] == [1, 500, 550, 600]
        # and the cursor does not go back to the late row
        cursors = "select cursor_before, cursor_after from raw_ingest.loads order by load_id desc"
        before, after = warehouse.execute(cursors).fetchone()
        assert before == after
        assert load_now().read == 2
