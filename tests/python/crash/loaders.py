"""Loads in processes of their own, forked from one that has imported everything already."""

import os
import signal
import tempfile
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection

from commands import CONTEXT, start

from ingest.books import Result
from ingest.contract import Table
from ingest.load import load_table

SIGKILL_ITSELF = partial(signal.raise_signal, signal.SIGKILL)
# longer than any load of these tests takes, so that a hanging one fails its test
PATIENCE = 120


class Task:
    """A function that runs in another process.

    Attributes:
        seconds: how long it ran, once the result was asked for.
    """

    def __init__(
        self, environment: dict[str, str], function: Callable[..., object], *arguments: object
    ) -> None:
        """Start it and wait until the process is about to call the function."""
        self._pipe, theirs = CONTEXT.Pipe()
        self.process = CONTEXT.Process(
            target=_run, args=(theirs, environment, function, arguments), daemon=True
        )
        start(self.process)
        theirs.close()
        self._pipe.recv()
        self._started, self.seconds = time.monotonic(), 0.0

    def result(self) -> object:
        """Wait for what the function returns."""
        assert self._pipe.poll(PATIENCE), "it does not end"
        try:
            result = self._pipe.recv()
        except EOFError:
            self.process.join(PATIENCE)
            raise AssertionError(f"it died, exit code {self.process.exitcode}") from None
        self.seconds = time.monotonic() - self._started
        self.process.join(PATIENCE)
        return result

    def kill(self) -> bool:
        """Send SIGKILL; return whether that hit a function that was still running."""
        self.process.kill()
        return self.was_killed()

    def was_killed(self) -> bool:
        """Wait for the end; return whether it was SIGKILL's, before there was a result."""
        self.process.join(PATIENCE)
        try:
            self._pipe.recv()
        except EOFError:
            return self.process.exitcode == -signal.SIGKILL
        return False


def _run(
    pipe: Connection,
    environment: dict[str, str],
    function: Callable[..., object],
    arguments: tuple[object, ...],
) -> None:
    os.environ.update(environment)
    tempfile.tempdir = None  # forget the one of the process that this was forked from
    pipe.send(None)
    pipe.send(function(*arguments))


def load(table: Table, at: int | None = None, act: Callable[[], object] = SIGKILL_ITSELF) -> Result:
    """Load a table; for a `Task`.

    Args:
        table: the declared table.
        at: the byte, of those read, at which it acts; none for a plain load.
        act: what it does there.
    """
    seen = 0

    def tick(size: int) -> None:
        nonlocal seen
        seen, before = seen + size, seen
        if at is not None and before < at <= seen:
            act()

    return load_table(table, tick=tick)


def count(table: Table) -> int:
    """Load a table and return how many bytes it said that it read; for a `Task`."""
    sizes: list[int] = []
    load_table(table, tick=sizes.append)
    return sum(sizes)
