"""The pages of a JSON interface, from the first to the one that the other side says is the last."""

import json
import os
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin

import urllib3
from urllib3.util import parse_url

from ingest.contract import Table
from ingest.readers import charsets
from ingest.readers.http import PASSING, Answer, Server
from ingest.readers.json_rows import ABSENT, DECODER, UNREADABLE, encode, parts, walk
from ingest.readers.limits import LimitError
from warehouse.errors import UnreachableError, UserError

MOST_REDIRECTS = 5
# at most, unless declared otherwise: pages; of each answer, bytes when unpacked, and seconds
LIMITS = {"max_pages": 10_000, "max_bytes": 64 << 20, "max_seconds": 300}
COUNTED = ("number", "offset")
CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s"';,]+)""", re.IGNORECASE)
NEXT_LINK = re.compile(r'<([^<>]+)>[^<]*?;\s*rel="?[^"<,;]*\bnext\b', re.IGNORECASE)


class Interface:
    """Asks one host for pages until there are no more."""

    def __init__(self, table: Table, url: str) -> None:
        self._table, self._paging = table, table.options.get("pages", {})
        headers = {
            header: re.sub(r"\$\{(\w+)\}", partial(self._variable, header), value)
            for header, value in table.options.get("headers", {}).items()
        }
        self._most, *limits = (table.options.get(name, most) for name, most in LIMITS.items())
        self._server = Server(url, headers, *limits)

    def close(self) -> None:
        """Let go of the connection."""
        self._server.close()

    def pages(self, url: str) -> Iterator[list[Any]]:
        """Give the records of each page."""
        style, parameter = self._paging.get("style"), self._paging.get("parameter")
        is_counted = style in COUNTED
        count = self._paging.get("first", 1) if style == "number" else 0
        url = with_parameter(url, parameter, count) if is_counted else url
        seen, before, came, total = set[str](), list[Any](), 0, None
        for number in range(1, self._most + 1):
            where = f"page {number} of {_shown(url)}"
            answer = self._get(where, url)
            page, records = self._read(where, answer, is_first=number == 1)
            seen.add(url)
            came += len(records)
            count += len(records) if style == "offset" else 1
            total = self._total(where, page, total)
            following = self._next(where, url, answer, page)
            if is_counted and records:
                following = with_parameter(url, parameter, count)
            following = self._go_on(where, url, page, records, following)
            if following in seen or (is_counted and records and records == before):
                raise self._error(f"{where} repeats what came before.", "Check the setting pages")
            yield records
            if following is None:
                self._check_total(came, total)
                return
            url, before = following, records
        raise self._error(f"there are more than {self._most:,} pages.", "If so, raise max_pages")

    def _get(self, where: str, url: str) -> Answer:
        """Return the whole answer; a redirect is followed as long as it stays on the host."""
        at = self._table.variable()
        try:
            for _ in range(MOST_REDIRECTS):
                answer = self._server.get(url)
                if not answer.redirect:
                    break
                url = self._join(where, url, answer.redirect)
        except LimitError as error:
            raise self._error(
                f"{where} {error}.", "If that is right, raise max_bytes or max_seconds"
            ) from None
        except urllib3.exceptions.HTTPError as error:
            # urllib3 names its own objects first
            reason = re.sub(r"^HTTP\w+\(.*?\): ", "", str((error.args or [error])[0]))
            raise UnreachableError(
                f"{self._table}: could not fetch {where}: {reason}\nNothing was changed. Load again"
                f" later, or check {at}."
            ) from None
        if 200 <= answer.status < 300:
            return answer
        said = f"{where} is answered with status {answer.status}: {answer.excerpt()}"
        if answer.status in PASSING:
            raise UnreachableError(f"{self._table}: {said}\nNothing was changed. Load again later.")
        suspects = f"{at} and the settings path and pages"
        if answer.status in (401, 403):
            suspects = "the setting headers and the environment variables named there"
        raise self._error(said, f"Check {suspects}")

    def _read(self, where: str, answer: Answer, is_first: bool) -> tuple[Any, list[Any]]:
        """Return the whole page and its records."""
        if answer.status == 204:
            return None, []
        page = self._decode(where, answer)
        if page == [] and not is_first:
            return None, []
        path = self._table.options.get("records")
        records = walk(page, parts(path)) if path else page
        if records is None and path:
            records = []  # some write an empty array so
        if not isinstance(records, list):
            items = page.items() if isinstance(page, dict) else ()
            arrays = " or ".join(key for key, value in items if isinstance(value, list))
            said = f"{where} has no array {f'at {path}' if path else 'as a whole'}."
            hint = f", perhaps to {arrays}" if arrays else ""
            raise self._error(said, f"Set records to the path of the array of objects{hint}")
        return page, records

    def _decode(self, where: str, answer: Answer) -> Any:
        """Return the page as its header says that it is written, or else as its first bytes do."""
        label = CHARSET.search(answer.headers.get("Content-Type", ""))
        charset = label[1] if label else json.detect_encoding(answer.body)
        try:
            return DECODER.decode(charsets.decode(answer.body, charset))
        except LookupError as error:
            raise self._error(f"{where}: {error}.", "Ask its provider for UTF-8") from None
        except UnicodeDecodeError:
            said = f"{where} is not JSON in the character set {charset}: {answer.excerpt()}"
        except UNREADABLE:
            said = f"{where} is not JSON: {answer.excerpt()}"
        raise self._error(said, f"Check {self._table.variable()} and path")

    def _next(self, where: str, url: str, answer: Answer, page: Any) -> str | None:
        """Return the URL of the next page, if the answer says that there is one."""
        at, style = self._paging.get("at"), self._paging.get("style")
        if style == "next" and at == "Link":
            match = NEXT_LINK.search(answer.headers.get("Link", ""))
            found = match and match[1]
        else:
            found = at and self._beside(page, at)
        if found is None or found is ABSENT or found is False or found == "":
            return None
        if style == "next" and isinstance(found, str):
            return self._join(where, url, found)
        if style == "cursor" and isinstance(found, (str, Decimal)):
            return with_parameter(url, self._paging["parameter"], found)
        said = f"{where} has no link or cursor at {at}, but {encode(found)[:200]}."
        raise self._error(said, "Check the setting pages")

    def _beside(self, page: Any, path: str) -> Any:
        """Return what a path beside the records leads to; none of an empty page."""
        if page is None:
            return None
        # a key may have dots, such as @odata.nextLink
        return walk(page, [path] if path in page else parts(path))

    def _go_on(
        self, where: str, url: str, page: Any, records: list[Any], following: str | None
    ) -> str | None:
        """Return the next page's URL unless this page is the last one."""
        path = self._paging.get("more")
        if path is None:
            # some repeat the last cursor at the end
            return following if records or following != url else None
        more = False if page is None else self._beside(page, path)
        if more is False:
            return None
        if more is not True:
            said = f"{where} has no true or false at {path}{_found(more)}."
            raise self._error(said, "Check the setting pages.more")
        if following is None or (not records and self._paging["style"] in COUNTED):
            but = "where they are is not said" if records else "it has no record"
            said = f"{where} says at {path} that there are more, but {but}."
            raise self._error(said, "Load again later, or check the setting pages")
        return following

    def _total(self, where: str, page: Any, before: Decimal | None) -> Decimal | None:
        """Return how many records there are in all, as the page says, if it is to say so."""
        path = self._table.options.get("total")
        if path is None or page is None:
            return before
        total = self._beside(page, path)
        if not isinstance(total, Decimal):
            raise self._error(
                f"{where} has no number at {path}{_found(total)}.", "Check the setting total"
            )
        if before not in (None, total):
            raise UnreachableError(
                f"{self._table}: {where} says that there are {total} records in all, an earlier"
                f" page {before}. The source changed meanwhile.\nNothing was changed. Load again."
            )
        return total

    def _check_total(self, came: int, total: Decimal | None) -> None:
        """Refuse what came if it is not as much as was said."""
        if total is not None and came != total:
            raise self._error(
                f"{came:,} records came, but there are {total:,} in all, as"
                f" {self._table.options['total']} says.",
                "Load again later, or check the settings pages and total",
            )

    def _join(self, where: str, url: str, link: str) -> str:
        """Return where a link leads, which is on the same host."""
        try:
            url = urljoin(url, link)
            is_same = self._server.is_same_host(url)
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


def with_parameter(url: str, parameter: str, value: object) -> str:
    """Return a URL with a parameter of its query set."""
    parts = parse_url(url)
    given = parse_qsl(parts.query or "", keep_blank_values=True)
    query = [(name, text) for name, text in given if name != parameter]
    return parts._replace(query=urlencode([*query, (parameter, value)])).url


def _shown(url: str) -> str:
    """Return a URL without its query, which may hold a secret."""
    return url.partition("?")[0]


def _found(value: object) -> str:
    """Say what stands where something else should."""
    return "" if value in (None, ABSENT) else f", but {encode(value)[:200]}"
