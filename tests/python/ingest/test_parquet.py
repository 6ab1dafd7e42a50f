"""Parquet files: every type arrives as what it means, and names fit whatever their case."""

import dataclasses
import datetime as dt
import decimal
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.contract import Column

FAR = [dt.datetime(2024, 5, 11, 10), dt.datetime(9998, 12, 31), dt.datetime(1, 1, 1)]


@pytest.fixture
def parquet(declare, tmp_path):
    """Give a function that writes a table and declares its columns."""

    def make(columns: str, table: pa.Table | dict, names: dict | None = None, **settings):
        table = table if isinstance(table, pa.Table) else pa.table(table)
        pq.write_table(table, tmp_path / "items.parquet", **settings)
        made = declare(columns, reader="parquet", key=("id",), max_quarantined=1)
        fields = [Column(c.name, c.type, (names or {}).get(c.name, c.name)) for c in made.columns]
        return dataclasses.replace(made, columns=tuple(fields))

    return make


def found(warehouse, column: str) -> list:
    return [row[0] for row in warehouse.rows(f"select {column} from raw_test.items order by id")]


def test_int96_is_a_time_of_any_day(warehouse, parquet) -> None:
    table = {"id": [1, 2, 3], "t": pa.array(FAR, pa.timestamp("us"))}
    declared = parquet("id bigint, t timestamp", table, use_deprecated_int96_timestamps=True)
    assert warehouse.load(declared).loaded == 3
    assert found(warehouse, "t") == FAR


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_durations_are_intervals(warehouse, parquet, unit) -> None:
    spans = [90, 2 * 86_400, -1, None]
    per = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    counts = pa.array([span and span * per for span in spans], pa.int64())
    declared = parquet("id bigint, span interval", {"id": [1, 2, 3, 4],
                       "span": counts.cast(pa.duration(unit))})  # fmt: skip
    assert warehouse.load(declared).loaded == 4
    assert found(warehouse, "span::text") == ["00:01:30", "2 days", "-00:00:01", None]


def test_a_duration_keeps_its_days_and_fractions(warehouse, parquet) -> None:
    span = dt.timedelta(days=2, microseconds=5000)
    for unit in ("ms", "us", "ns"):
        table = {"id": [1], "span": pa.array([span], pa.duration(unit))}
        warehouse.load(parquet("id bigint, span interval", table), full=True)
        assert found(warehouse, "span::text") == ["2 days 00:00:00.005"]


def test_bytes_stay_what_they_are(warehouse, parquet) -> None:
    blobs = [b"\\x41", b"a\\001b", bytes(range(256))]
    for kind in (pa.binary(), pa.large_binary(), pa.binary_view()):
        table = {"id": [1, 2, 3], "b": pa.array(blobs, kind)}
        assert warehouse.load(parquet("id bigint, b bytea", table), full=True).loaded == 3
        assert [bytes(value) for value in found(warehouse, "b")] == blobs


def test_bytes_are_a_text_if_they_are_utf_8(warehouse, parquet) -> None:
    table = {"id": [1, 2], "b": pa.array(["é".encode(), b"\xff"], pa.binary())}
    result = warehouse.load(parquet("id bigint, b text", table))
    assert (result.loaded, result.quarantined) == (1, 1)
    assert found(warehouse, "b") == ["é"]
    assert warehouse.quarantine()[0][:2] == ("2", "is not valid Unicode")


def test_nested_values_are_json(warehouse, parquet) -> None:
    table = pa.table({
        "ID": [1, 2],
        "tags": [["red", "wool"], []],
        "size": pa.array([{"chest": 52, "unit": "cm"}, None]),
        "attrs": pa.array([[("k", 1)], []], pa.map_(pa.string(), pa.int32())),
        "price": pa.array([Decimal("12.50"), None], pa.decimal128(9, 2)),
        "at": pa.array([FAR[0], None], pa.timestamp("ns", "Europe/Berlin")),
    })  # fmt: skip
    columns = "id bigint, tags jsonb, size jsonb, attrs jsonb, price numeric, at timestamptz"
    declared = parquet(columns + ", chest integer", table, names={"chest": "Size.CHEST"})
    assert warehouse.load(declared).loaded == 2
    warehouse.connection.execute("set time zone 'UTC'")
    assert warehouse.rows(
        "select tags, size, attrs, price, at::text, chest from raw_test.items order by id"
    ) == [
        (["red", "wool"], {"chest": 52, "unit": "cm"}, {"k": 1}, Decimal("12.50"),
         "2024-05-11 10:00:00+00", 52),
        ([], None, {}, None, None, None),
    ]  # fmt: skip


def test_a_nested_column_needs_a_type_that_holds_it(warehouse, parquet) -> None:
    declared = parquet("id bigint, size integer", {"id": [1], "size": pa.array([{"chest": 52}])})
    [note] = warehouse.load(declared).notes
    assert "size is struct<chest: int64>, which integer cannot hold" in note
    assert "Declare size as jsonb, or a field in it: size.…" in note


def test_numbers_of_all_sizes(warehouse, parquet) -> None:
    with decimal.localcontext() as context:
        context.prec = 76
        most = Decimal("9" * 76)
        table = {
            "id": [1], "d": pa.array([most], pa.decimal256(76, 0)),
            "tiny": pa.array([Decimal("0.0000000012")], pa.decimal128(20, 10)),
            "u": pa.array([2**64 - 1], pa.uint64()), "half": pa.array([1.5]).cast(pa.float16()),
        }  # fmt: skip
        columns = "id bigint, d numeric, tiny numeric(20,10), u numeric, half real"
        assert warehouse.load(parquet(columns, table)).loaded == 1
        [row] = warehouse.rows("select d, tiny, u, half from raw_test.items")
    assert row == (most, Decimal("0.0000000012"), 2**64 - 1, 1.5)


def test_what_cannot_be_held_sets_its_row_aside(warehouse, parquet) -> None:
    table = {
        "id": [1, 2, 3, 4],
        "price": [1.5, float("nan"), float("inf"), 2.0],
        "day": pa.array([0, 0, 0, 2_932_897], pa.int32()).cast(pa.date32()),
    }
    result = warehouse.load(parquet("id bigint, price numeric, day date", table))
    assert (result.loaded, result.quarantined) == (1, 3)
    assert [(row[0], row[1]) for row in warehouse.quarantine()] == [
        ("2", 'price is not numeric: "nan"'), ("3", 'price is not numeric: "inf"'),
        ("4", 'day is not date: "10000-01-01"'),
    ]  # fmt: skip


def test_a_time_without_a_zone_needs_a_declared_one(warehouse, parquet) -> None:
    table = {"id": [1], "at": pa.array(FAR[:1], pa.timestamp("us"))}
    declared = parquet("id bigint, at timestamptz", table)
    assert warehouse.load(declared).quarantined == 1
    declared = dataclasses.replace(declared, options={"timezone": "Europe/Berlin"})
    assert warehouse.load(declared).loaded == 1
    warehouse.connection.execute("set time zone 'UTC'")
    assert found(warehouse, "at::text") == ["2024-05-11 08:00:00+00"]
