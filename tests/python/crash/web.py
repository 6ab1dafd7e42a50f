"""A paged REST interface, in a process of its own so that it can die like one."""

import json
import signal
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from commands import CONTEXT, start

PAGE = 500


class Web:
    """The server; a context manager that ends it.

    Attributes:
        location: its base URL.
        process: its process.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "web.json"

    def __enter__(self) -> "Web":
        self._start(0)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.join()

    def show(self, rows: list[dict[str, object]], dies_at: int = 0) -> None:
        """Set what `/items` gives from now on, and the page at which the server dies."""
        draft = self._file.with_suffix(".draft")
        draft.write_text(json.dumps({"rows": rows, "dies_at": dies_at}))
        draft.replace(self._file)

    def restart(self) -> None:
        """Start it again after it died, at the same address."""
        self.process.join()
        self._start(int(self.location.rpartition(":")[2]))

    def _start(self, port: int) -> None:
        here, there = CONTEXT.Pipe()
        self.process = CONTEXT.Process(target=_serve, args=(self._file, port, there), daemon=True)
        start(self.process)
        self.location = f"http://127.0.0.1:{here.recv()}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, file: Path, *arguments: object) -> None:
        self._content = json.loads(file.read_text())
        super().__init__(*arguments)

    def do_GET(self) -> None:  # the name is the standard library's
        query = parse_qs(urlsplit(self.path).query)
        page = int(query.get("page", ["1"])[0])
        if page == self._content["dies_at"]:
            signal.raise_signal(signal.SIGKILL)
        rows = self._content["rows"]
        pages = -(-len(rows) // PAGE)
        following = f"http://{self.headers['Host']}/items?page={page + 1}"
        answer = {
            "data": rows[(page - 1) * PAGE : page * PAGE],
            "page": page,
            "pages": pages,
            "next": following if page < pages else None,
        }
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # the name is the library's
        """Keep the terminal quiet."""


def _serve(file: Path, port: int, pipe: Connection) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, file))
    pipe.send(server.server_address[1])
    server.serve_forever()
