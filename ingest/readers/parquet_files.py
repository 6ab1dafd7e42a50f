"""Parquet files: rewritten as CSV by Arrow, row group by row group, and passed on to COPY."""

import contextlib
import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from ingest.contract import Table
from ingest.readers import Batch, Past, Record, Stream
from ingest.readers.files import SourceFile, find_batches
from warehouse.errors import UserError

ROWS = 1 << 16
SUFFIXES = (".parquet", ".pq")


def find(table: Table, past: dict[str, Past]) -> Iterator[Batch]:
    """Give each Parquet file of the table."""
    return find_batches(table, SUFFIXES, _open, past)


@contextlib.contextmanager
def _open(table: Table, source: SourceFile) -> Iterator[Stream]:
    try:
        file = pq.ParquetFile(source.open(), pre_buffer=False)
    except (pa.ArrowInvalid, OSError) as error:
        raise UserError(f"{source.name}: this is not a readable Parquet file: {error}") from None
    with file:
        found = file.schema_arrow.names
        declared = {column.source_name for column in table.columns}
        columns = [name for name in found if name in declared]

        def batches() -> Iterator[pa.RecordBatch]:
            yield from map(_with_times_as_text, file.iter_batches(ROWS, columns=columns))

        def chunks() -> Iterator[bytes]:
            for batch in batches():
                sink = io.BytesIO()
                pa_csv.write_csv(batch, sink, pa_csv.WriteOptions(include_header=False))
                yield sink.getvalue()

        def records() -> Iterator[Record]:
            position = 0
            for batch in batches():
                texts = [pc.cast(column, pa.string()).to_pylist() for column in batch.columns]
                for values in zip(*texts, strict=True):
                    position += 1
                    yield Record(position, list(values))

        yield Stream(
            columns=columns,
            left_out=[name for name in found if name not in declared],
            options="format csv, null ''",
            chunks=chunks,
            records=records,
            extracted_at=source.modified_at,
        )


def _with_times_as_text(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Write the columns that hold points in time as text in UTC.

    Arrow itself takes thirty times as long, and is wrong where a zone's offset had seconds.
    """
    for place, column in enumerate(batch.columns):
        if pa.types.is_timestamp(column.type) and column.type.tz:
            utc = pc.cast(pc.cast(column, pa.timestamp(column.type.unit)), pa.string())
            text = pc.binary_join_element_wise(utc, "Z", "")
            batch = batch.set_column(place, batch.schema.names[place], text)
    return batch
