"""JSON interfaces over HTTP: read page by page, each asked for again where that can help."""

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin

import urllib3
from urllib3.util import Retry, Timeout, parse_url

from ingest.contract import Table
from ingest.readers import Batch, Past, Record, Stream
from ingest.readers.json_rows import ABSENT, DECODER, UNREADABLE, Rows, encode, walk
from warehouse.errors import UnreachableError, UsageError, UserError

PATIENCE = Timeout(connect=10, read=30)
# what passes by itself, as broken connections do
PASSING = (429, 500, 502, 503, 504)
TRIES = Retry(
    total=4, status_forcelist=PASSING, raise_on_status=False,
    backoff_factor=0.5, backoff_jitter=0.5, retry_after_max=120,
)  # fmt: skip
MOST_REDIRECTS = 5
MOST_PAGES = 10_000
TYPES = {
    "path": str, "records": str, "pages": dict, "max_pages": int, "headers": dict, "since": str,
}  # fmt: skip
STYLES: dict[str, dict[str, type]] = {
    "number": {"parameter": str, "first": int},
    "offset": {"parameter": str},
    "next": {"at": str},
    "cursor": {"parameter": str, "at": str},
}
NAMES = {str: "a text", int: "a whole number", dict: "a mapping"}
NEXT_LINK = re.compile(r'<([^<>]+)>[^<]*?;\s*rel="?[^"<,;]*\bnext\b', re.IGNORECASE)


def find(table: Table, past: dict[str, Past]) -> Iterator[Batch]:
    """Give all that a path of the interface has as one batch; with `since`, what is new of it."""
    _check(table)
    try:
        location = parse_url(table.location)
    except ValueError:
        location = None
    if not location or location.scheme not in ("http", "https") or location.auth:
        raise UsageError(
            f"{table}: {table.variable()} should be a URL like https://host/v1. Credentials belong"
            f" into environment variables that the setting headers names in {table.file}."
        )
    path, _, query = table.options.get("path", f"/{table.name}").partition("?")
    path = (location.path or "").rstrip("/") + (path and f"/{path.lstrip('/')}")
    query = "&".join(filter(None, [location.query, query])) or None
    url = location._replace(path=path, query=query, fragment=None).url
    name, cursor, since = f"{location.netloc}{path}", None, table.options.get("since")
    if since and table.cursor and name in past and (cursor := past[name].cursor):
        is_time = table.column(table.cursor).type.startswith("timestamp")
        # PostgreSQL's way of writing a time, in UTC, as ISO 8601 has it
        asked = re.sub(r"\+00$", "Z", cursor.replace(" ", "T")) if is_time else cursor
        url = _with(url, since, asked)
    yield Batch(name, partial(_open, table, url, name), cursor=cursor, is_whole=cursor is None)


def _check(table: Table) -> None:
    """Refuse settings that are not understood."""

    def refuse(setting: str, problem: str) -> UsageError:
        return UsageError(f"{table.file}: {table}: {setting} {problem}.")

    def check(settings: Mapping[str, Any], types: Mapping[str, type], prefix: str = "") -> None:
        for setting, value in settings.items():
            if setting not in types:
                raise refuse(f"{prefix}{setting}", f"is unknown. Known: {', '.join(types)}")
            if type(value) is not types[setting]:
                problem = f"should be {NAMES[types[setting]]}, not {value!r}"
                raise refuse(f"{prefix}{setting}", problem)

    options = table.options
    check(options, TYPES)
    if pages := options.get("pages"):
        if str(pages.get("style")) not in STYLES:
            raise refuse("pages.style", f"should be one of {', '.join(STYLES)}")
        types: dict[str, type] = {"style": str, **STYLES[pages["style"]]}
        check(pages, types, "pages.")
        for setting in types.keys() - pages.keys() - {"first"}:
            raise refuse(f"pages.{setting}", "is missing")
        if pages.get("at", "Link") != "Link" and "records" not in options:
            raise refuse("pages.at", "is a place beside the records, so set records to theirs")
    for header, value in options.get("headers", {}).items():
        if type(value) is not str or not re.fullmatch(r"[\w-]+", str(header), re.ASCII):
            raise refuse(f"headers.{header}", "should be a header's name and a text, in quotes")
    if options.get("max_pages", 1) < 1:
        raise refuse("max_pages", "should be 1 or more")
    if "since" in options and (table.mode != "merge" or not table.cursor):
        raise refuse("since", "needs mode merge and a cursor")


@contextlib.contextmanager
def _open(table: Table, url: str, name: str) -> Iterator[Stream]:
    rows = Rows(table)

    def records() -> Iterator[Record]:
        position = 0
        with urllib3.connection_from_url(url, timeout=PATIENCE, retries=TRIES) as pool:
            for page in _Interface(table, pool).pages(url):
                for found in page:
                    position += 1
                    if isinstance(found, dict):
                        yield Record(position, rows.take(found))
                    else:
                        yield Record(position, None, "is not an object", encode(found))
        rows.check(name)

    columns = [column.source_name for column in table.columns]
    yield Stream(columns, records, datetime.now(timezone.utc), left_out=rows.left_out)


