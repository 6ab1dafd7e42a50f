"""CSV files: good ones are loaded as they are, bad rows go to quarantine, nothing is lost."""

import datetime
from decimal import Decimal

import pytest

from ingest.readers.csv_files import STRAY

HEADER = "item_id,name,price,sold_on\n"

GOOD = 'item_id,name,price,sold_on\n1,Jacket,20.10,2025-01-31\n2,"Boots, black",3.3333,\n'


def test_rows_arrive_typed_and_unrounded(warehouse, declare, write) -> None:
    write(GOOD)
    result = warehouse.load(declare())
    assert (result.status, result.read, result.loaded, result.quarantined) == ("loaded", 2, 2, 0)
    assert warehouse.rows(
        "select item_id, name, price, sold_on from raw_test.items order by 1"
    ) == [
        (1, "Jacket", Decimal("20.10"), datetime.date(2025, 1, 31)),
        (2, "Boots, black", Decimal("3.3333"), None),
    ]


def test_every_row_says_where_it_comes_from(warehouse, declare, write) -> None:
    path = write(GOOD)
    warehouse.load(declare())
    load = warehouse.last_load()
    found = warehouse.rows(
        "select distinct _load_id, _source_file, extract(epoch from _extracted_at)::float8"
        " from raw_test.items"
    )
    assert found == [(load["load_id"], "items.csv", pytest.approx(path.stat().st_mtime, abs=1e-3))]
    assert (load["rows_read"], load["rows_loaded"], load["bytes_read"]) == (2, 2, len(GOOD))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("3,Hat,cheap,2025-01-01", 'price is not numeric: "cheap"'),
        ("x,Hat,1,2025-01-01", 'item_id is not bigint: "x"'),
        ("3,Hat,1,2025-02-30", 'sold_on is not date: "2025-02-30"'),
        ("3,Hat,1,01/02/2025", 'sold_on is not date: "01/02/2025"'),
        ("99999999999999999999,Hat,1,", 'item_id is not bigint: "99999999999999999999"'),
        ("3,Hat", "has 2 fields where the header names 4 columns"),
        ("3,Hat,1,2025-01-01,more", "has 5 fields where the header names 4 columns"),
        (",Hat,1,2025-01-01", "the key is empty: item_id=(empty)"),
    ],
)
def test_a_bad_row_is_quarantined_with_its_reason(warehouse, declare, write, row, reason) -> None:
    write(GOOD + row + "\n")
    result = warehouse.load(declare())
    assert (result.status, result.read, result.loaded, result.quarantined) == ("loaded", 3, 2, 1)
    assert [reason_ for _, reason_, _ in warehouse.quarantine()] == [reason]


def test_quarantine_keeps_line_and_payload(warehouse, declare, write) -> None:
    write('item_id,name,price,sold_on\n1,"two\nlines",1,\n\n3,Hat,cheap,2025-01-01\n4,Cap,2,\n')
    assert warehouse.load(declare()).loaded == 2
    payload = {"item_id": "3", "name": "Hat", "price": "cheap", "sold_on": "2025-01-01"}
    assert warehouse.quarantine() == [("5", 'price is not numeric: "cheap"', payload)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"3,\xff\xfe,1,", "is not UTF-8; declare its encoding, such as windows-1252"),
        (b"3,a\x00b,1,", "holds a NUL character"),
        (b"3,a\x00\xff,1,", "holds a NUL character"),
        (b'3,"never closed,1,', STRAY),
    ],
)
def test_a_row_that_is_no_text_keeps_its_bytes(warehouse, declare, write, row, reason) -> None:
    write(GOOD.encode() + row)
    result = warehouse.load(declare())
    assert (result.loaded, result.quarantined) == (2, 1)
    [(position, found, payload)] = warehouse.quarantine()
    assert (position, found) == ("4", reason)
    assert payload["record"].startswith("3,")


def test_byte_order_mark_padded_names_and_windows_lines(warehouse, declare, write) -> None:
    text = "\ufeffitem_id , Name, price ,sold_on\r\n1,Jacket,20.10,2025-01-31\r\n"
    write(text)
    assert warehouse.load(declare()).loaded == 1
    assert warehouse.rows("select name, price from raw_test.items") == [
        ("Jacket", Decimal("20.10"))
    ]


def test_blank_lines_are_no_rows(warehouse, declare, write) -> None:
    write(GOOD + "\n\n  \n")
    result = warehouse.load(declare())
    assert (result.read, result.loaded, result.quarantined) == (2, 2, 0)


def test_columns_in_another_order(warehouse, declare, write) -> None:
    write("price,sold_on,item_id,name\n1.5,,7,Hat\n")
    warehouse.load(declare())
    assert warehouse.rows("select item_id, name, price from raw_test.items") == [
        (7, "Hat", Decimal("1.5"))
    ]


def test_a_missing_column_is_named_and_the_last_good_rows_stay(warehouse, declare, write) -> None:
    write(GOOD)
    warehouse.load(declare())
    write("item_id,name,sold_on\n9,Hat,\n")
    result = warehouse.load(declare())
    assert result.status == "failed"
    assert (
        "items.csv lacks the declared column price. It has: item_id, name, sold_on"
        in result.notes[0]
    )
    assert warehouse.rows("select count(*) from raw_test.items") == [(2,)]
    assert (warehouse.last_load()["status"], warehouse.last_load()["rows_read"]) == ("failed", 0)


