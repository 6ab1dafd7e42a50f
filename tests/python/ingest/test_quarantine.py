"""Rows in quarantine: loaded again once the contract or the rows were mended, never lost."""

from decimal import Decimal

import pytest

from ingest import tables
from ingest.replay import replay_table

HEADER = "item_id,name,price,sold_on\n"
MEND = 'update raw_ingest.quarantine set payload = payload || \'{"price": "2.50"}\''
ITEMS = "select item_id, name, price, _source_file from raw_test.items order by 1, 2"
MODES = pytest.mark.parametrize(
    "settings",
    [{"mode": "replace"}, {"mode": "merge"}, {"mode": "append", "key": ()}],
    ids=["replace", "merge", "append"],
)


@MODES
def test_a_mended_row_is_replayed(warehouse, declare, write, settings) -> None:
    table = declare(**settings)
    path = write(HEADER + "1,Hat,1,\n2,Cap,cheap,2025-01-02\n")
    warehouse.load(table)
    warehouse.connection.execute(MEND)
    result = replay_table(table)
    assert (result.read, result.loaded, result.quarantined) == (1, 1, 0)
    assert warehouse.rows(ITEMS) == [
        (1, "Hat", Decimal(1), "items.csv"),
        (2, "Cap", Decimal("2.50"), "items.csv"),
    ]
    assert warehouse.quarantine() == []
    # it is as old as the file that it came from, and its audit row says how it came
    extracted = warehouse.rows(
        "select distinct extract(epoch from _extracted_at) from raw_test.items"
    )
    assert [float(at) for (at,) in extracted] == [pytest.approx(path.stat().st_mtime, abs=1e-3)]
    assert warehouse.last_load()["mode"] == "replay"
    assert warehouse.load(table).status == "unchanged"


@MODES
def test_a_row_that_is_still_bad_stays(warehouse, declare, write, settings) -> None:
    table = declare(**settings)
    write(HEADER + "1,Hat,1,\n2,Cap,cheap,\n")
    warehouse.load(table)
    before = warehouse.quarantine()
    result = replay_table(table)
    assert (result.read, result.loaded, result.quarantined) == (1, 0, 1)
    assert warehouse.quarantine() == before
    assert len(warehouse.rows(ITEMS)) == 1


def test_replaying_nothing_does_nothing(warehouse, declare) -> None:
    tables.ensure(warehouse.connection, [declare()])
    assert replay_table(declare()).status == "unchanged"
    assert warehouse.rows("select count(*) from raw_ingest.loads") == [(0,)]


def test_a_mended_contract_takes_the_rows_that_the_old_one_refused(
    warehouse, declare, write
) -> None:
    write("item_id,name\n1,Hat\n2,Cap\n2,Second cap\n")
    warehouse.load(declare("item_id bigint, name text", mode="merge"))
    assert warehouse.quarantine()[0][1] == "repeats the key of another row: item_id=2"
    warehouse.connection.execute(
        "alter table raw_test.items drop constraint items_pkey, add primary key (item_id, name)"
    )
    mended = declare("item_id bigint, name text", mode="merge", key=("item_id", "name"))
    assert replay_table(mended).loaded == 1
    assert warehouse.rows("select name from raw_test.items order by 1") == [
        ("Cap",), ("Hat",), ("Second cap",),
    ]  # fmt: skip


def test_an_unreadable_record_is_split_again(warehouse, declare, write) -> None:
    table = declare(mode="append", key=())
    write(HEADER + "1,Hat,1,\n2,Cap,2\n")
    warehouse.load(table)
    assert warehouse.quarantine()[0][1:] == (
        "has 3 fields where the header names 4 columns", {"record": "2,Cap,2\n"},
    )  # fmt: skip
    warehouse.connection.execute(
        "update raw_ingest.quarantine set payload = jsonb_build_object('record', '2,\"Cap\",2,')"
    )
    assert replay_table(table).loaded == 1
    assert warehouse.rows(ITEMS)[1] == (2, "Cap", Decimal(2), "items.csv")


def test_an_old_row_does_not_take_the_place_of_a_newer_one(warehouse, declare, write) -> None:
    table = declare(mode="merge")
    write(HEADER + "1,Hat,1,\n2,Old,cheap,\n", "items_1.csv")
    warehouse.load(table)
    write(HEADER + "2,New,3,\n", "items_2.csv")
    warehouse.load(table)
    warehouse.connection.execute(MEND)
    assert (replay_table(table).loaded, len(warehouse.quarantine())) == (0, 1)
    assert warehouse.quarantine()[0][1] == "the key is held by a row that is as new: item_id=2"
    assert warehouse.rows(ITEMS)[1][1] == "New"


def test_files_of_one_transaction_follow_each_other(warehouse, declare, write) -> None:
    for day in range(5):
        write(HEADER + f"1,Day {day},{day},\n{day + 10},Other,1,\n1,Again,1,\n", f"items_{day}.csv")
    result = warehouse.load(declare(mode="merge"))
    assert (result.read, result.loaded, result.quarantined) == (15, 10, 5)
    assert warehouse.rows(ITEMS)[0] == (1, "Day 4", Decimal(4), "items_4.csv")
    assert warehouse.rows("select count(*) from raw_ingest.loads") == [(5,)]
    assert warehouse.load(declare(mode="merge")).status == "unchanged"


def test_one_bad_file_does_not_hold_up_the_others(warehouse, declare, write) -> None:
    write(HEADER + "1,Hat,1,\n", "items_1.csv")
    write("item_id,name\n2,Cap\n", "items_2.csv")
    write(HEADER + "3,Bag,1,\n", "items_3.csv")
    result = warehouse.load(declare(mode="append", key=()))
    assert (result.status, result.loaded) == ("failed", 2)
    assert "items_2.csv lacks the declared columns price, sold_on" in result.notes[0]
    assert [row[0] for row in warehouse.rows(ITEMS)] == [1, 3]


def test_undeclared_columns_can_be_refused(warehouse, declare, write) -> None:
    write("item_id,name,price,sold_on,colour\n1,Hat,1,,red\n")
    result = warehouse.load(declare(undeclared="fail"))
    assert result.status == "failed"
    assert "items.csv has columns that are not declared: colour" in result.notes[0]
    assert warehouse.rows(ITEMS) == []
