"""What files hold: their columns, the types that all values fit, and a column that is a key."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ingest import readers, values
from ingest.contract import Column, Table
from ingest.readers.files import COMPRESSIONS
from ingest.settings import READERS
from tools.fork.names import column_name
from warehouse.errors import UsageError

# the readers of files that have columns
KINDS = ("csv", "excel", "json", "parquet")
# the first that fits every value is taken; any text fits the last
TYPES = ("bigint", "numeric", "boolean", "date", "timestamptz", "timestamp", "text")
# how a key is called
KEY = re.compile(r"(^|_)(id|uuid|key|no|nr|number|code|sku)$")
# so many rows of each table are looked at, and so many tell whether a column is a key
ENOUGH, MANY = 100_000, 100


@dataclass
class Sample:
    """What was found of a raw table.

    Attributes:
        name: of the table.
        options: settings by which its files are known, if not by its name.
        columns: the columns, in the order of the file.
        key: the column that is different in each row; none if there is none.
        staged_key: what staging calls the key.
    """

    name: str
    options: Mapping[str, str]
    columns: list[Column] = field(default_factory=list)
    key: list[str] = field(default_factory=list)
    staged_key: list[str] = field(default_factory=list)


def reader_of(location: Path) -> str:
    """Return the reader for the files of a folder, by their endings.

    Raises:
        UsageError: there are none that a reader knows, or they are of several kinds.
    """
    kinds = [reader for reader in KINDS if _files(location, reader)]
    if len(kinds) != 1:
        several = f"files of several kinds ({', '.join(kinds)})" if kinds else "no such file"
        raise UsageError(
            f"{location} has {several}. Name one of them, or choose a --reader: {', '.join(KINDS)}."
            " Databases and APIs are declared by hand: docs/ingest.md"
        )
    return kinds[0]


def tables_in(location: Path, reader: str) -> dict[str, str]:
    """Return the tables that files are named for, and how these names begin, without a date.

    Raises:
        UsageError: the location does not exist.
    """
    stems = [path.name.split(".")[0] for path in _files(location, reader)]
    starts = sorted({re.sub(r"[-_ ]*[0-9][-0-9T_:]*$", "", stem) for stem in stems})
    return {column_name(start): start for start in starts}


def read(source: str, location: Path, reader: str, table: str, starts: Mapping[str, str]) -> Sample:
    """Return what the files of a table hold, in their first 100,000 rows.

    Raises:
        UsageError: they have no column, or two that are named alike.
        UserError: a file cannot be read.
    """
    made = Sample(table, {} if starts[table] == table else {"files": f"{starts[table]}*"})
    declared = Table(
        source, table, f"raw_{source}", "the declaration", (), reader, str(location), "replace",
        siblings=tuple(starts), options=made.options,
    )  # fmt: skip
    found = next((names for names, _ in _blocks(declared)), [])
    if not found:
        raise UsageError(f"{location}: the file of {table} has no columns.")
    called = [column_name(name) for name in found]
    if twice := {name for name in called if called.count(name) > 1}:
        raise UsageError(f'{location}: {table} has the column "{min(twice)}" twice. Rename one.')
    # of a number all values are looked at, of a text the reader may leave some out
    asked = tuple(Column(new, "numeric", old) for new, old in zip(called, found, strict=True))
    read_rows = 0
    parts: list[list[pa.Array]] = [[] for _ in asked]
    for _, block in _blocks(replace(declared, columns=asked)):
        for place, column in enumerate(block):
            parts[place].append(pa.array([], pa.string()) if column is None else column)
        read_rows += len(block[0]) if block and block[0] is not None else 0
        if read_rows >= ENOUGH:
            break
    is_first = True
    for column, part in zip(asked, parts, strict=True):
        texts = pa.chunked_array(part, pa.string()).combine_chunks()
        made.columns.append(Column(column.name, _type_of(column, texts), column.source_name))
        if KEY.search(column.name):
            is_apart = not texts.null_count and len(pc.unique(texts)) == len(texts)
            # of few rows, a later column may differ by chance
            if is_apart and not made.key and (is_first or len(texts) >= MANY):
                made.key = [column.name]
            is_first = False
    return made


def _blocks(declared: Table) -> Iterator[tuple[list[str], list[pa.Array | None]]]:
    """Give what a table's files call their columns, and blocks of the declared ones."""
    for batch in readers.find(declared, {}):
        with batch.open() as stream:
            if not declared.columns:
                for _ in () if stream.columns else stream.read():
                    pass  # what JSON has is known at its end
                yield [*stream.columns, *stream.left_out], []
                return
            for block in stream.read():
                if block.whole:
                    block.columns = block.whole()
                by_name = dict(zip(stream.columns, block.columns, strict=True))
                yield stream.columns, [by_name.get(one.source_name) for one in declared.columns]


def _type_of(column: Column, texts: pa.Array) -> str:
    """Return the first type that all texts have; text if there are none."""
    if texts.null_count == len(texts):
        return "text"
    if not _any(texts, r"^[^{\[]"):
        return "jsonb"
    for kind in TYPES[:-1]:
        meant = values.meaning(Column(column.name, kind, column.source_name), {})
        # 007 is no number, and 0 and 1 may be any
        is_padded = kind in ("bigint", "numeric") and _any(texts, r"^[+-]?0\d")
        if not is_padded and not values.check([texts], [meant]).reasons:
            return kind
    return "text"


def _any(texts: pa.Array, pattern: str) -> bool:
    return pc.any(pc.match_substring_regex(texts, pattern)).as_py() is True


def _files(location: Path, reader: str) -> list[Path]:
    """Return the file, or those in the folder, that end as a reader's do, compressed or not."""
    if not location.exists():
        raise UsageError(f"{location} does not exist. Name a folder or a file.")
    files = [location] if location.is_file() else sorted(location.iterdir())
    suffixes = tuple(import_module(READERS[reader].module).SUFFIXES)
    ends = tuple(end + packed for end in suffixes for packed in ("", *COMPRESSIONS))
    return [path for path in files if path.is_file() and path.name.lower().endswith(ends)]
