"""What stands before the pages of this project: they answer their own user and no other web page.

A browser sends requests wherever a page of any site tells it to, this machine included. So the
pages answer under known names only (`PAGES_HOSTS` adds to those of this machine), and what a page
of another origin sends is refused. Programs that are no browsers send neither of the headers.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
HEADERS = [
    (b"content-security-policy", b"frame-ancestors 'self'"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


def named_hosts() -> set[str]:
    """Return the names that PAGES_HOSTS, divided by commas, adds to those of this machine."""
    names = os.environ.get("PAGES_HOSTS", "").lower().split(",")
    return {name.strip() for name in names} - {""}


def refusal(kind: str, method: str, path: str, query: str, headers: list[tuple[str, str]]) -> str:
    """Return why a request is refused, or nothing if it is not.

    Args:
        kind: `http` or `websocket`.
        method: GET and so on.
        path: without what follows the question mark.
        query: what follows it.
        headers: names in lower case, with their values.
    """
    given = {
        wanted: [value.lower() for name, value in headers if name == wanted]
        for wanted in ("host", "origin", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest")
    }
    names = named_hosts()
    if len(given["host"]) != 1 or _name(given["host"][0]) not in LOOPBACK | names:
        return "This name is not known here. PAGES_HOSTS lists further names of these pages."
    for origin in given["origin"]:
        address = urlsplit(origin).netloc
        # a proxy may have put its own name in the place of Host
        if address != given["host"][0] and _name(address) not in names:
            return "A page of another site has sent this."
    is_link = (
        kind == "http"
        and method == "GET"
        and given["sec-fetch-mode"] == ["navigate"]
        and given["sec-fetch-dest"] == ["document"]
    )
    if not is_link and not set(given["sec-fetch-site"]) <= {"same-origin", "none"}:
        return "A page of another site has sent this."
    if method != "POST" and path.endswith("/graphql") and "query" in parse_qs(query):
        return "Ask by POST."
    return ""


class Guard:
    """Middleware that refuses what `refusal` refuses, with 403."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        reason = refusal(
            scope["type"],
            scope.get("method", "GET"),
            scope["path"],
            scope["query_string"].decode("latin-1"),
            [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]],
        )
        if not reason:
            await self._app(scope, receive, _framed_by_none(send))
        elif scope["type"] == "websocket":
            # before it is accepted, which the browser is told as 403
            await send({"type": "websocket.close", "code": 1008, "reason": reason})
        else:
            plain = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": 403, "headers": plain})
            await send({"type": "http.response.body", "body": f"{reason}\n".encode()})


def _framed_by_none(send: Send) -> Send:
    """Return a `send` that lets no other origin frame or embed what is answered."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *HEADERS]
        await send(message)

    return sent


def _name(address: str) -> str:
    """Return the host of `host:port`, or nothing if that is none."""
    try:
        return urlsplit(f"//{address}").hostname or ""
    except ValueError:
        return ""