class _Interface:
    """Asks one host for pages until there are no more."""

    def __init__(self, table: Table, pool: urllib3.HTTPConnectionPool) -> None:
        self._table, self._pool = table, pool
        self._paging = table.options.get("pages", {})
        self._headers = {
            header: re.sub(r"\$\{(\w+)\}", partial(self._variable, header), value)
            for header, value in table.options.get("headers", {}).items()
        }

    def pages(self, url: str) -> Iterator[list[Any]]:
        """Give the records of each page."""
        style, parameter = self._paging.get("style"), self._paging.get("parameter")
        is_counted = style in ("number", "offset")
        count = self._paging.get("first", 1) if style == "number" else 0
        url = _with(url, parameter, count) if is_counted else url
        most, seen = self._table.options.get("max_pages", MOST_PAGES), set[str]()
        before: list[Any] = []
        for number in range(1, most + 1):
            where = f"page {number} of {_shown(url)}"
            answer = self._get(where, url)
            page, records = self._read(where, answer)
            seen.add(url)
            count += len(records) if style == "offset" else 1
            following = self._next(where, url, answer, page)
            if is_counted and records:
                following = _with(url, parameter, count)
            if following in seen or (is_counted and records and records == before):
                raise self._error(f"{where} repeats what came before.", "Check the setting pages")
            yield records
            if following is None:
                return
            url, before = following, records
        raise self._error(f"there are more than {most:,} pages.", "If so, raise max_pages")

    def _get(self, where: str, url: str) -> urllib3.BaseHTTPResponse:
        """Return the whole answer; a redirect is followed as long as it stays on the host."""
        at = self._table.variable()
        try:
            for _ in range(MOST_REDIRECTS):
                target = parse_url(url).request_uri
                answer = self._pool.request("GET", target, headers=self._headers, redirect=False)
                if not (onward := answer.get_redirect_location()):
                    break
                url = self._join(where, url, onward)
        except urllib3.exceptions.HTTPError as error:
            cause = getattr(error, "reason", None) or error
            # urllib3 names its own objects first
            reason = re.sub(r"^HTTP\w+\(.*?\): ", "", str((cause.args or [cause])[0]))
            raise UnreachableError(
                f"{self._table}: {where} cannot be had: {reason}\nNothing was changed. Load again"
                f" later, or check {at}."
            ) from None
        if 200 <= answer.status < 300:
            return answer
        said = f"{where} is answered with status {answer.status}: {_excerpt(answer)}"
        if answer.status in PASSING:
            raise UnreachableError(f"{self._table}: {said}\nNothing was changed. Load again later.")
        suspects = f"{at} and the settings path and pages"
        if answer.status in (401, 403):
            suspects = "the setting headers and the environment variables named there"
        raise self._error(said, f"Check {suspects}")

    def _read(self, where: str, answer: urllib3.BaseHTTPResponse) -> tuple[Any, list[Any]]:
        """Return the whole page and its records."""
        try:
            page = DECODER.decode(answer.data.decode("utf-8-sig"))
        except UNREADABLE:
            said = f"{where} is not JSON: {_excerpt(answer)}"
            raise self._error(said, f"Check {self._table.variable()} and path") from None
        path = self._table.options.get("records")
        records = walk(page, path.split(".")) if path else page
        if records is None and path:
            records = []  # some write an empty array so
        if not isinstance(records, list):
            items = page.items() if isinstance(page, dict) else ()
            arrays = " or ".join(key for key, value in items if isinstance(value, list))
            said = f"{where} has no array {f'at {path}' if path else 'as a whole'}."
            hint = f", perhaps to {arrays}" if arrays else ""
            raise self._error(said, f"Set records to the path of the array of objects{hint}")
        return page, records

    def _next(
        self, where: str, url: str, answer: urllib3.BaseHTTPResponse, page: Any
    ) -> str | None:
        """Return the URL of the next page, if the answer says that there is one."""
        at, style = self._paging.get("at"), self._paging.get("style")
        if style == "next" and at == "Link":
            match = NEXT_LINK.search(answer.headers.get("Link", ""))
            found = match and match[1]
        else:
            # a key may have dots, such as @odata.nextLink
            found = at and walk(page, [at] if at in page else at.split("."))
        if found is None or found is ABSENT or found is False or found == "":
            return None
        if style == "next" and isinstance(found, str):
            return self._join(where, url, found)
        if style == "cursor" and isinstance(found, (str, Decimal)):
            return _with(url, self._paging["parameter"], found)
        said = f"{where} has no link or cursor at {at}, but {encode(found)[:200]}."
        raise self._error(said, "Check the setting pages")

    def _join(self, where: str, url: str, link: str) -> str:
        """Return where a link leads, which is on the same host."""
        try:
            url = urljoin(url, link)
            is_same = self._pool.is_same_host(url)
        except ValueError:
            is_same = False
        if not is_same:
            raise self._error(
                f"{where} leads to another host: {_shown(link)}. The headers are not sent there,"
                " as they may hold a secret.",
                f"If that is the right host, set {self._table.variable()} to it",
            )
        return url

    def _variable(self, header: str, match: re.Match[str]) -> str:
        """Return what an environment variable puts into a header."""
        value = os.environ.get(match[1], "").strip()
        if not value or not value.isascii() or not value.isprintable():
            problem = "holds what a header cannot hold" if value else "is not set"
            said = f"the environment variable {match[1]} {problem}."
            raise self._error(said, f"The header {header} needs it")
        return value

    def _error(self, problem: str, advice: str) -> UserError:
        return UserError(
            f"{self._table}: {problem}\nNothing was changed. {advice} (see {self._table.file})."
        )


def _with(url: str, parameter: str, value: object) -> str:
    """Return a URL with a parameter of its query set."""
    parts = parse_url(url)
    given = parse_qsl(parts.query or "", keep_blank_values=True)
    query = [(name, text) for name, text in given if name != parameter]
    return parts._replace(query=urlencode([*query, (parameter, value)])).url


def _shown(url: str) -> str:
    """Return a URL without its query, which may hold a secret."""
    return url.partition("?")[0]


def _excerpt(answer: urllib3.BaseHTTPResponse) -> str:
    """Return the beginning of an answer's text on one line."""
    text = answer.data.decode(errors="replace").replace("\0", " ")
    return " ".join(text.split())[:200] or "(nothing)"
