"""Files of a table, in a folder, behind a glob or in an object store, known by their content."""

from __future__ import annotations

import glob
import hashlib
import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
from pyarrow import fs

from ingest.contract import Table
from ingest.readers import Batch, Past, Stream
from warehouse.errors import UnreachableError, UserError

BLOCK = 1 << 20
REMOTE = ("s3://", "gs://", "gcs://")
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
WILDCARD = re.compile(r"[*?\[]")


@dataclass
class SourceFile:
    """A file of a table.

    Attributes:
        name: its path below the location, by which messages and audit name it.
        path: its whole path in its file system.
        size: bytes, as stored.
        modified_at: when it was last written, in UTC.
        store: the object store that holds it; none for the machine's own files.
    """

    name: str
    path: str
    size: int
    modified_at: datetime
    store: fs.FileSystem | None = None
    _copy: BinaryIO | None = field(default=None, repr=False)
    _hash: str | None = field(default=None, repr=False)

    def version(self) -> str | None:
        """Return what tells two states of an object in a store apart; none for other files.

        The store itself sets the time, so that equal versions have equal content.
        """
        return f"{self.modified_at.isoformat()} {self.size}" if self.store else None

    def content_hash(self) -> str:
        """Return the BLAKE2b hash of the content as stored."""
        if self._hash is None:
            with self._stored() as file:
                digest = hashlib.blake2b(digest_size=32)
                while block := file.read(BLOCK):
                    digest.update(block)
            self._hash = digest.hexdigest()
        return self._hash

    def open(self) -> BinaryIO:
        """Open it from the start for reading, uncompressed; seekable unless it is compressed."""
        kind = COMPRESSIONS.get(Path(self.path).suffix.lower())
        stored = self._stored()
        if kind is None:
            return stored
        return io.BufferedReader(pa.CompressedInputStream(pa.PythonFile(stored), kind), BLOCK)

    def check_unchanged(self) -> None:
        """Make sure that the file is still the one that was found.

        Raises:
            UserError: it was written to since.
        """
        if self.store is None:
            now = Path(self.path).stat()
            if (now.st_size, _utc(now.st_mtime_ns)) != (self.size, self.modified_at):
                raise UserError(
                    f"{self.name} was written to while it was read. Nothing was changed. Load it"
                    " again when it is complete."
                )

    def close(self) -> None:
        """Let go of the copy of an object from a store."""
        if self._copy is not None:
            self._copy.close()
            self._copy = None

    def _stored(self) -> BinaryIO:
        """Open the content as stored; an object is copied to a nameless temporary file first."""
        if self.store is None:
            return Path(self.path).open("rb", buffering=BLOCK)
        if self._copy is None:
            copy = tempfile.TemporaryFile()  # noqa: SIM115
            try:
                with self.store.open_input_stream(self.path, compression=None) as source:
                    while block := source.read(BLOCK):
                        copy.write(block)
                copy.flush()
            except OSError as error:
                copy.close()
                raise UnreachableError(
                    f"{self.name} could not be fetched: {error}\nNothing was changed. Load again"
                    " later."
                ) from None
            self._copy = copy
        self._copy.seek(0)
        return io.open(self._copy.fileno(), "rb", closefd=False)  # noqa: UP020


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
    found = _in_store(table) if is_remote else _on_disk(table)
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
            f"{table}: no file in {_shown(table.location) if is_remote else table.location}"
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


def _on_disk(table: Table) -> Iterator[SourceFile]:
    """Give every file of a location on this machine."""
    location = Path(table.location).expanduser()
    paths: Iterable[Path]
    if location.is_dir():
        base, paths = location, location.iterdir()
    else:
        paths = [Path(name) for name in glob.glob(str(location), recursive=True)]  # noqa: PTH207
        base = Path(_fixed_part(str(location)))
        if not paths:
            raise UserError(
                f"{table}: there is no {location}. Set {table.variable()} to a folder, a file or"
                " a glob."
            )
    for path in paths:
        if path.is_file():
            status = path.stat()
            yield SourceFile(
                name=_named(path.relative_to(base).as_posix()),
                path=str(path),
                size=status.st_size,
                modified_at=_utc(status.st_mtime_ns),
            )


def _in_store(table: Table) -> Iterator[SourceFile]:
    """Give every object of a location in an object store."""
    uri, _, query = table.location.replace("gcs://", "gs://", 1).partition("?")
    address = _shown(uri).split("://", 1)[1]
    is_glob = WILDCARD.search(address) is not None
    base = _fixed_part(uri) if is_glob else uri.rstrip("/")
    try:
        store, root = _connect(f"{base}?{query}" if query else base)
        itself = store.get_file_info(root)
        infos = [itself]
        if itself.type != fs.FileType.File:
            infos = store.get_file_info(fs.FileSelector(root, recursive=is_glob))
    except (OSError, pa.ArrowException) as error:
        raise UnreachableError(
            f"{table}: {_shown(base)} cannot be read: {error}\n"
            f"Check {table.variable()} and the credentials that the store's own tools use."
        ) from None
    for info in infos:
        name = info.path.removeprefix(root).lstrip("/") or info.base_name
        if info.type == fs.FileType.File and (not is_glob or _matches(info.path, address)):
            yield SourceFile(name, info.path, info.size, _utc(info.mtime_ns), store)


def _connect(uri: str) -> tuple[fs.FileSystem, str]:
    """Return a store and a path in it; it gives up after seconds, and not minutes as by default."""
    if uri.startswith("gs:") and "retry_limit_seconds" not in uri:
        uri += f"{'&' if '?' in uri else '?'}retry_limit_seconds=10"
    store, path = fs.FileSystem.from_uri(uri)
    if isinstance(store, fs.S3FileSystem):
        # a URI cannot say it, so the store is made again from what it tells pickle
        _, (options,) = store.__reduce__()
        options["retry_strategy"] = fs.AwsStandardS3RetryStrategy(max_attempts=3)
        store = fs.S3FileSystem(**options)
    return store, path


def _matches(path: str, pattern: str) -> bool:
    """Tell whether a glob means a path: as on disk, `*` ends with a folder and `**` does not."""
    if "**" in pattern:
        return fnmatchcase(path, pattern.replace("**/", "*"))
    names, patterns = path.split("/"), pattern.split("/")
    return len(names) == len(patterns) and all(map(fnmatchcase, names, patterns))


def _shown(location: str) -> str:
    """Return a store's location without the credentials and options that it may hold."""
    return re.sub(r"//[^/@]*@", "//", location.partition("?")[0])


def _fixed_part(location: str) -> str:
    """Return the folder before a glob's first wildcard; a plain file's folder."""
    match = WILDCARD.search(location)
    return location[: match.start() if match else None].rpartition("/")[0] or "."


def _named(path: str) -> str:
    """Return a path as text that can be stored: bytes that are not UTF-8 are shown as escapes."""
    return path.encode(errors="surrogateescape").decode(errors="backslashreplace")


def _utc(nanoseconds: int) -> datetime:
    return datetime.fromtimestamp(nanoseconds / 1e9, timezone.utc)


def _owner(file_name: str, tables: Iterable[str]) -> str | None:
    """Return the table with the longest name that the file's name begins with."""
    return max((name for name in tables if file_name.startswith(name)), key=len, default=None)
