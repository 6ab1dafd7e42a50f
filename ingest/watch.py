"""Watching the locations of files: what is new is loaded within seconds of being complete."""

import time
from collections.abc import Callable
from datetime import datetime

from ingest import readers
from ingest.books import Result
from ingest.contract import Table
from ingest.load import load_table
from ingest.readers.files import SourceFile, find_files
from ingest.settings import READERS
from warehouse.errors import UserError
from warehouse.signals import asked_to_stop

# how long a table whose load failed is left alone, unless its files change: seconds
RETRY = 60.0
State = dict[str, tuple[int, datetime]]


def is_watchable(table: Table) -> bool:
    """Tell whether a table comes from files; a database or interface says nothing by itself."""
    return READERS[table.reader].is_files and not table.location.startswith(("imap:", "imaps:"))


def files_of(table: Table) -> State:
    """Return the files that a watchable table consists of: size and time of change by name.

    Raises:
        UserError: the location cannot be read.
    """
    files = find_files(table, readers.module(table).SUFFIXES)
    return {file.name: (file.size, file.modified_at) for file in files}


class Watch:
    """What one table's location looked like, and when it changed.

    Args:
        table: the declared table.
        settle: how long a file must not have changed to be complete, in seconds.
    """

    def __init__(self, table: Table, settle: float) -> None:
        self.table = table
        self._settle = settle
        self._seen: State = {}
        self._since: dict[str, float] = {}
        self._loaded: State = {}
        self._retry_at = 0.0
        self._complaint = ""

    def look(self, now: float, complain: Callable[[str], None]) -> State:
        """Return the complete files, if there is anything among them to load.

        Args:
            now: of a clock that only goes forward, in seconds.
            complain: is told once when the location cannot be read.
        """
        try:
            found = files_of(self.table)
            self._complaint = ""
        except UserError as error:
            if str(error) != self._complaint:
                complain(str(error))
            self._complaint = str(error)
            return {}
        for name in found:
            if found[name] != self._seen.get(name):
                self._since[name] = now
        self._seen = found
        complete = {name: found[name] for name in found if now - self._since[name] >= self._settle}
        if self.table.mode == "replace" and complete != found:
            return {}
        is_due = complete != self._loaded or (self._retry_at and now > self._retry_at)
        return complete if is_due else {}

    def load(self, complete: State, now: float) -> Result:
        """Load the complete files."""

        def is_complete(file: SourceFile) -> bool:
            return complete.get(file.name) == (file.size, file.modified_at)

        result = load_table(self.table, accept=is_complete)
        self._loaded = complete
        self._retry_at = now + RETRY if result.status == "failed" else 0.0
        return result


def watch(
    tables: list[Table],
    interval: float,
    settle: float,
    report: Callable[[Result], None],
    complain: Callable[[str], None],
) -> None:
    """Load new files until SIGINT or SIGTERM; a load that runs then is finished first.

    Args:
        tables: what to watch, each `is_watchable`.
        interval: seconds between two looks at the locations.
        settle: how long a file must not have changed to be complete, in seconds.
        report: is told of each load that did something.
        complain: is told in a sentence what cannot be read.
    """
    watches = [Watch(table, settle) for table in tables]
    with asked_to_stop() as stop:
        while not stop.is_set():
            for each in watches:
                now = time.monotonic()
                if not stop.is_set() and (complete := each.look(now, complain)):
                    result = each.load(complete, now)
                    if result.status != "unchanged":
                        report(result)
            stop.wait(interval)
