"""Generated and damaged files: what is accepted is what an independent reader says, no more.

Python's csv (strict) and json, pyarrow and openpyxl are those readers. Files are read without a
warehouse, so that there can be thousands. AGREEMENT_FILES says how many of each kind.
"""

import csv
import datetime as dt
import io
import json
import os
import random
import re
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from reading import read_file

from warehouse.errors import UserError

FILES = int(os.environ.get("AGREEMENT_FILES", "800"))
MUTATED = int(os.environ.get("MUTATED_FILES", "500"))
SIGNS = ['"', '"', '""', ",", ",", "\n", "\r\n", "\r", ";", "\t", "\\", "\\.", "'", " ", "#", "a"]
SIGNS += ["7", "é", "😀", "\u2028", "\x85", "\x1a", "\ufeff", "\v", "x,y\n", '"q"', "1,2,3\n"]
WORDS = ["", "", "Hat", "7", "-1.50", "2024-05-11", "NaN", "today", 'say "hi"', "two\nlines", "a,b"]
WORDS += ["é", "😀", "x" * 40, "\\", "\r", ";", "\t", " padded ", "'", "#", "None", "null"]


def some(dice: random.Random, signs: list[str], most: int) -> str:
    return "".join(dice.choices(signs, k=dice.randrange(most)))


def tried(table, path):
    """Return what was read of a file; or the message with which it was refused."""
    try:
        return read_file(table, path)
    except UserError as error:
        return str(error)
    except (OSError, UnicodeError, pa.ArrowException) as error:
        # of which `find_batches` makes a sentence
        return f"{path.name} cannot be read: {error}"


def mutated(dice: random.Random, data: bytes) -> bytes:
    """Return damaged bytes: flipped, cut, repeated or spliced."""
    for _ in range(dice.randrange(1, 4)):
        a, b = sorted((dice.randrange(len(data) + 1), dice.randrange(len(data) + 1)))
        kind = dice.randrange(5)
        if kind == 0 and data:
            place = dice.randrange(len(data))
            flipped = data[place] ^ (1 << dice.randrange(8))
            data = data[:place] + bytes([flipped]) + data[place + 1 :]
        elif kind == 1:
            data = data[:a] + data[b:]
        elif kind == 2:
            data = data[:b] + data[a:]
        elif kind == 3:
            data = data[:a] + bytes(dice.choices(b'",\n\r\\\0\xff{}[]:0aE<>=', k=2)) + data[a:]
        else:
            data = data[:b]
    return data


# CSV: every record that was accepted is one record for csv, alone, with the same fields


def check_csv(table, path, data: bytes, dialect: dict) -> None:
    """Compare, record by record; all lines are accounted for."""
    path.write_bytes(data)
    found = tried(table, path)
    if isinstance(found, str):
        assert found.startswith("items.csv")
        assert len(found) < 500
        return
    text = data.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    lines = re.findall(r"[^\n]*\n|[^\n]+$", text)
    starts = sorted([at for at, _ in found.rows + found.refused] + [bad[0] for bad in found.bad])
    assert len(set(starts)) == len(starts)
    values = dict(found.rows) | dict(found.refused)
    header = lines[: starts[0] - 1] if starts else lines
    assert header or not starts
    for place, start in enumerate(starts):
        end = starts[place + 1] - 1 if place + 1 < len(starts) else len(lines)
        raw = "".join(lines[start - 1 : end])
        if start not in values:
            bad = next(bad for bad in found.bad if bad.position == start)
            one = (
                lines[start - 1].encode(errors="surrogateescape").decode(errors="backslashreplace")
            )
            assert bad.raw.rstrip("\r\n").startswith(one.rstrip("\r\n"))
            continue
        rows = [row for row in csv.reader(io.StringIO(raw, newline=""), strict=True, **dialect)
                if any(field.strip(" \t") for field in row) or len(row) > 1]  # fmt: skip
        assert len(rows) == 1, raw
        assert [text or None for text in rows[0]] == values[start], raw


@pytest.fixture
def texts(declare):
    """Give a function that declares a table of three texts."""
    return lambda **options: declare("a text, b text, c text", key=(), options=options)


def dialects(dice: random.Random) -> tuple[dict, dict]:
    """Return a dialect as the contract declares it, and as Python's csv does."""
    delimiter, quote = dice.choice(",,;\t|"), dice.choice('"""\'')
    ours = {"delimiter": delimiter, "quote": quote}
    theirs = {"delimiter": delimiter, "quotechar": quote}
    if dice.random() < 0.2:
        ours["escape"] = theirs["escapechar"] = "\\"
    return ours, theirs


