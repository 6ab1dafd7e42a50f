"""Finding the files of a table and knowing one again by its content."""

import glob
import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

from ingest.contract import Table
from ingest.errors import IngestError
from ingest.readers import Batch, Opened


def find_batches(
    table: Table, suffixes: Iterable[str], opened: Callable[[Table, Path], Opened]
) -> Iterator[Batch]:
    """Give each of the table's files as a batch.

    Args:
        table: the declared table.
        suffixes: endings that the reader understands, such as `.csv`.
        opened: opens one of the files.
    """
    for path in find_files(table, suffixes):
        yield Batch(
            name=path.name,
            open=partial(opened, table, path),
            content_hash=content_hash(path),
        )


def find_files(table: Table, suffixes: Iterable[str]) -> list[Path]:
    """Return the table's files in the order of their names.

    A file belongs to the table of its source with the longest name that its own name begins with.

    Args:
        table: the declared table; its location is a folder, a file or a glob.
        suffixes: endings that the reader understands, such as `.csv`.

    Raises:
        IngestError: the location does not exist, or a table that is replaced has no file there.
    """
    location = Path(table.location).expanduser()
    where = f"{table.source.upper()}_LOCATION"
    if location.is_dir():
        paths = sorted(location.iterdir())
    else:
        paths = sorted(Path(name) for name in glob.glob(str(location), recursive=True))  # noqa: PTH207
    if not paths and not location.is_dir():
        raise IngestError(
            f"{table}: there is no {location}. Set {where} to a folder, a file or a glob."
        )
    files = [
        path
        for path in paths
        if path.name.lower().endswith(tuple(suffixes))
        and path.is_file()
        and _owner(path.name, table.siblings) == table.name
    ]
    if not files and table.mode == "replace":
        raise IngestError(
            f"{table}: no file in {location} has a name that begins with"
            f' "{table.name}" and ends in {" or ".join(suffixes)}.\n'
            f"Set {where}, or put the file there. The rows loaded before are still in place."
        )
    return files


def content_hash(path: Path) -> str:
    """Return the BLAKE2b hash of a file's content."""
    with path.open("rb") as file:
        digest = hashlib.blake2b(digest_size=32)
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def modified_at(path: Path) -> datetime:
    """Return when a file was last written, in UTC."""
    return datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)


def _owner(file_name: str, tables: Iterable[str]) -> str | None:
    """Return the table with the longest name that the file's name begins with."""
    return max((name for name in tables if file_name.startswith(name)), key=len, default=None)
