"""Files of a table, in a folder, behind a glob or in an object store, known by their content."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

import pyarrow as pa

from ingest.contract import Table
from ingest.readers import Batch, Past, Stream
from ingest.readers.places import COMPRESSIONS, REMOTE, SourceFile, in_store, on_disk, shown
from warehouse.errors import UserError

__all__ = ["COMPRESSIONS", "SourceFile", "find_batches", "find_files"]


def find_batches(
    table: Table,
    suffixes: Iterable[str],
    opened: Callable[[Table, SourceFile], AbstractContextManager[Stream]],
    past: dict[str, Past],
) -> Iterator[Batch]:
    """Give each of the table's files as a batch, but for objects in a store that are known.

    Args:
        table: the declared table.
        suffixes: endings that the reader understands, such as `.csv`; `.gz` and `.zst` may follow.
        opened: opens one of the files.
        past: what is known of each file, by its name.
    """

    @contextmanager
    def opening(file: SourceFile) -> Iterator[Stream]:
        try:
            with opened(table, file) as stream:
                yield stream
        except (OSError, UnicodeError, pa.ArrowException) as error:
            raise UserError(
                f"{table}: {file.name} cannot be read: {error}. Nothing was changed. Get the file"
                " again, whole."
            ) from None
        finally:
            file.close()

    for file in find_files(table, suffixes):
        known = past.get(file.name)
        is_known = known is not None and file.store and known.cursor == file.version()
        if (
            known is None
            or not is_known
            or table.mode == "replace"
            or (table.mode == "merge" and known.contract_version != table.version())
        ):
            yield Batch(name=file.name, open=partial(opening, file), file=file)


def find_files(table: Table, suffixes: Iterable[str]) -> list[SourceFile]:
    """Return the table's files in the order of their names.

    A file belongs to the table of its source with the longest name that its own name begins with,
    or to the tables whose setting `files` has a pattern that its name fits.

    Args:
        table: the declared table; its location is a folder, a file or a glob, here or in a store.
        suffixes: endings that the reader understands, such as `.csv`; `.gz` and `.zst` may follow.

    Raises:
        UserError: the location does not exist, or a table that is replaced has no file there.
        UnreachableError: the store does not answer or refuses.
    """
    is_remote = table.location.startswith(REMOTE)
    found = in_store(table) if is_remote else on_disk(table)
    patterns = table.options.get("files", [])
    patterns = [patterns] if isinstance(patterns, str) else list(patterns)
    endings = tuple(end + packed for end in suffixes for packed in ("", *COMPRESSIONS))
    files = [
        file
        for file in found
        if (
            _is_named(file, patterns)
            if patterns
            else file.name.lower().endswith(endings)
            and _owner(Path(file.name).name, table.siblings) == table.name
        )
    ]
    if not files and table.mode == "replace":
        raise UserError(
            f"{table}: no file in {shown(table.location) if is_remote else table.location}"
            f"{_wanted(table, patterns, suffixes)}.\n"
            f"Set {table.variable()}, or put the file there. The rows loaded before are still in"
            " place."
        )
    return sorted(files, key=lambda file: file.name)


def _is_named(file: SourceFile, patterns: list[str]) -> bool:
    """Tell whether a file's name, without the end of a compression, fits a pattern."""
    name = Path(file.name).name
    names = {name, Path(name).stem if Path(name).suffix.lower() in COMPRESSIONS else name}
    return any(fnmatchcase(one, pattern) for one in names for pattern in patterns)


def _wanted(table: Table, patterns: list[str], suffixes: Iterable[str]) -> str:
    """Say which files a table wants."""
    if patterns:
        return f" fits {' or '.join(patterns)}, the setting files in {table.file}"
    return f' has a name that begins with "{table.name}" and ends in {" or ".join(suffixes)}'


def _owner(file_name: str, tables: Iterable[str]) -> str | None:
    """Return the table with the longest name that the file's name begins with."""
    return max((name for name in tables if file_name.startswith(name)), key=len, default=None)
