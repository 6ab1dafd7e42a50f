"""The settings that a declaration may have: of tables, of columns, and of each reader."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from warehouse.errors import UsageError, did_you_mean

# PostgreSQL cuts off what is longer, in bytes, without an error
LONGEST_NAME = 63
MODES = ("replace", "append", "merge")
SETTINGS = frozenset({
    "reader", "location", "mode", "key", "cursor", "max_quarantined", "undeclared", "unreachable",
    "unreachable_hint",
})  # fmt: skip
# how a source writes its values, if not in the ordinary way: of a table, and of a column alone
WRITTEN = frozenset(
    {"timezone", "decimal", "thousands", "true_values", "false_values", "null_values", "calendar"}
)
OF_COLUMNS = WRITTEN | {"name", "path", "format", "allow"}
# what a column can say of a person. An account is told by its number, which is the source's own
PERSONAL = ("email", "phone", "username", "account", "name", "street", "postcode")
POLICIES = {"undeclared": ("report", "fail"), "unreachable": ("fail", "warn")}


class Reader(NamedTuple):
    """A kind of source: the module that reads it, and settings of its own."""

    module: str
    settings: frozenset[str] = frozenset()
    is_files: bool = True
    # whether a row, once sent, is never sent with other values
    is_final: bool = False


FILES = frozenset({"files"})
POSTGRES = frozenset({"relation", "lookback", "parallel", "deletions"})
READERS = {
    "csv": Reader(
        "ingest.readers.csv_files",
        FILES | {"delimiter", "quote", "escape", "comment", "encoding", "header", "skip_lines"},
    ),
    "excel": Reader("ingest.readers.excel_files", FILES | {"sheet", "header_row"}),
    "json": Reader("ingest.readers.json_files", FILES | {"records", "max_bytes"}),
    # not read, but followed by the warehouse's server
    "live": Reader("replication.live", POSTGRES, is_files=False),
    "mail": Reader("ingest.readers.mail", FILES | {"folder", "max_bytes"}, is_final=True),
    "parquet": Reader("ingest.readers.parquet_files", FILES),
    "postgres": Reader("ingest.readers.postgres", POSTGRES, is_files=False),
    "rest": Reader(
        "ingest.readers.rest",
        frozenset({"path", "records", "pages", "total", "headers", "since"})
        | {"max_pages", "max_bytes", "max_seconds"},
        False,
    ),
}


def refuse_unknown(
    where: str, given: Iterable[str], known: frozenset[str], refuse: Callable[[str], UsageError]
) -> None:
    """Refuse a setting that there is not; offer the nearest one."""
    for setting in sorted(set(given) - known):
        hint = did_you_mean(setting, known, "Known")
        raise refuse(f'{where} has the unknown setting "{setting}".{hint}')
