"""The text format of COPY, in which a PostgreSQL source gives its rows, as columns."""

from collections.abc import Iterator
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from ingest.readers import Block

ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def as_columns(chunks: Iterator[bytes], width: int) -> Iterator[Block]:
    """Give rows as COPY writes them in its text format as columns, too."""
    before = 0
    names = list(map(str, range(width)))
    # Arrow leaves out a byte order mark that data begin with, which is a value here
    guard = b"\t" * (width - 1) + b"\n"
    for data in filter(None, chunks):
        table = pa_csv.read_csv(
            pa.BufferReader(guard + data),
            pa_csv.ReadOptions(use_threads=False, column_names=names, block_size=len(data) + width),
            # tabs and line ends in values are escaped, so that these are none
            pa_csv.ParseOptions(delimiter="\t", quote_char=False, ignore_empty_lines=False),
            pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True, null_values=["\\N"], check_utf8=False,
            ),
        )  # fmt: skip
        table = table.slice(1)
        columns = [_unescaped(column.combine_chunks()) for column in table.columns]
        first = before + 1
        yield Block(
            columns, partial(int.__add__, first), len(data), raw=data, options="format text"
        )
        before += len(table)


def _unescaped(column: pa.Array) -> pa.Array:
    """Return a column with the values of COPY's text format."""
    if not pc.any(pc.match_substring(column, "\\")).as_py():
        return column
    # PostgreSQL holds no NUL, so that it can stand for an escaped backslash meanwhile
    column = pc.replace_substring(column, "\\\\", "\0")
    for letter, character in ESCAPES.items():
        column = pc.replace_substring(column, f"\\{letter}", character)
    return pc.replace_substring(column, "\0", "\\")