def test_written_csv_is_read_as_it_was_written(texts, tmp_path) -> None:
    dice = random.Random(1)
    for _ in range(FILES):
        ours, theirs = dialects(dice)
        out = io.StringIO(newline="")
        writer = csv.writer(
            out, **theirs, lineterminator=dice.choice(["\n", "\r\n"]),
            quoting=dice.choice([csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
        )  # fmt: skip
        rows = [dice.choices(WORDS, k=3) for _ in range(dice.randrange(6))]
        writer.writerows([["a", "b", "c"], *rows])
        encoding = dice.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030"])
        if encoding not in ("utf-8", "utf-8-sig", "utf-16"):
            ours["encoding"] = encoding
        path = tmp_path / "items.csv"
        path.write_bytes(out.getvalue().encode(encoding))
        found = read_file(texts(**ours), path)
        assert [row for _, row in found.rows] == [[text or None for text in row] for row in rows]
        assert not found.bad


def test_any_csv_is_split_as_csv_splits_it(texts, tmp_path) -> None:
    dice = random.Random(2)
    for _ in range(FILES):
        ours, theirs = dialects(dice)
        ours.pop("escape", None), theirs.pop("escapechar", None)
        sign = ours["delimiter"]
        body = some(dice, SIGNS, 30).replace(",", sign).replace('"', ours["quote"])
        data = f"a{sign}b{sign}c\n{body}".encode()
        check_csv(texts(**ours), tmp_path / "items.csv", data, theirs)


def test_damaged_csv_is_split_as_csv_splits_it(texts, tmp_path) -> None:
    dice = random.Random(3)
    for _ in range(MUTATED):
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n", quoting=dice.choice([0, 1]))
        writer.writerows([["a", "b", "c"], *(dice.choices(WORDS, k=3) for _ in range(5))])
        data = mutated(dice, out.getvalue().encode())
        check_csv(texts(), tmp_path / "items.csv", data, {})


# Excel: what openpyxl reads is what is accepted


def check_excel(table, path) -> None:
    found = tried(table, path)
    if isinstance(found, str):
        assert found.startswith("items.xlsx")
        return
    try:
        sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]
        cells = {row: sheet[row] for row in range(1, sheet.max_row + 1)}
    except Exception:  # openpyxl reads less of what is damaged
        return
    for position, texts in found.rows:
        for text, cell in zip(texts, cells[position], strict=False):
            value = cell.value
            if isinstance(value, bool) or value is None or value == "":
                assert text == (None if value in (None, "") else str(value).lower())
            elif isinstance(value, int | float):
                assert Decimal(text) == Decimal(repr(value))
            elif isinstance(value, dt.datetime):
                assert text in (str(value), str(value.date()))
            else:
                assert text == str(value)


def excel_files(dice: random.Random, path) -> None:
    book = openpyxl.Workbook()
    book.epoch = dice.choice([CALENDAR_WINDOWS_1900, CALENDAR_MAC_1904])
    book.active.append(["a", "b", "c"])
    some = [
        None,
        True,
        0,
        -1.5,
        10**12,
        "Hat",
        "two\nlines",
        "=1",
        " x ",
        "é😀",
        dt.datetime(2024, 5, 11),
    ]
    some += [dt.datetime(2024, 5, 11, 10, 30), dt.time(10, 30), 0.1, 1e-7, "NaN", "#", "<b>&amp;"]
    for _ in range(dice.randrange(5)):
        book.active.append(dice.choices(some, k=3))
        for cell in book.active[book.active.max_row]:
            if cell.data_type == "f":
                cell.data_type = "s"
    book.save(path)


def test_excel_is_what_openpyxl_says(declare, tmp_path) -> None:
    dice, path = random.Random(8), tmp_path / "items.xlsx"
    table = declare("a text, b text, c text", key=(), reader="excel")
    for _ in range(FILES):
        excel_files(dice, path)
        check_excel(table, path)


def test_damaged_excel_is_refused_or_what_openpyxl_says(declare, tmp_path) -> None:
    dice, path = random.Random(9), tmp_path / "items.xlsx"
    table = declare("a text, b text, c text", key=(), reader="excel")
    excel_files(dice, path)
    whole = path.read_bytes()
    for _ in range(MUTATED):
        path.write_bytes(mutated(dice, whole))
        check_excel(table, path)


# JSON: what json reads is what is accepted, value by value


def exactly(text: str | bytes) -> object:
    return json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=refuse)


