"""The catalog's REST interface, on loopback, with the standard library."""

import json
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tools.demo.catalog import Catalog
from warehouse.errors import UserError

_TABLES = ("products", "customers")
_LARGEST_PAGE = 5000


class CatalogServer(ThreadingHTTPServer):
    """Serves the catalog page by page.

    Args:
        port: port of the host; 0 for any free one.
        catalog: returns the catalog of the day that the world has reached.
        fail_every: answer every so many requests with 503; 0 for none.
        host: address to listen on.

    Raises:
        UserError: the port is in use.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self,
        port: int,
        catalog: Callable[[], Catalog],
        fail_every: int = 0,
        host: str = "127.0.0.1",
    ) -> None:
        self.catalog, self.fail_every, self.requests = catalog, fail_every, count(1)
        try:
            super().__init__((host, port), _Handler)
        except OSError as error:
            raise UserError(
                f"Port {port} of {host} cannot be used: {error.strerror}. Try another: --port"
            ) from None

    @property
    def address(self) -> str:
        """The base URL."""
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: CatalogServer

    def do_GET(self) -> None:  # the name is the standard library's
        number, fail_every = next(self.server.requests), self.server.fail_every
        if fail_every and number % fail_every == 0:
            self._answer(503, {"error": "busy, try again"}, {"Retry-After": "1"})
            return
        parts = urlsplit(self.path)
        table = parts.path.strip("/")
        if table not in _TABLES:
            self._answer(404, {"error": f"no such path: {parts.path}"})
            return
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        try:
            self._answer(200, self._page(table, query))
        except ValueError as error:
            self._answer(400, {"error": str(error)})

    def _page(self, table: str, query: dict[str, str]) -> dict[str, Any]:
        catalog = self.server.catalog()
        total, by_cursor = catalog.size(table), "after" in query or "limit" in query
        size = _whole(query, "limit" if by_cursor else "per_page", 500, _LARGEST_PAGE)
        pages = max(1, -(-total // size))
        if by_cursor:
            start = catalog.place_after(table, query["after"]) if query.get("after") else 0
        else:
            start = (_whole(query, "page", 1, None) - 1) * size
        places = range(start, min(start + size, total))
        data = [catalog.record(table, place) for place in places]
        page, following = start // size + 1, None
        if start + size < total:
            key = "sku" if table == "products" else "customer_number"
            following = (
                {"after": data[-1][key], "limit": size}
                if by_cursor
                else {"page": page + 1, "per_page": size}
            )
        base = f"http://{self.headers.get('Host') or self.server.address[7:]}/{table}"
        return {
            "data": data,
            "page": page,
            "pages": pages,
            "next": f"{base}?{urlencode(following)}" if following else None,
        }

    def _answer(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        for name, content in (headers or {}).items():
            self.send_header(name, content)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:  # the name is the library's
        """Keep the terminal quiet."""


def _whole(query: dict[str, str], name: str, default: int, most: int | None) -> int:
    """Return a positive whole number of the query."""
    given = query.get(name, str(default))
    if not given.isascii() or not given.isdigit() or int(given) < 1:
        raise ValueError(f"{name} should be a whole number from 1 on, not {given!r}")
    return min(int(given), most) if most else int(given)


@contextmanager
def serving(server: CatalogServer) -> Iterator[str]:
    """Serve in the background; gives the address."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
    thread.start()
    try:
        yield server.address
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def serve_until_stopped(server: CatalogServer, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM arrives; `announce` is given the address."""

    # shutdown() waits for serve_forever to end, which the signal has interrupted
    def stop(*_: Any) -> None:
        threading.Thread(target=server.shutdown).start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    announce(server.address)
    with server:
        server.serve_forever(poll_interval=0.1)


def run_beside(command: list[str], environment: dict[str, str]) -> int:
    """Run a command while this process serves; what would end this process ends the command.

    Args:
        command: the program and its arguments.
        environment: all of its environment variables.

    Returns:
        Its exit code; of a signal that ended it, 128 and the signal's number, as of a shell.
    """
    # a terminal's Ctrl-C reaches the command without this process; to ignore it would be inherited
    signal.signal(signal.SIGINT, lambda *_: None)
    held: list[int] = []

    def hold(number: int, frame: object) -> None:
        held.append(number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, hold)
    process = subprocess.Popen(command, env=environment)
    while True:
        for held_number in held:
            process.send_signal(held_number)
        held.clear()
        with suppress(subprocess.TimeoutExpired):
            code = process.wait(timeout=0.2)
            return 128 - code if code < 0 else code
