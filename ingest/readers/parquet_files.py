"""Parquet files: every type as the text that PostgreSQL reads as the same value."""

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.contract import Column, Table
from ingest.readers import Batch, Block, Past, Record, Stream
from ingest.readers.files import SourceFile, find_batches
from ingest.readers.places import check_size
from warehouse.errors import UserError

ROWS = 1 << 15
LARGEST = 1 << 24
SUFFIXES = (".parquet", ".pq")
DAY = 86_400
# of each unit of time: how many make a second
UNITS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


def find(table: Table, past: dict[str, Past]) -> Iterator[Batch]:
    """Give each Parquet file of the table."""
    return find_batches(table, SUFFIXES, _open, past)


@contextlib.contextmanager
def _open(table: Table, source: SourceFile) -> Iterator[Stream]:
    try:
        with pq.ParquetFile(source.open()) as first:
            texts = [field.name for field in first.schema_arrow if _is_coded(field.type)]
        file = pq.ParquetFile(
            source.open(), pre_buffer=False,
            # INT96 holds nanoseconds of any day, of which Arrow's reach from 1677 to 2262 only
            coerce_int96_timestamp_unit="us",
            # a text that stands in many rows is one in the file, and is to be one in memory
            read_dictionary=texts,
        )  # fmt: skip
    except (pa.ArrowInvalid, OSError) as error:
        raise UserError(f"{source.name}: this is not a readable Parquet file: {error}") from None
    with file:
        schema = file.schema_arrow
        found = [
            (column, path)
            for column in table.columns
            if (path := _path(schema, column.source_name))
        ]
        for column, path in found:
            _check(table, source.name, column, _type(schema, path))
        used = sorted({path[0] for _, path in found})
        wanted = [schema.names[place] for place in used]
        places = {place: number for number, place in enumerate(used)}

        def blocks() -> Iterator[Block]:
            before = size = 0
            for batch in _pieces(file.iter_batches(ROWS, columns=wanted), {}):
                columns = []
                for column, (top, *rest) in found:
                    values = batch.column(places[top])
                    if pa.types.is_dictionary(values.type):
                        values = values.dictionary_decode()
                    if rest:
                        values = pc.struct_field(values, rest)
                    columns.append(_texts(values, column.type.lower()))
                size += sum(column.nbytes for column in columns)
                check_size(source, size, "give it as several files")
                yield _block(columns, before, batch.nbytes)
                before += batch.num_rows

        yield Stream(
            columns=[column.source_name for column, _ in found],
            records=None,
            left_out=[name for place, name in enumerate(schema.names) if place not in places],
            blocks=blocks,
            extracted_at=source.modified_at,
        )


def _is_coded(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_binary(kind))


def _pieces(
    batches: Iterable[pa.RecordBatch], known: dict[int, tuple[pa.Array, int]]
) -> Iterator[pa.RecordBatch]:
    """Give batches that are not large once their texts are written out.

    Args:
        batches: as they are read.
        known: the last dictionary of each column, and how long its longest text is; is kept up.
    """
    for batch in batches:
        size = batch.nbytes
        for place, column in enumerate(batch.columns):
            if pa.types.is_dictionary(column.type) and len(column.dictionary):
                texts = column.dictionary
                before, longest = known.get(place, (None, 0))
                if before is None or before.buffers()[1].address != texts.buffers()[1].address:
                    longest = pc.max(pc.binary_length(texts)).as_py() or 0
                    known[place] = texts, longest
                size += longest * len(batch)
        if size > LARGEST and len(batch) > 1:
            middle = len(batch) // 2
            yield from _pieces([batch.slice(0, middle), batch.slice(middle)], known)
        else:
            yield batch


def _path(schema: pa.Schema, name: str) -> list[int]:
    """Return where a declared column is: the place of a column, and of the fields in it."""
    path, fields = [], list(schema)
    while name:
        wanted = name.casefold()
        names = [field.name.casefold() for field in fields]
        # a name may have dots itself
        known = [one for one in names if wanted == one or wanted.startswith(f"{one}.")]
        if not known:
            return []
        longest = max(known, key=len)
        place = names.index(longest)
        if name[: len(longest)] in (field.name for field in fields):
            place = [field.name for field in fields].index(name[: len(longest)])
        path.append(place)
        kind, name = fields[place].type, name[len(longest) + 1 :]
        fields = list(kind.fields) if pa.types.is_struct(kind) else []
    return path


def _type(schema: pa.Schema, path: list[int]) -> pa.DataType:
    """Return the type of what a path leads to."""
    kind = schema.field(path[0]).type
    for place in path[1:]:
        kind = kind.field(place).type
    return kind


def _is_nested(kind: pa.DataType) -> bool:
    return bool(pa.types.is_nested(kind))


def _check(table: Table, name: str, column: Column, kind: pa.DataType) -> None:
    """Refuse a nested type where the contract wants a plain one."""
    if _is_nested(kind) and column.type.lower() not in ("json", "jsonb", "text"):
        hint = f", or a field in it: {column.source_name}.…" if pa.types.is_struct(kind) else ""
        raise UserError(
            f"{table}: {name}: {column.source_name} is {kind}, which {column.type} cannot hold."
            f" Nothing was changed. Declare {column.name} as jsonb{hint} in {table.file}."
        )


