"""The text format of COPY, in which PostgreSQL gives rows and takes them.

Source: https://www.postgresql.org/docs/current/sql-copy.html, "Text Format".
"""

from collections.abc import Iterator, Sequence
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from ingest.readers import Block

ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def as_columns(chunks: Iterator[bytes], width: int, used: Sequence[int]) -> Iterator[Block]:
    """Give rows as COPY writes them in its text format as columns, too.

    Args:
        chunks: whole rows.
        width: how many columns they have.
        used: the places of the columns that are to be looked at.
    """
    before = 0
    for data in filter(None, chunks):
        columns = _parsed(data, width, used)
        block = Block(columns, (before + 1).__add__, len(data), raw=data, options="format text")
        block.records = partial(data.splitlines, keepends=True)
        if len(used) < width:
            block.parse = partial(_parsed, width=width, used=range(width))
            block.whole = partial(block.parse, data)
        yield block
        before += block.count


def _parsed(data: bytes, width: int, used: Sequence[int]) -> list[pa.Array | None]:
    """Return the used ones of the columns."""
    names = list(map(str, range(width)))
    # Arrow leaves out a byte order mark that data begin with, which is a value here
    guard = b"\t" * (width - 1) + b"\n"
    table = pa_csv.read_csv(
        pa.BufferReader(guard + data),
        pa_csv.ReadOptions(use_threads=False, column_names=names, block_size=len(data) + width),
        # tabs and line ends in values are escaped, so that these are none
        pa_csv.ParseOptions(delimiter="\t", quote_char=False, ignore_empty_lines=False),
        pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            include_columns=[names[place] for place in used],
            strings_can_be_null=True, null_values=["\\N"], check_utf8=False,
        ),
    )  # fmt: skip
    table = table.slice(1)
    found = {name: _unescaped(table.column(name).combine_chunks()) for name in table.column_names}
    return [found.get(name) for name in names]


def _unescaped(column: pa.Array) -> pa.Array:
    """Return a column with the values of COPY's text format."""
    if not pc.any(pc.match_substring(column, "\\")).as_py():
        return column
    # PostgreSQL holds no NUL, so that it can stand for an escaped backslash meanwhile
    column = pc.replace_substring(column, "\\\\", "\0")
    for letter, character in ESCAPES.items():
        column = pc.replace_substring(column, f"\\{letter}", character)
    return pc.replace_substring(column, "\0", "\\")


def as_text(columns: list[pa.Array]) -> bytes:
    """Return rows in COPY's text format.

    Args:
        columns: texts, of one length; null is NULL.
    """
    parts: list[pa.Array | str] = []
    for column in columns:
        parts += [_escaped(column), "\t"]
    # the values of an array lie in memory one behind the other
    lines = pc.binary_join_element_wise(*parts[:-1], "\n", "")
    return lines.buffers()[2].to_pybytes() if len(lines) else b""


def _escaped(column: pa.Array) -> pa.Array:
    data = column.buffers()[2]
    found = data.to_pybytes() if data else b""
    for sign, letter in {"\\": "\\", "\n": "n", "\r": "r", "\t": "t"}.items():
        if sign.encode() in found:
            column = pc.replace_substring(column, sign, f"\\{letter}")
    return column.fill_null("\\N") if column.null_count else column
