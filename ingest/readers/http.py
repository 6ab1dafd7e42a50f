"""Answers of one HTTP server: asked for again where that can help, none too large or too slow."""

import contextlib
import random
import re
import socket
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, NamedTuple

import urllib3
from urllib3.util import Timeout, parse_url

from ingest.readers.limits import LimitError, within

PATIENCE = Timeout(connect=10, read=30)
# what passes by itself, as broken connections do
PASSING = (429, 500, 502, 503, 504)
# seconds before each further try, if the answer does not say how many
PAUSES = (0.5, 1.0, 2.0, 4.0)
LONGEST_PAUSE = 120
BLOCK = 1 << 16


class Answer(NamedTuple):
    """What a server answered, the body whole and unpacked."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    redirect: str | None

    def excerpt(self) -> str:
        """Return the beginning of the body on one line."""
        text = self.body[:1000].decode(errors="replace").replace("\0", " ")
        return " ".join(text.split())[:200] or "(nothing)"


class Server:
    """One server, reached over a connection that is kept.

    Args:
        url: any of its URLs.
        headers: are sent with each request.
        max_bytes: the largest answer, unpacked.
        max_seconds: the longest that an answer may take.
    """

    def __init__(
        self, url: str, headers: Mapping[str, str], max_bytes: int, max_seconds: float
    ) -> None:
        self._headers, self._max_bytes, self._max_seconds = headers, max_bytes, max_seconds
        self._pool = urllib3.connection_from_url(url, timeout=PATIENCE, retries=False)
        made = partial(self._connect, self._pool.ConnectionCls)
        self._pool.ConnectionCls = made  # type: ignore[assignment]  # is called, and no more
        self._connection: Any = None

    def close(self) -> None:
        """Let go of the connection."""
        self._pool.close()

    def is_same_host(self, url: str) -> bool:
        """Tell whether a URL leads here; ValueError if it is none."""
        return self._pool.is_same_host(url)

    def get(self, url: str) -> Answer:
        """Return the answer to a GET, whatever its status; a redirect is not followed.

        Raises:
            LimitError: it is too large or takes too long.
            urllib3.exceptions.HTTPError: there is none, after several tries.
        """
        target = parse_url(url).request_uri
        for pause in PAUSES:
            asked = 0.0
            with contextlib.suppress(urllib3.exceptions.HTTPError):
                answer = self._ask(target)
                if answer.status not in PASSING:
                    return answer
                asked = seconds_asked(answer.headers.get("Retry-After", ""))
            time.sleep(asked or pause * random.uniform(1, 1.5))
        return self._ask(target)

    def _ask(self, target: str) -> Answer:
        with within(self._max_seconds, self._socket):
            answer = self._pool.request(
                "GET", target, headers=self._headers, redirect=False, preload_content=False
            )
            try:
                body = self._read(answer)
            finally:
                answer.close()  # which keeps the connection if all was read
        redirect = answer.get_redirect_location() or None
        return Answer(answer.status, answer.headers, body, redirect)

    def _read(self, answer: urllib3.BaseHTTPResponse) -> bytes:
        """Return the body, unpacked."""
        blocks, size = [], 0
        while block := answer.read(BLOCK):
            size += len(block)
            if size > self._max_bytes:
                raise LimitError(f"is larger than {self._max_bytes:,} bytes")
            blocks.append(block)
        return b"".join(blocks)

    def _connect(self, kind: Any, **settings: Any) -> Any:
        """Make a connection and remember it."""
        self._connection = kind(**settings)
        return self._connection

    def _socket(self) -> socket.socket | None:
        return getattr(self._connection, "sock", None)


def seconds_asked(retry_after: str) -> float:
    """Return how long a Retry-After header asks to wait: seconds or a date; 0 if it says neither.

    Fractions are not in RFC 9110, but sent.
    """
    if re.fullmatch(r"\s*[0-9]{1,9}(\.[0-9]{0,9})?\s*", retry_after):
        seconds = float(retry_after)
    else:
        try:
            at = parsedate_to_datetime(retry_after[:100])
            at = at if at.tzinfo else at.replace(tzinfo=timezone.utc)
            seconds = (at - datetime.now(timezone.utc)).total_seconds()
        except (TypeError, ValueError, OverflowError):
            return 0
    return min(max(seconds, 0), LONGEST_PAUSE)