def _block(columns: list[pa.Array], before: int, size: int) -> Block:
    """Return columns of text as a block; rows with text that is no Unicode are set aside."""
    broken: set[int] = set()
    for column in columns:
        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            data = column.cast(pa.binary()).to_pylist()
            broken |= {row for row, value in enumerate(data) if value and not _is_unicode(value)}
    if not broken:
        return Block(columns, (before + 1).__add__, size)
    bad = []
    for row in sorted(broken):
        raw = [column.cast(pa.binary())[row].as_py() for column in columns]
        shown = json.dumps([value and value.decode(errors="backslashreplace") for value in raw])
        bad.append(Record(before + row + 1, None, "is not valid Unicode", shown))
    kept = [row for row in range(len(columns[0])) if row not in broken]
    columns = [column.take(pa.array(kept, pa.int64())) for column in columns]
    return Block(columns, lambda row: before + kept[row] + 1, size, bad)


def _is_unicode(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _texts(column: pa.Array, declared: str) -> pa.Array:
    """Return the values of a column as PostgreSQL reads them for the declared type."""
    kind = column.type
    if isinstance(column, pa.ExtensionArray):
        return _texts(column.storage, declared)
    if pa.types.is_dictionary(kind):
        return _texts(column.dictionary_decode(), declared)
    if pa.types.is_string(kind):
        return column
    if _is_nested(kind) or declared in ("json", "jsonb"):
        if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
            return column.cast(pa.string())
        as_json = [None if value is None else _json(value, kind) for value in column.to_pylist()]
        return pa.array(as_json, pa.string())
    if pa.types.is_timestamp(kind) and kind.tz:
        # Arrow takes thirty times as long to write a zone, and is wrong where it had seconds
        utc = pc.cast(pc.cast(column, pa.timestamp(kind.unit)), pa.string())
        return pc.binary_join_element_wise(utc, "Z", "")
    if pa.types.is_duration(kind):
        return _spans(column)
    if pa.types.is_decimal(kind):
        texts = pc.cast(column, pa.string())
        if pc.any(pc.match_substring(texts, "E")).as_py():
            plain = [value if value is None else f"{value:f}" for value in column.to_pylist()]
            return pa.array(plain, pa.string())
        return texts
    if pa.types.is_float16(kind):
        return pc.cast(pc.cast(column, pa.float32()), pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind):
        return _bytes(column, declared)
    if pa.types.is_fixed_size_binary(kind):
        return _bytes(column.cast(pa.binary()), declared)
    return pc.cast(column, pa.string())


def _bytes(column: pa.Array, declared: str) -> pa.Array:
    """Return bytes as bytea or UUID are written; for other types they are text."""
    if declared in ("bytea", "uuid"):
        mark = r"\x" if declared == "bytea" else ""
        texts = [value if value is None else mark + value.hex() for value in column.to_pylist()]
        return pa.array(texts, pa.string())
    return column.cast(pa.binary()).view(pa.string())


def _spans(column: pa.Array) -> pa.Array:
    """Return durations as days and a time of day, each with the sign; to the microsecond."""
    count = UNITS[column.type.unit]
    texts: list[str | None] = []
    for value in column.cast(pa.int64()).to_pylist():
        if value is None:
            texts.append(None)
            continue
        sign, size = "-" * (value < 0), abs(value)
        seconds, rest = divmod(size, count)
        days, seconds = divmod(seconds, DAY)
        clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        fraction = f".{rest:0{len(str(count)) - 1}}" if rest else ""
        texts.append(f"{sign}{days} days {sign}{clock}{fraction}")
    return pa.array(texts, pa.string())


def _json(value: Any, kind: pa.DataType) -> str:
    """Return a value as JSON: numbers exact, maps as objects, all else as its text."""
    return str(_encoded(value, kind))


def _encoded(value: Any, kind: pa.DataType) -> str:
    if value is None:
        return "null"
    if pa.types.is_struct(kind):
        fields = [
            (kind.field(place).name, kind.field(place).type) for place in range(kind.num_fields)
        ]
        items = (f"{json.dumps(name)}: {_encoded(value[name], inner)}" for name, inner in fields)
        return f"{{{', '.join(items)}}}"
    if pa.types.is_map(kind):
        items = (
            f"{json.dumps(_name(key))}: {_encoded(item, kind.item_type)}" for key, item in value
        )
        return f"{{{', '.join(items)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_encoded(item, kind.value_type) for item in value)}]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    return json.dumps(_name(value))


def _name(value: Any) -> str:
    """Return a value as text: bytes as hexadecimal, times as ISO 8601."""
    if isinstance(value, bytes):
        return value.hex()
    isoformat: Callable[[], str] | None = getattr(value, "isoformat", None)
    return isoformat() if isoformat else str(value)