def refuse(name: str) -> None:
    raise ValueError(name)


def check_json(table, path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        expected = exactly(data.decode("utf-8-sig"))
        is_array = isinstance(expected, list)
    except (ValueError, ArithmeticError, RecursionError):
        is_array = False
    found = tried(table, path)
    if isinstance(found, str):
        assert not is_array or "lacks the declared column" in found or "too deep" in found
        return
    assert is_array
    accepted = dict(found.rows) | dict(found.refused)
    for position, item in enumerate(expected, 1):
        if position not in accepted:
            assert position in [bad.position for bad in found.bad]
            continue
        for name, text in zip(found.columns, accepted[position], strict=True):
            # a key's case does not matter, unless there is one that is exactly the same
            others = {key.casefold(): value for key, value in item.items()}
            value = item.get(name, others.get(name))
            if value is None or (isinstance(value, str) and name != "c"):
                assert text == value
            else:
                assert exactly(text) == value


def some_json(dice: random.Random, depth: int = 0) -> object:
    kind = dice.randrange(7 if depth < 3 else 5)
    if kind == 0:
        return dice.choice([None, True, False])
    if kind == 1:
        return dice.choice([0, -1, 10**30, 1.5, -2e-7, 1e300])
    if kind in (2, 3, 4):
        return dice.choice(WORDS) + some(dice, SIGNS, 3)
    if kind == 5:
        return [some_json(dice, depth + 1) for _ in range(dice.randrange(3))]
    return {dice.choice("abAB.") + dice.choice("c."): some_json(dice, depth + 1) for _ in range(2)}


def json_files(dice: random.Random) -> bytes:
    rows = [
        {name: some_json(dice) for name in ["a", "b", "c", "d"] if dice.random() < 0.95}
        for _ in range(dice.randrange(1, 5))
    ]
    layout = {"indent": dice.choice([None, 2]), "ensure_ascii": dice.random() < 0.5}
    return json.dumps(rows, **layout).encode()


def test_json_is_what_json_says(declare, tmp_path) -> None:
    dice = random.Random(4)
    table = declare("a text, b text, c jsonb", key=(), reader="json")
    for _ in range(FILES):
        check_json(table, tmp_path / "items.json", json_files(dice))


def test_damaged_json_is_what_json_says(declare, tmp_path) -> None:
    dice = random.Random(5)
    table = declare("a text, b text, c jsonb", key=(), reader="json")
    for _ in range(MUTATED):
        check_json(table, tmp_path / "items.json", mutated(dice, json_files(dice)))


# Parquet: what pyarrow reads is what is accepted

TYPES = {
    "bigint": [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint32()],
    "numeric": [pa.decimal128(38, 10), pa.decimal256(76, 0), pa.uint64(), pa.decimal128(5, 2)],
    "float8": [pa.float32(), pa.float64(), pa.float16()],
    "text": [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string()),
             pa.string_view()],
    "boolean": [pa.bool_()],
    "date": [pa.date32(), pa.date64()],
    "timestamp": [pa.timestamp(unit) for unit in ("ms", "us")],
    "timestamptz": [pa.timestamp("us", "UTC"), pa.timestamp("ms", "Europe/Berlin")],
    "time": [pa.time32("ms"), pa.time64("us")],
    "bytea": [pa.binary(), pa.large_binary(), pa.binary(3)],
    "interval": [pa.duration("ms"), pa.duration("us")],
    "jsonb": [pa.list_(pa.int32()), pa.struct([("a", pa.string()), ("b", pa.int64())]),
              pa.map_(pa.string(), pa.int32())],
}  # fmt: skip
SPAN = re.compile(r"(-?)(\d+) days -?(\d+):(\d+):(\d+)(?:\.(\d+))?")


def some_value(dice: random.Random, kind: str, arrow: pa.DataType) -> object:
    if dice.random() < 0.15:
        return None
    if kind == "numeric":
        return dice.randrange(1000)
    small = {
        "bigint": lambda: dice.randrange(100), "float8": lambda: dice.randrange(-512, 512) / 8,
        "text": lambda: dice.choice(WORDS), "boolean": lambda: dice.random() < 0.5,
        "bytea": lambda: bytes(dice.choices(range(256), k=3)),
        "interval": lambda: dice.randrange(-10**11, 10**11),
    }  # fmt: skip
    if kind in small:
        return small[kind]()
    if kind == "jsonb":
        return {
            "list": [1, None], "struct": {"a": dice.choice(WORDS), "b": None}, "map": [("k", 1)],
        }[str(arrow).partition("<")[0]]  # fmt: skip
    per_day = 1 if arrow == pa.date32() else 1000 if arrow == pa.date64() else 0
    if kind == "date":
        return dice.randrange(-700_000, 2_900_000) * (86_400 * per_day if per_day == 1000 else 1)
    if kind == "time":
        return dice.randrange(86_400_000)
    return dice.randrange(-62_135_596_800_000, 253_402_300_800_000)


