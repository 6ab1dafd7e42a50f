"""Excel files: the cells of one sheet, with the values that their formulas had when stored."""

import contextlib
import zipfile
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, ZipError

from ingest.contract import Table
from ingest.readers import Batch, Past, Record, Stream
from ingest.readers.files import SourceFile, find_batches
from warehouse.errors import UsageError, UserError

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
BLOCK = 1 << 20
# a workbook is read as a whole: how much of it may come out of its archive
LARGEST = 200 << 20
DAY = timedelta(days=1)


def find(table: Table, past: dict[str, Past]) -> Iterator[Batch]:
    """Give each Excel file of the table."""
    return find_batches(table, SUFFIXES, _open, past)


@contextlib.contextmanager
def _open(table: Table, source: SourceFile) -> Iterator[Stream]:
    number = table.options.get("header_row", 1)
    if type(number) is not int or number < 1:
        raise UsageError(f"{table.file}: {table}: header_row {number!r} should be 1 or more.")
    with source.open() as file:
        _check_size(file, source.name)
        file.seek(0)
        try:
            sheet = _sheet(table, source.name, CalamineWorkbook.from_filelike(file))
            rows = sheet.to_python(skip_empty_area=False)
        except (CalamineError, ZipError) as error:
            raise UserError(
                f"{source.name}: this is not a readable Excel file: {error}. Nothing was changed."
                " Save it again as .xlsx, without a password."
            ) from None
    header = rows[number - 1] if number <= len(rows) else []
    names = [_text(cell, "text") or "" for cell in header]
    while names and not names[-1].strip():
        names.pop()
    if not names:
        raise UserError(
            f"{source.name}: row {number} of the sheet {sheet.name} is empty; it should name the"
            f" columns. Set header_row in {table.file} if another does."
        )
    kinds = {column.source_name.strip().casefold(): column.type.lower() for column in table.columns}
    types = [kinds.get(name.strip().casefold(), "text") for name in names]

    def records() -> Iterator[Record]:
        for position, row in enumerate(rows[number:], number + 1):
            if all(cell == "" for cell in row):
                continue
            cells = [*row, *[""] * (len(names) - len(row))]
            if any(cell != "" for cell in cells[len(names) :]):
                shown = str([_text(cell, "text") for cell in cells])
                problem = f"has more cells than the {len(names)} that the header names"
                yield Record(position, None, problem, shown)
            else:
                yield Record(position, list(map(_text, cells, types)))

    yield Stream([name.strip() for name in names], records, source.modified_at)


def _check_size(file: Any, name: str) -> None:
    """Refuse an archive that holds much more than an honest one would."""
    if not zipfile.is_zipfile(file):
        return
    size = 0
    try:
        with zipfile.ZipFile(file) as archive:
            for entry in archive.infolist():
                # what the entry says of its size may be wrong
                with archive.open(entry) as packed:
                    while block := packed.read(BLOCK):
                        size += len(block)
                        if size > LARGEST:
                            raise UserError(
                                f"{name} unpacks to more than {LARGEST >> 20} MB, which is more"
                                " than is read. Nothing was changed. Export it as CSV."
                            )
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise UserError(
            f"{name}: this is not a readable Excel file: {error}. Nothing was changed. Save it"
            " again as .xlsx, without a password."
        ) from None
    except Exception as error:
        if isinstance(error, UserError):
            raise
        raise UserError(f"{name}: this is not a readable Excel file: {error}.") from None


def _sheet(table: Table, name: str, workbook: CalamineWorkbook) -> CalamineSheet:
    """Return the sheet that the table declares, by its name or number from 1; else the first."""
    wanted, known = table.options.get("sheet", 1), workbook.sheet_names
    if isinstance(wanted, int) and 1 <= wanted <= len(known):
        return workbook.get_sheet_by_index(wanted - 1)
    if wanted in known:
        return workbook.get_sheet_by_name(wanted)
    raise UserError(
        f'{table}: {name} has no sheet "{wanted}". It has: {", ".join(known)}. Nothing was changed.'
        f" Set sheet in {table.file}."
    )


def _text(cell: Any, declared: str) -> str | None:
    """Return a cell's value as text; a midnight is a day where a day is declared."""
    if cell == "" or cell is None:
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        is_day = declared == "date" and cell.time() == time()
        return str(cell.date() if is_day else cell)
    if isinstance(cell, timedelta):
        sign, size = "-" * (cell < timedelta()), abs(cell)
        clock = (datetime.min + size % DAY).time()
        return f"{sign}{size // DAY} days {sign}{clock}"
    return str(cell)
