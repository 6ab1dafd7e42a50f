"""Full exports one after the other: what is as it was keeps its load, whatever the others do."""

import os
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HEADER = "item_id,name,price,sold_on\n"
ROWS = "select item_id, name, price::text, _load_id from raw_test.items order by 1"
ITEMS = st.dictionaries(
    st.integers(1, 12), st.tuples(st.sampled_from("ab"), st.sampled_from(["5.0", "5.00", "", "7"]))
)
Row = tuple[int, str, str | None, int]


@pytest.fixture
def export(warehouse, declare, write):
    """Load an export of some items; days say when it was written, the next one by default."""
    days: Iterator[int] = count(1)

    def load(items: dict[int, tuple[str, str]], day: int | None = None):
        text = "".join(f"{key},{name},{price},\n" for key, (name, price) in items.items())
        path = write(HEADER + text)
        at = 1_700_000_000 + 86_400 * (next(days) if day is None else day)
        os.utime(path, (at, at))
        result = warehouse.load(declare(), full=True)
        assert result.status == "loaded", result.notes
        return result

    return load


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(exports=st.lists(ITEMS.filter(bool), min_size=2, max_size=5))
def test_only_what_is_new_or_different_is_of_the_new_load(warehouse, export, exports) -> None:
    held: dict[int, Row] = {row[0]: row for row in held_rows(warehouse)}
    for items in exports:
        result = export(items)
        load_id = warehouse.last_load()["load_id"]
        wanted: dict[int, Row] = {}
        for key, (name, price) in items.items():
            row = held.get(key)
            is_same = row is not None and row[1:3] == (name, price or None)
            wanted[key] = row if is_same else (key, name, price or None, load_id)
        assert held_rows(warehouse) == [wanted[key] for key in sorted(wanted)]
        gone = warehouse.rows(
            "select (row_key ->> 0)::int, payload ->> 'name', payload ->> 'price'"
            " from raw_ingest.changes where operation = 'delete' and load_id = %s order by 1",
            load_id,
        )
        left = sorted(held.keys() - items.keys())
        assert [row[:2] for row in gone] == [held[key][:2] for key in left]
        kept = sum(wanted[key] is held.get(key) for key in wanted)
        assert (result.unchanged, result.deleted) == (kept, len(left)) or not held
        held = wanted


def held_rows(warehouse) -> list[Row]:
    is_there = warehouse.rows("select to_regclass('raw_test.items') is not null")[0][0]
    return warehouse.rows(ROWS) if is_there else []


def test_after_an_older_export_everything_is_said_anew(warehouse, export) -> None:
    export({1: ("a", "1"), 2: ("a", "1")}, day=5)
    export({1: ("b", "1"), 2: ("a", "1")}, day=3)
    export({1: ("b", "1"), 2: ("a", "1"), 3: ("a", "1")}, day=6)
    days = "select distinct (extract(epoch from _extracted_at) - 1700000000)::int / 86400"
    assert warehouse.rows(f"{days} from raw_test.items") == [(6,)]


def test_a_full_export_that_is_as_it_was_writes_no_row(warehouse, export) -> None:
    items = dict.fromkeys(range(1, 50), ("a", "1"))
    export(items)
    before = warehouse.rows("select ctid::text, tableoid, xmin::text from raw_test.items")
    export(items)
    assert warehouse.rows("select ctid::text, tableoid, xmin::text from raw_test.items") == before
    assert warehouse.rows(
        "select relname from pg_class where relnamespace = 'raw_test'::regnamespace"
        " and relkind = 'r'"
    ) == [("items__1",)]
    assert warehouse.rows("select count(distinct extracted_at) from raw_ingest.loads") == [(2,)]


def test_an_export_of_other_rows_is_kept_when_the_server_crashes(warehouse, export) -> None:
    export({1: ("a", "1"), 2: ("a", "1")})
    export({1: ("a", "1"), 8: ("a", "1"), 9: ("a", "1")})
    # what is not logged would be empty after a crash
    assert warehouse.rows(
        "select relpersistence from pg_class where relnamespace = 'raw_test'::regnamespace"
        " and relkind = 'r'"
    ) == [("p",)]
