"""JSON interfaces over HTTP: read page by page, each asked for again where that can help."""

import contextlib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from functools import partial
from typing import Any

from urllib3.util import parse_url

from ingest.contract import Table
from ingest.readers import Batch, Past, Record, Stream
from ingest.readers.json_rows import Rows, encode
from ingest.readers.pages import LIMITS, Interface, with_parameter
from warehouse.errors import UsageError, UserError

TYPES = {
    "path": str, "records": str, "pages": dict, "total": str, "headers": dict, "since": str,
    **dict.fromkeys(LIMITS, int),
}  # fmt: skip
STYLES: dict[str, dict[str, type]] = {
    "number": {"parameter": str, "first": int},
    "offset": {"parameter": str},
    "next": {"at": str},
    "cursor": {"parameter": str, "at": str},
}
OPTIONAL = {"first", "more"}
NAMES = {str: "a text", int: "a whole number", dict: "a mapping"}


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
        url = with_parameter(url, since, asked)
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

    # there are others, of how values are written
    options = {name: value for name, value in table.options.items() if name in TYPES}
    check(options, TYPES)
    if pages := options.get("pages", {}):
        if str(pages.get("style")) not in STYLES:
            raise refuse("pages.style", f"should be one of {', '.join(STYLES)}")
        types: dict[str, type] = {"style": str, **STYLES[pages["style"]], "more": str}
        check(pages, types, "pages.")
        for setting in types.keys() - pages.keys() - OPTIONAL:
            raise refuse(f"pages.{setting}", "is missing")
    beside = [f"pages.{name}" for name in ("at", "more") if pages.get(name, "Link") != "Link"]
    for setting in [*beside, *(options.keys() & {"total"})]:
        if "records" not in options:
            raise refuse(setting, "is a place beside the records, so set records to theirs")
    for header, value in options.get("headers", {}).items():
        if type(value) is not str or not re.fullmatch(r"[\w-]+", str(header), re.ASCII):
            raise refuse(f"headers.{header}", "should be a header's name and a text, in quotes")
    for setting in LIMITS:
        if options.get(setting, 1) < 1:
            raise refuse(setting, "should be 1 or more")
    if "since" in options and (table.mode != "merge" or not table.cursor):
        raise refuse("since", "needs mode merge and a cursor")


@contextlib.contextmanager
def _open(table: Table, url: str, name: str) -> Iterator[Stream]:
    rows = Rows(table)

    def records() -> Iterator[Record]:
        position = 0
        try:
            with contextlib.closing(Interface(table, url)) as interface:
                for page in interface.pages(url):
                    for found in page:
                        position += 1
                        yield rows.record(position, found, partial(encode, found))
        except RecursionError:
            raise UserError(
                f"{table}: {name}, after {position:,} records: is nested too deeply. Nothing was"
                " changed."
            ) from None
        rows.check(name)

    columns = [column.source_name for column in table.columns]
    yield Stream(columns, records, datetime.now(timezone.utc), left_out=rows.left_out)