def some_table(dice: random.Random) -> tuple[str, pa.Table]:
    """Return declared columns and a table that fits them."""
    kinds = dice.choices(list(TYPES), k=3)
    rows, arrays = dice.randrange(1, 6), []
    for kind in kinds:
        arrow = dice.choice(TYPES[kind])
        found = [some_value(dice, kind, arrow) for _ in range(rows)]
        if kind in ("date", "time", "timestamp", "timestamptz", "interval"):
            base = pa.int32() if arrow.bit_width == 32 else pa.int64()
            arrays.append(pa.array(found, base).cast(arrow))
        elif kind == "float8":
            arrays.append(pa.array(found, pa.float32()).cast(arrow))
        elif kind == "numeric" and pa.types.is_decimal(arrow):
            arrays.append(pa.array([v if v is None else Decimal(v) for v in found], arrow))
        elif pa.types.is_string_view(arrow):
            arrays.append(pa.array(found, pa.string()).cast(arrow))
        else:
            arrays.append(pa.array(found, arrow))
    columns = ", ".join(f"{name} {kind}" for name, kind in zip("abc", kinds, strict=True))
    return columns, pa.table(arrays, names=list("abc"))


def same(kind: str, text: str | None, value: object) -> bool:
    """Tell whether a text says what a value is."""
    if value is None or text is None:
        return value is text
    if kind == "interval":
        sign, days, hours, minutes, seconds, rest = SPAN.fullmatch(text).groups()
        total = (int(days) * 24 + int(hours)) * 3600 + int(minutes) * 60 + int(seconds)
        micros = total * 10**6 + int((rest or "0").ljust(6, "0"))
        return (-micros if sign else micros) == value // dt.timedelta(microseconds=1)
    if kind in ("bigint", "numeric", "float8"):
        return Decimal(text) == Decimal(str(value))
    if kind == "jsonb":
        is_map = isinstance(value, list) and any(isinstance(item, tuple) for item in value)
        return json.loads(text) == (dict(value) if is_map else value)
    if kind == "time":
        return dt.time.fromisoformat(text) == value
    if kind == "timestamptz":
        return dt.datetime.fromisoformat(text.replace("Z", "+00:00")) == value
    if kind == "timestamp":
        return dt.datetime.fromisoformat(text) == value
    return text == {"boolean": str(value).lower(), "date": str(value), "text": value}.get(
        kind, r"\x" + value.hex() if isinstance(value, bytes) else None
    )


def check_parquet(table, path, is_whole: bool) -> None:
    kinds = {column.name: column.type for column in table.columns}
    try:
        expected = pq.read_table(path, use_threads=False).to_pydict()
    except Exception:
        expected = None
    found = tried(table, path)
    if isinstance(found, str):
        return
    if expected is None or not set("abc") <= expected.keys():
        return
    bad = {record.position for record in found.bad}
    for position, row in found.rows:
        assert position not in bad
        for name, text in zip(found.columns, row, strict=True):
            assert same(kinds[name], text, expected[name][position - 1]), (name, text)
    for _, _ in found.refused if is_whole else ():  # beyond the calendar
        assert any(kinds[name] in ("date", "timestamp", "timestamptz", "float8") for name in kinds)
    assert len(found.rows) + len(found.refused) + len(bad) == len(expected["a"])


def test_parquet_is_what_pyarrow_says(declare, tmp_path) -> None:
    dice = random.Random(6)
    path = tmp_path / "items.parquet"
    for _ in range(FILES):
        columns, table = some_table(dice)
        pq.write_table(table, path, compression=dice.choice(["none", "snappy", "zstd"]))
        check_parquet(declare(columns, key=(), reader="parquet"), path, is_whole=True)


def test_damaged_parquet_is_refused_or_what_pyarrow_says(declare, tmp_path) -> None:
    dice = random.Random(7)
    path = tmp_path / "items.parquet"
    for _ in range(MUTATED):
        columns, table = some_table(dice)
        pq.write_table(table, path)
        path.write_bytes(mutated(dice, path.read_bytes()))
        check_parquet(declare(columns, key=(), reader="parquet"), path, is_whole=False)
