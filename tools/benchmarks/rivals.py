"""Other loaders, each the way its documentation recommends for speed; run in `.venv-bench`.

Usage: rivals.py LOADER CSV-FILE. Loads the file into rival.sales of the database
that the PG* variables choose, and prints the seconds, without imports, and the versions as JSON.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

URI = "postgresql://{PGUSER}:{PGPASSWORD}@{PGHOST}:{PGPORT}/{PGDATABASE}".format_map(os.environ)
LIBRARIES = {
    "pandas": ["pandas", "sqlalchemy"],
    "polars": ["polars", "adbc-driver-postgresql"],
    "adbc": ["adbc-driver-postgresql"],
    "dlt": ["dlt"],
    "dlt_import": ["dlt"],
}


def pandas(path: Path) -> Iterator[None]:
    """Load in chunks with to_sql, as people do."""
    import pandas
    import sqlalchemy

    yield
    engine = sqlalchemy.create_engine(URI.replace("postgresql", "postgresql+psycopg2", 1))
    dates = ["sold_at", "sold_on"]
    with engine.begin() as connection:
        for chunk in pandas.read_csv(path, chunksize=10_000, parse_dates=dates):
            chunk.to_sql("sales", connection, schema="rival", if_exists="append", index=False)


def polars(path: Path) -> Iterator[None]:
    """Load one frame by ADBC."""
    import adbc_driver_postgresql.dbapi  # noqa: F401
    import polars

    yield
    price = polars.Decimal(10, 2)
    types = {"quantity": polars.Int32, "unit_price": price, "discount_amount": price}
    frame = polars.read_csv(path, try_parse_dates=True, schema_overrides=types)
    frame.write_database("rival.sales", URI, engine="adbc", if_table_exists="append")


def adbc(path: Path) -> Iterator[None]:
    """Load Arrow's record batches with ADBC's bulk ingestion, which is COPY in binary."""
    from adbc_driver_postgresql import dbapi

    batches = _arrow()
    yield
    with dbapi.connect(URI) as connection, connection.cursor() as cursor:
        cursor.adbc_ingest("sales", batches(path), mode="append", db_schema_name="rival")
        connection.commit()


def dlt(path: Path) -> Iterator[None]:
    """Load Arrow tables; dlt writes them as Parquet for ADBC, its quickest way to PostgreSQL."""
    import pyarrow as pa

    batches = _arrow()

    def sales() -> Iterator[Any]:
        for batch in batches(path):
            yield pa.Table.from_batches([batch])

    return _dlt(sales, "parquet")


def dlt_import(path: Path) -> Iterator[None]:
    """Let dlt hand the file to COPY unread; the types are taken from its first block."""
    import dlt
    import pyarrow as pa

    batches = _arrow()

    def sales() -> Iterator[Any]:
        with batches(path) as opened:
            types = pa.Table.from_batches([], opened.schema)
        yield dlt.mark.with_file_import(str(path), "csv", hints=types)

    return _dlt(sales, "csv")


def _dlt(sales: Callable[[], Iterator[Any]], file_format: str) -> Iterator[None]:
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    import adbc_driver_postgresql.dbapi  # noqa: F401
    import dlt

    yield
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            "bench", folder, destination=dlt.destinations.postgres(URI), dataset_name="rival"
        )
        pipeline.run(dlt.resource(sales, name="sales"), loader_file_format=file_format)


def _arrow() -> Callable[[Path], Any]:
    """Return a function that opens the file as typed record batches."""
    import pyarrow as pa
    from pyarrow import csv

    types = {
        "quantity": pa.int32(), "unit_price": pa.decimal128(10, 2),
        "discount_amount": pa.decimal128(10, 2), "sold_at": pa.timestamp("us", "UTC"),
    }  # fmt: skip
    convert = csv.ConvertOptions(column_types=types, strings_can_be_null=True)
    blocks = csv.ReadOptions(block_size=1 << 24)
    return lambda path: csv.open_csv(path, blocks, convert_options=convert)


if __name__ == "__main__":
    loader = sys.argv[1]
    work = globals()[loader](Path(sys.argv[2]))
    next(work)  # does the imports
    started = time.monotonic()
    next(work, None)
    seconds = time.monotonic() - started
    versions = {name: version(name) for name in LIBRARIES[loader]}
    print(json.dumps({"seconds": seconds, "versions": versions}))
