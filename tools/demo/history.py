"""Ten years of past store sales, one Parquet file a month."""

from array import array
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tools.demo.baskets import Basket, Tally, first_line
from tools.demo.files import whole_file
from tools.demo.people import LOYALTY, written_email
from tools.demo.products import sku
from tools.demo.timeline import HISTORY_END, HISTORY_START, epoch, iso
from tools.demo.world import STORES, World

_ROWS = 10_000
_CODES = tuple(STORES)
_SCHEMA = pa.schema(
    [
        ("sale_line_id", pa.int64()),
        ("receipt_number", pa.string()),
        ("store_id", pa.string()),
        ("sold_at", pa.timestamp("us", tz="UTC")),
        ("sku", pa.string()),
        ("product_title", pa.string()),
        ("category", pa.string()),
        ("quantity", pa.int32()),
        ("unit_price", pa.decimal128(18, 4)),
        ("discount_amount", pa.decimal128(18, 6)),
        ("currency_code", pa.string()),
        ("customer_email", pa.string()),
        ("is_returned", pa.bool_()),
    ]
)


def write(world: World, folder: Path) -> Tally:
    """Write all months; return what was sold in them."""
    tally = Tally()
    for days in _months():
        if days.stop <= world.since:
            continue
        name = f"sales_{iso(days.start)[:7].replace('-', '_')}.parquet"
        with (
            whole_file(folder / name, days.stop, "wb") as file,
            pq.ParquetWriter(file, _SCHEMA, compression="zstd") as writer,
        ):
            rows: list[tuple[Any, ...]] = []
            for day in days:
                for basket in world.history.on(day):
                    rows.extend(_rows(world, basket, tally))
                    if len(rows) >= _ROWS:
                        writer.write_batch(_batch(rows))
                        rows.clear()
            writer.write_batch(_batch(rows))
    return tally


def _months() -> Iterator[range]:
    """Give the days of each month."""
    start = HISTORY_START
    while start < HISTORY_END:
        first = date.fromordinal(start)
        after = date(first.year + first.month // 12, first.month % 12 + 1, 1).toordinal()
        yield range(start, after)
        start = after


def _rows(world: World, basket: Basket, tally: Tally) -> Iterator[tuple[Any, ...]]:
    draw = basket.draw
    store = _CODES[draw[2] & 3]
    email = None
    if draw[3] % 10 < 3:
        email = written_email(world.people.get(LOYALTY.nth(basket.member)), "loyalty") or None
    sold_at = epoch(basket.day, basket.second) * 1_000_000
    number = first_line(basket.index)
    for place, (rank, product, quantity, percent, price) in enumerate(basket.lines):
        look = world.products.look(product)
        is_returned = draw[8 + place] >> 16 & 31 == 0
        tally.add(quantity, price, percent, is_returned=is_returned)
        yield (
            number + place,
            f"{store}-H{basket.index + 1:08d}",
            store,
            sold_at,
            sku(rank),
            look.title,
            look.category,
            quantity,
            price // 100,
            quantity * price * percent // 100,
            "EUR",
            email,
            is_returned,
        )


def _batch(rows: list[tuple[Any, ...]]) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(_SCHEMA)
    arrays = [
        _decimals(values, field.type)
        if pa.types.is_decimal(field.type)
        else pa.array(values, field.type)
        for values, field in zip(columns, _SCHEMA, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=_SCHEMA)


def _decimals(values: tuple[int, ...], kind: pa.DataType) -> pa.Array:
    """Make decimals of whole numbers of the last place; a Decimal for each would be slow."""
    words = array("q", bytes(16 * len(values)))
    words[::2] = array("q", values)
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(words)])
