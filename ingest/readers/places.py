"""Where files are: on this machine, behind a glob, or in an object store."""

from __future__ import annotations

import glob
import hashlib
import io
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import fs

from ingest.contract import Table
from warehouse.errors import UnreachableError, UserError

BLOCK = 1 << 20
REMOTE = ("s3://", "gs://", "gcs://")
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
# a compressed file may always hold so many bytes, and else so many times its size
MOST_UNPACKED, MOST_TIMES = 1 << 30, 200
WILDCARD = re.compile(r"[*?\[]")


def check_size(file: SourceFile, count: int, remedy: str) -> None:
    """Refuse a file that holds much more than its size says, as only a hostile one does.

    Args:
        file: the file, whose size is that of what is stored.
        count: how many bytes came out of it so far.
        remedy: what to do with an honest one.
    """
    if count > max(MOST_UNPACKED, MOST_TIMES * file.size):
        raise UserError(
            f"{file.name} unpacks to more than {MOST_TIMES} times its size. Nothing was changed."
            f" If that is right, {remedy}."
        )


class _Unpacked(io.RawIOBase):
    """What comes out of a compressed file, unless it is much more than an honest one would hold."""

    def __init__(self, packed: pa.CompressedInputStream, file: SourceFile) -> None:
        self._packed, self._file, self._count = packed, file, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self._packed.read(len(buffer))
        self._count += len(found)
        check_size(self._file, self._count, "unpack it first")
        buffer[: len(found)] = found
        return len(found)


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
        packed = pa.CompressedInputStream(pa.PythonFile(stored), kind)
        return io.BufferedReader(_Unpacked(packed, self), BLOCK)

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


def on_disk(table: Table) -> Iterator[SourceFile]:
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


def in_store(table: Table) -> Iterator[SourceFile]:
    """Give every object of a location in an object store."""
    uri, _, query = table.location.replace("gcs://", "gs://", 1).partition("?")
    address = shown(uri).split("://", 1)[1]
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
            f"{table}: {shown(base)} cannot be read: {error}\n"
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


def shown(location: str) -> str:
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