def test_an_undeclared_column_is_reported_and_left_out(warehouse, declare, write) -> None:
    write("item_id,name,price,sold_on,internal_note\n1,Hat,1,,secret\n2,Cap,x,,kept\n")
    result = warehouse.load(declare(max_quarantined=0.5))
    assert (result.loaded, result.quarantined) == (1, 1)
    assert result.notes == ["test.items: items.csv: not declared, so left out: internal_note"]
    assert warehouse.last_load()["message"] == "not declared, so left out: internal_note"
    assert warehouse.quarantine()[0][2]["internal_note"] == "kept"


def test_a_repeated_row_is_loaded_once(warehouse, declare, write) -> None:
    write(GOOD + "1,Jacket,20.10,2025-01-31\n1,Jacket,19.00,2025-01-31\n")
    result = warehouse.load(declare())
    assert (result.read, result.loaded, result.quarantined) == (4, 2, 2)
    assert [(position, reason) for position, reason, _ in warehouse.quarantine()] == [
        ("item_id=1", "repeats a row: item_id=1"),
        ("item_id=1", "repeats the key of another row: item_id=1"),
    ]
    assert warehouse.rows("select price from raw_test.items where item_id = 1") == [
        (Decimal("20.10"),)
    ]


def test_the_same_column_twice_is_refused(warehouse, declare, write) -> None:
    write("item_id,name,price,sold_on,price\n1,Hat,1,,2\n")
    result = warehouse.load(declare())
    assert result.status == "failed"
    assert 'has the column "price" twice' in result.notes[0]


@pytest.mark.parametrize(
    "text",
    [
        "item_id,name,price,sold_on\r1,Hat,1,\r2,Cap,2,\r",
        "item_id,name,price,sold_on\r1,Hat,1,\n2,Cap,2,\n",
    ],
    ids=["all lines", "the header"],
)
def test_lines_that_end_in_a_carriage_return_are_refused(warehouse, declare, write, text) -> None:
    write(GOOD)
    warehouse.load(declare())
    write(text)
    result = warehouse.load(declare())
    assert result.status == "failed"
    assert "items.csv: a line ends in CR alone. Save the file with LF or CRLF" in result.notes[0]
    assert warehouse.rows("select count(*) from raw_test.items") == [(2,)]


@pytest.mark.parametrize("separator", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_only_line_ends_end_the_header(warehouse, declare, write, separator) -> None:
    write(f'item_id,name,price,sold_on,"a{separator}b"\n1,Hat,1,,\n2,Cap,x,,\n')
    result = warehouse.load(declare(max_quarantined=0.5))
    assert (result.read, result.loaded) == (2, 1)
    assert [row[0] for row in warehouse.quarantine()] == ["3"]


def test_a_header_that_is_no_csv_is_refused(warehouse, declare, write) -> None:
    write('item_id,name,price,"sold_on\n1,Hat,1,\n')
    assert "items.csv" in warehouse.load(declare()).notes[0]


def test_an_empty_file_is_refused(warehouse, declare, write) -> None:
    write("")
    assert "the first line is empty" in warehouse.load(declare()).notes[0]


def test_mostly_rubbish_is_refused_and_changes_nothing(warehouse, declare, write) -> None:
    write(GOOD)
    warehouse.load(declare())
    write("item_id,name,price,sold_on\n1,Hat,1,\n2,Cap,x,\n3,Tie,y,\n")
    result = warehouse.load(declare())
    assert result.status == "failed"
    assert "2 of 3 rows break the contract" in result.notes[0]
    assert 'items.csv, 3: price is not numeric: "x"' in result.notes[0]
    assert warehouse.rows("select count(*) from raw_test.items") == [(2,)]
    assert warehouse.quarantine() == []


def test_hostile_names_and_values_are_data(warehouse, declare, write) -> None:
    evil = "'; drop table raw_test.items; --"
    write(f'item_id,name,price,sold_on,"{evil}"\n1,{evil},1,,{evil}\n2,a,{evil},,\n3,b,1,,\n')
    result = warehouse.load(declare())
    assert (result.status, result.loaded, result.quarantined) == ("loaded", 2, 1)
    assert warehouse.rows("select name from raw_test.items where item_id = 1") == [(evil,)]


def test_semicolons_and_an_unknown_location(warehouse, declare, write, tmp_path) -> None:
    write("item_id;name;price;sold_on\n1;Hat;1.5;\n")
    assert warehouse.load(declare(options={"delimiter": ";"})).loaded == 1
    result = warehouse.load(declare(location=str(tmp_path / "gone")))
    assert result.status == "failed"
    assert "Set TEST_LOCATION to a folder, a file or a glob" in result.notes[0]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_bad_rows_are_found_among_records_of_many_lines(warehouse, declare, write, end) -> None:
    rows = [f'{n},"two\nlines, {n}",{"x" if n % 10 == 0 else n},' for n in range(1, 1001)]
    write((HEADER + "\n".join(rows)).replace("\n", end).encode())
    result = warehouse.load(declare(), full=True)
    assert (result.loaded, result.quarantined) == (900, 100)
    assert warehouse.quarantine()[0] == (
        "20", 'price is not numeric: "x"',
        {"item_id": "10", "name": f"two{end}lines, 10", "price": "x", "sold_on": None},
    )  # fmt: skip


def test_a_line_that_ends_the_data_for_older_servers_is_a_row(warehouse, declare, write) -> None:
    write('note,item_id\na,1\n\\.,2\n"x\n\\.\n",3\nb,4\n')
    table = declare("item_id bigint, note text")
    assert warehouse.load(table).loaded == 4
