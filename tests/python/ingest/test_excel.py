"""Excel files: the stored values of a sheet's cells, with the type that the contract declares."""

import datetime as dt
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

COLUMNS = "item_id bigint, name text, price numeric, sold_on date"
HEADER = ["item_id", "name", "price", "sold_on"]


@pytest.fixture
def book(tmp_path):
    """Give a function that writes a workbook with a sheet of these rows."""

    def make(rows: list[list], title: str = "Sheet", epoch=CALENDAR_WINDOWS_1900) -> None:
        made = openpyxl.Workbook()
        made.epoch = epoch
        made.active.title = "first"
        sheet = made.active if title == "first" else made.create_sheet(title)
        for row in rows:
            sheet.append(row)
        made.save(tmp_path / "items.xlsx")

    return make


@pytest.mark.parametrize("epoch", [CALENDAR_WINDOWS_1900, CALENDAR_MAC_1904])
def test_cells_arrive_typed(warehouse, declare, book, epoch) -> None:
    day = dt.datetime(2024, 5, 11)
    book([HEADER, [1, "Hat", 12.5, day], [None] * 4, [2.0, 491234, "3.3333", None]], "first", epoch)
    assert warehouse.load(declare(COLUMNS, reader="excel")).loaded == 2
    assert warehouse.rows("select * from raw_test.items order by 1")[0][:4] == (
        1, "Hat", Decimal("12.5"), day.date(),
    )  # fmt: skip
    assert warehouse.rows("select name, price from raw_test.items where item_id = 2") == [
        ("491234", Decimal("3.3333"))
    ]


def test_a_sheet_and_a_header_row_are_declared(warehouse, declare, book) -> None:
    book([["Sales of May"], [], HEADER, [1, "Hat", "cheap", None], [2, "Cap", 1, None]], "May")
    table = declare(COLUMNS, reader="excel", options={"sheet": "May", "header_row": 3})
    result = warehouse.load(table)
    assert (result.loaded, result.quarantined) == (1, 1)
    assert warehouse.quarantine()[0][:2] == ("4", 'price is not numeric: "cheap"')
    assert "the sheet first is empty" in warehouse.load(declare(COLUMNS, reader="excel")).notes[0]
    [note] = warehouse.load(declare(COLUMNS, reader="excel", options={"sheet": "June"})).notes
    assert 'has no sheet "June". It has: first, May' in note


def test_a_cell_beyond_the_header_sets_its_row_aside(warehouse, declare, book) -> None:
    book([HEADER, [1, "Hat", 1, None, "more"], [2, "Cap", 1, None]], "first")
    result = warehouse.load(declare(COLUMNS, reader="excel"))
    assert (result.loaded, result.quarantined) == (1, 1)


def test_what_is_no_workbook_is_refused(warehouse, declare, tmp_path) -> None:
    (tmp_path / "items.xlsx").write_bytes(b"item_id,name\n1,Hat\n")
    [note] = warehouse.load(declare(COLUMNS, reader="excel")).notes
    assert note.startswith("items.xlsx: this is not a readable Excel file")


def test_an_archive_that_unpacks_to_much_more_is_refused(warehouse, declare, tmp_path) -> None:
    with zipfile.ZipFile(tmp_path / "items.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (300 << 20))
    [note] = warehouse.load(declare(COLUMNS, reader="excel")).notes
    assert "unpacks to more than 200 MB" in note
