"""A longest time for an answer, whatever the other side sends meanwhile and however slowly."""

import contextlib
import socket
from collections.abc import Callable, Iterator
from threading import Event, Thread

from ingest.contract import Table
from warehouse.errors import UsageError

# how often a connection is broken off that was not there yet when its time was over
AGAIN = 0.1


class LimitError(Exception):
    """An answer is larger or takes longer than it may; the text says so, after its name."""


@contextlib.contextmanager
def within(seconds: float, connected: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Break a connection off if what is done here takes longer.

    A socket's own timeout is no limit: each byte that arrives begins it anew.

    Args:
        seconds: how long it may take.
        connected: gives the connection's socket, once there is one.

    Raises:
        LimitError: it took longer.
    """
    is_done, is_late = Event(), Event()

    def watch() -> None:
        if is_done.wait(seconds):
            return
        is_late.set()
        while not is_done.wait(AGAIN):
            with contextlib.suppress(OSError):
                if found := connected():
                    # TLS itself would wait for an answer
                    socket.socket.shutdown(found, socket.SHUT_RDWR)

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    except Exception:
        if not is_late.is_set():
            raise
    finally:
        is_done.set()
        thread.join()
    if is_late.is_set():
        raise LimitError(f"takes longer than {seconds:,} seconds")


def most_bytes(table: Table, default: int) -> int:
    """Return the setting `max_bytes` of a table.

    Raises:
        UsageError: it is no number of bytes.
    """
    most = table.options.get("max_bytes", default)
    if type(most) is not int or most < 1:
        raise UsageError(
            f"{table.file}: {table}: max_bytes should be a whole number of 1 or more, not {most!r}."
        )
    return most
