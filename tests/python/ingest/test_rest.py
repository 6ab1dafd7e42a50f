"""JSON interfaces: all pages or none, whatever the other side does."""

import contextlib
import gzip
import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from growth import check_growth
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from urllib3.util import Timeout

from ingest import contract, tables
from ingest.readers import http, rest
from warehouse import PROJECT
from warehouse.errors import UserError

COLUMNS = "item_id bigint, name text, price numeric"
BY_NUMBER = {"pages": {"style": "number", "parameter": "page"}}
BY_LINK = {"records": "data", "pages": {"style": "next", "at": "next"}}
BY_CURSOR = {
    "records": "data",
    "pages": {"style": "cursor", "parameter": "after", "at": "meta.next"},
}


@dataclass
class Answer:
    """What the interface answers: a body that is no bytes as JSON, status 0 by hanging up."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] | None = None
    promised: int = 0
    seconds: float = 0
    more: Iterable[bytes] = ()


@dataclass
class Request:
    """What the interface was asked."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    number: int
    at: float


class Interface(ThreadingHTTPServer):
    """An HTTP server on loopback that answers as the test says.

    Attributes:
        answer: makes the answer to a request.
        requests: what it was asked, in order.
    """

    daemon_threads = True
    answer: Callable[[Request], Answer]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[Request] = []
        self.is_over = threading.Event()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that hang up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Interface

    def do_GET(self) -> None:  # the name is the library's
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        number = len(self.server.requests) + 1
        request = Request(parts.path, query, dict(self.headers), number, time.monotonic())
        self.server.requests.append(request)
        answer = self.server.answer(request)
        self.close_connection = bool(answer.promised) or not answer.status
        if not answer.status:
            for more in answer.more:
                if self.server.is_over.is_set():
                    break
                self.wfile.write(more)
            return
        body = answer.body
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        self.send_response(answer.status)
        for name, value in (answer.headers or {}).items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(body) + answer.promised))
        self.end_headers()
        self.wfile.flush()
        self.server.is_over.wait(answer.seconds)
        if answer.status != 204:
            self.wfile.write(body)
        for more in answer.more:
            if self.server.is_over.is_set():
                break
            self.wfile.write(more)
            self.wfile.flush()

    def log_message(self, format: str, *arguments: Any) -> None:  # the name is the library's
        """Keep the terminal quiet."""


@pytest.fixture
def interface() -> Iterator[Interface]:
    server = Interface()
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    yield server
    server.is_over.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def table(declare, interface):
    """Give a function that declares the table `test.items` behind the interface."""

    def make(columns: str = COLUMNS, **settings):
        own = contract.READERS["rest"].settings
        options = {name: settings.pop(name) for name in own & settings.keys()}
        location = settings.pop("location", f"http://{interface.host}")
        return declare(columns, reader="rest", location=location, options=options, **settings)

    return make


@pytest.fixture
def hasty(monkeypatch) -> None:
    """Ask again at once, and wait only shortly for an answer."""
    monkeypatch.setattr(http, "PAUSES", [0.01] * len(http.PAUSES))
    monkeypatch.setattr(http, "PATIENCE", Timeout(connect=2, read=0.3))


def item(number: int) -> dict:
    return {"item_id": number, "name": f"Hat {number}", "price": 1.5}


def items(*numbers: int) -> list[dict]:
    return [item(number) for number in numbers]


def by_link(request: Request, last: int = 3) -> Answer:
    """Answer with one of some pages of two, whose links are relative."""
    page = int(request.query.get("page", 1))
    link = f"?page={page + 1}" if page < last else None
    return Answer({"data": items(2 * page - 1, 2 * page), "next": link})


def loaded(warehouse) -> list[int]:
    return [number for (number,) in warehouse.rows("select item_id from raw_test.items order by 1")]


def refused(warehouse, table) -> str:
    """Load a table that holds something and say why that fails; what it holds stays."""
    tables.ensure(warehouse.connection, [table])
    before = loaded(warehouse)
    result = warehouse.load(table)
    assert (result.status, loaded(warehouse)) == ("failed", before)
    assert len(result.notes) == 1
    return result.notes[0]


# paging


def test_one_page_is_an_array(warehouse, table, interface) -> None:
    interface.answer = lambda request: Answer(
        b'[{"item_id": 1, "name": "Hat", "price": 0.10000000000000000001, "is_new": true}]'
    )
    result = warehouse.load(table())
    assert (result.status, result.read, result.loaded) == ("loaded", 1, 1)
    assert warehouse.rows("select item_id, name, price from raw_test.items") == [
        (1, "Hat", Decimal("0.10000000000000000001"))
    ]
    assert "is_new" in result.notes[0]
    assert [request.path for request in interface.requests] == ["/items"]


def test_every_row_says_where_and_when(warehouse, table, interface) -> None:
    interface.answer = lambda request: Answer(items(1, 2))
    before = warehouse.rows("select clock_timestamp()")[0][0]
    warehouse.load(table(path="/v1/things?key=secret"))
    ((source, at),) = warehouse.rows(
        "select distinct _source_file, _extracted_at from raw_test.items"
    )
    assert source == f"{interface.host}/v1/things"
    assert before <= at <= warehouse.rows("select clock_timestamp()")[0][0]
    assert interface.requests[0].query == {"key": "secret"}


def test_numbered_pages_end_with_an_empty_one(warehouse, table, interface) -> None:
    pages = {"0": items(1, 2), "1": items(3), "2": []}
    interface.answer = lambda request: Answer(pages[request.query["p"]])
    settings = {"pages": {"style": "number", "parameter": "p", "first": 0}}
    assert warehouse.load(table(path="items?size=2", **settings)).loaded == 3
    assert [request.query for request in interface.requests] == [
        {"size": "2", "p": "0"},
        {"size": "2", "p": "1"},
        {"size": "2", "p": "2"},
    ]


def test_offsets_follow_the_rows_received(warehouse, table, interface) -> None:
    def answer(request: Request) -> Answer:
        start = int(request.query["offset"])
        return Answer(items(*range(start + 1, min(start + 3, 6))))

    interface.answer = answer
    assert warehouse.load(table(pages={"style": "offset", "parameter": "offset"})).loaded == 5
    assert loaded(warehouse) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("link", ["?page=2", "/items?page=2", "http://{host}/items?page=2"])
def test_links_are_followed(warehouse, table, interface, link) -> None:
    pages = {None: (items(1), link.format(host=interface.host)), "2": (items(2), None)}

    def answer(request: Request) -> Answer:
        data, following = pages[request.query.get("page")]
        return Answer({"data": data, "next": following})

    interface.answer = answer
    assert warehouse.load(table(**BY_LINK)).loaded == 2


@pytest.mark.parametrize(
    "header",
    ['</items?page=2>; rel="next"', '</items?page=0>; rel="prev", </items?page=2>; rel=next'],
)
def test_links_in_the_header_are_followed(warehouse, table, interface, header) -> None:
    interface.answer = lambda request: (
        Answer(items(2), headers={"Link": '</items>; rel="prev"; title="next"'})
        if request.query
        else Answer(items(1), headers={"Link": header})
    )
    assert warehouse.load(table(pages={"style": "next", "at": "Link"})).loaded == 2
    assert interface.requests[1].query == {"page": "2"}


def test_a_link_may_stand_at_a_key_with_dots(warehouse, table, interface) -> None:
    interface.answer = lambda request: Answer(
        {"value": items(2)}
        if request.query
        else {"value": items(1), "@odata.nextLink": "/items?$skiptoken=x"}
    )
    paging = {"style": "next", "at": "@odata.nextLink"}
    assert warehouse.load(table(records="value", pages=paging)).loaded == 2


@pytest.mark.parametrize("end", [{"next": None}, {"next": ""}, {"next": False}, {}])
def test_cursors_are_followed_to_the_end(warehouse, table, interface, end) -> None:
    following = {None: {"next": 17}, "17": {"next": "b&c"}, "b&c": end}
    interface.answer = lambda request: Answer(
        {"data": items(len(interface.requests)), "meta": following[request.query.get("after")]}
    )
    assert warehouse.load(table(**BY_CURSOR)).loaded == 3


def test_an_interface_without_records_empties_the_table(warehouse, table, interface) -> None:
    interface.answer = lambda request: Answer({"data": items(1)})
    warehouse.load(table(**BY_LINK))
    interface.answer = lambda request: Answer({"data": None, "next": None})
    assert warehouse.load(table(**BY_LINK)).status == "loaded"
    assert loaded(warehouse) == []


BY_MORE = {"style": "number", "parameter": "page", "more": "meta.has_more"}


def told(*numbers: int, more: Any = None, total: Any = None, cursor: Any = None) -> Answer:
    """Answer with a page that says besides what its settings ask for."""
    meta = {"has_more": more, "total": total, "next": cursor}
    return Answer({"data": items(*numbers), "meta": meta})


@pytest.mark.parametrize(
    "style",
    [
        {"style": "number", "parameter": "page"},
        {"style": "offset", "parameter": "page"},
        {"style": "cursor", "parameter": "page", "at": "meta.next"},
    ],
    ids=["number", "offset", "cursor"],
)
def test_a_page_can_say_whether_there_are_more(warehouse, table, interface, style) -> None:
    interface.answer = lambda request: told(
        2 * request.number, 2 * request.number + 1, more=request.number < 3, cursor=request.number
    )
    settings = {"records": "data", "pages": {**style, "more": "meta.has_more"}}
    assert warehouse.load(table(**settings)).loaded == 6
    assert len(interface.requests) == 3


@pytest.mark.parametrize("more", [None, "yes", 1, 0])
def test_what_says_nothing_of_more_pages_is_refused(warehouse, table, interface, more) -> None:
    interface.answer = lambda request: told(1, more=more)
    message = refused(warehouse, table(records="data", pages=BY_MORE))
    assert "has no true or false at meta.has_more" in message
    assert "pages.more" in message


def test_more_pages_that_are_nowhere_are_refused(warehouse, table, interface) -> None:
    interface.answer = lambda request: told(1, more=True)
    paging = {"style": "cursor", "parameter": "after", "at": "meta.next", "more": "meta.has_more"}
    message = refused(warehouse, table(records="data", pages=paging))
    assert "says at meta.has_more that there are more, but where they are is not said" in message


@pytest.mark.parametrize("style", ["number", "offset"])
def test_an_empty_page_is_no_end_if_there_are_more(warehouse, table, interface, style) -> None:
    pages = {1: told(1, 2, more=True), 2: told(more=True), 3: told(3, more=False)}
    interface.answer = lambda request: pages[request.number]
    message = refused(warehouse, table(records="data", pages={**BY_MORE, "style": style}))
    assert "page 2 of" in message
    assert "but it has no record" in message


def test_as_many_come_as_there_are_in_all(warehouse, table, interface) -> None:
    pages = {"1": told(1, 2, total=3), "2": told(3, total=3), "3": told(total=3)}
    interface.answer = lambda request: pages[request.query["page"]]
    settings = {"records": "data", "total": "meta.total", **BY_NUMBER}
    assert warehouse.load(table(**settings)).loaded == 3
    pages["2"] = told(total=3)
    message = refused(warehouse, table(**settings))
    assert "2 records came, but there are 3 in all, as meta.total says" in message
    pages["2"] = told(3, 4, total=3)
    assert "4 records came" in refused(warehouse, table(**settings))
    pages["2"] = told(3, total=4)
    assert "4 records in all, an earlier page 3" in refused(warehouse, table(**settings))
    pages["2"] = told(3, total="3")
    assert 'has no number at meta.total, but "3"' in refused(warehouse, table(**settings))
    pages["2"] = told(3, total=3)
    assert warehouse.load(table(**settings)).loaded == 3


def test_an_empty_page_with_the_cursor_before_it_is_the_end(warehouse, table, interface) -> None:
    interface.answer = lambda request: (
        told(1, cursor="x") if request.number == 1 else told(cursor="x")
    )
    assert warehouse.load(table(**BY_CURSOR)).loaded == 1
    assert len(interface.requests) == 2
    paging = {**BY_CURSOR["pages"], "more": "meta.has_more"}
    interface.answer = lambda request: told(cursor="x", more=True)
    assert "repeats" in refused(warehouse, table(records="data", pages=paging))


@pytest.mark.parametrize("end", [Answer(b"", 204), Answer([]), Answer({"data": []})])
@pytest.mark.parametrize("paging", [BY_NUMBER, BY_CURSOR])
def test_pages_end_where_there_is_no_content(warehouse, table, interface, end, paging) -> None:
    interface.answer = lambda request: told(1, cursor=9) if request.number % 2 else end
    assert warehouse.load(table(**{"records": "data", **paging})).loaded == 1
    assert len(interface.requests) == 2


def test_an_interface_without_content_empties_the_table(warehouse, table, interface) -> None:
    interface.answer = lambda request: Answer(items(1))
    warehouse.load(table())
    interface.answer = lambda request: Answer(b"", 204)
    assert warehouse.load(table()).status == "loaded"
    assert loaded(warehouse) == []


def test_keys_may_have_dots_and_any_case(warehouse, table, interface) -> None:
    page = {"the.data": {"Rows": items(1)}, "Meta": {"has.more": False, "a.b": {"total": 1}}}
    interface.answer = lambda request: Answer(page)
    settings = {"records": r"the\.data.rows", "total": r"meta.a\.b.total"}
    paging = {"style": "number", "parameter": "page", "more": r"meta.has\.more"}
    assert warehouse.load(table(**settings, pages=paging)).loaded == 1


@pytest.mark.parametrize(
    ("kind", "encoding"),
    [
        ("application/json; charset=utf-16", "utf-16"),
        ("application/json;charset=UTF-16LE", "utf-16-le"),
        ('application/json; charset="ISO-8859-1"', "latin-1"),
        ("application/json; charset=windows-1252; x=y", "cp1252"),
        ("application/json; charset=x-sjis", "shift_jis"),
        ("application/json", "utf-8-sig"),
        ("application/json", "utf-16"),
        ("application/json", "utf-32-be"),
        ("text/plain; charset=us-ascii", "utf-8"),
    ],
)
def test_the_charset_of_the_answer_counts(warehouse, table, interface, kind, encoding) -> None:
    name = "帽子" if "jis" in encoding else "Hüte"
    body = json.dumps([item(1) | {"name": name}], ensure_ascii=False).encode(encoding)
    interface.answer = lambda request: Answer(body, headers={"Content-Type": kind})
    assert warehouse.load(table()).loaded == 1
    assert warehouse.rows("select name from raw_test.items") == [(name,)]


@pytest.mark.parametrize(
    ("charset", "problem"),
    [
        ("klingon", 'the character set "klingon" is unknown'),
        ("unicode_escape", 'the character set "unicode_escape" is unknown'),
        ("utf-8", "is not JSON in the character set utf-8"),
        ("ascii", "is not JSON in the character set ascii"),
    ],
)
def test_no_letter_is_guessed(warehouse, table, interface, charset, problem) -> None:
    kind = {"Content-Type": f"application/json; charset={charset}"}
    interface.answer = lambda request: Answer('[{"name": "Hüte"}]'.encode("latin-1"), headers=kind)
    assert problem in refused(warehouse, table())


def test_what_is_no_object_is_quarantined(warehouse, table, interface) -> None:
    interface.answer = lambda request: Answer([*items(1), "x\0y", None, item(2) | {"price": "n/a"}])
    result = warehouse.load(table(max_quarantined=0.9))
    assert (result.read, result.loaded, result.quarantined) == (4, 1, 3)
    assert warehouse.quarantine()[:2] == [
        ("2", "is not an object", {"record": '"x\\u0000y"'}),
        ("3", "is not an object", {"record": "null"}),
    ]
    assert warehouse.quarantine()[2][:2] == ("4", 'price is not numeric: "n/a"')


def test_a_column_that_no_record_has_is_refused(warehouse, table, interface) -> None:
    interface.answer = lambda request: Answer(items(1, 2))
    assert "colour" in refused(warehouse, table(COLUMNS + ", colour text"))


# a source that misbehaves


def test_pages_that_never_end_are_refused(warehouse, table, interface) -> None:
    interface.answer = lambda request: by_link(request, last=1000)
    message = refused(warehouse, table(max_pages=3, **BY_LINK))
    assert "more than 3 pages" in message
    assert "max_pages" in message
    assert len(interface.requests) == 3


@pytest.mark.parametrize("paging", [BY_LINK, BY_CURSOR])
def test_a_page_that_comes_again_is_refused(warehouse, table, interface, paging) -> None:
    interface.answer = lambda request: Answer(
        {"data": items(1), "next": "?page=2", "meta": {"next": "same"}}
    )
    message = refused(warehouse, table(**paging))
    assert f"page 2 of http://{interface.host}/items repeats" in message
    assert len(interface.requests) == 2


def test_a_parameter_that_is_ignored_is_noticed(warehouse, table, interface) -> None:
    interface.answer = lambda request: Answer(items(1, 2))
    assert "page 2" in refused(warehouse, table(**BY_NUMBER))


def test_a_link_to_another_host_is_refused(warehouse, table, interface, monkeypatch) -> None:
    monkeypatch.setenv("TEST_TOKEN", "secret")
    other = f"http://localhost:{interface.server_address[1]}/items?page=2"
    interface.answer = lambda request: Answer({"data": items(1), "next": other})
    message = refused(warehouse, table(headers={"X-Token": "${TEST_TOKEN}"}, **BY_LINK))
    assert "another host: http://localhost" in message
    assert "TEST_LOCATION" in message
    assert len(interface.requests) == 1


def test_redirects_stay_on_their_host(warehouse, table, interface) -> None:
    interface.answer = lambda request: (
        Answer(items(1))
        if request.path == "/v2/things"
        else Answer(b"", 308, {"Location": "v2/things"})
    )
    assert warehouse.load(table()).loaded == 1
    interface.answer = lambda request: Answer(b"", 302, {"Location": "http://localhost:1/items"})
    assert "another host: http://localhost:1/items" in refused(warehouse, table())
    interface.answer = lambda request: Answer(b"", 302, {"Location": "/again"})
    assert "status 302" in refused(warehouse, table())


@pytest.mark.parametrize("link", ["http://[", "http://host:none/", ["?page=2"], 7])
def test_a_link_that_is_none_is_refused(warehouse, table, interface, link) -> None:
    interface.answer = lambda request: Answer({"data": items(1), "next": link})
    assert "page 1" in refused(warehouse, table(**BY_LINK))


def test_a_busy_interface_is_given_the_time_it_asks_for(warehouse, table, interface) -> None:
    interface.answer = lambda request: (
        Answer(b"", 429, {"Retry-After": "1"}) if request.number == 2 else by_link(request)
    )
    assert warehouse.load(table(**BY_LINK)).loaded == 6
    assert interface.requests[2].at - interface.requests[1].at >= 1


def test_it_may_ask_for_a_fraction_of_a_second(warehouse, table, interface, monkeypatch) -> None:
    monkeypatch.setattr(http, "PAUSES", [60.0])
    interface.answer = lambda request: (
        Answer(b"", 503, {"Retry-After": "0.25"}) if request.number == 1 else Answer(items(1))
    )
    assert warehouse.load(table()).loaded == 1
    assert 0.25 <= interface.requests[1].at - interface.requests[0].at < 2


def test_pauses_are_asked_for_in_many_ways() -> None:
    def at(seconds: int) -> str:
        return format_datetime(datetime.now(timezone.utc) + timedelta(seconds=seconds), usegmt=True)

    asked = {"2": 2, " 1.5 ": 1.5, "0": 0, "86400": 120, "9" * 5000: 0, "-3": 0, "soon": 0, "": 0}
    asked |= {at(-60): 0, at(3600): 120, "1e9": 0, "Wed, 99 Foo 2026": 0, "\0": 0}
    assert {value: http.seconds_asked(value) for value in asked} == asked
    assert 8 < http.seconds_asked(at(10)) <= 10
    assert 8 < http.seconds_asked(at(10).replace("GMT", "-0000")) <= 10


# more than is good


def endless(block: bytes, pause: float = 0) -> Iterator[bytes]:
    """Give a block again and again."""
    while True:
        yield block
        time.sleep(pause)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("more", [endless(b'{"item_id": 1},' * 9000), [b" " * 3_000_000]])
def test_an_answer_has_a_largest_size(warehouse, table, interface, more) -> None:
    interface.answer = lambda request: Answer(b"[", promised=1 << 40, more=more)
    message = refused(warehouse, table(max_bytes=2_000_000))
    assert f"page 1 of http://{interface.host}/items is larger than 2,000,000 bytes" in message
    assert "max_bytes" in message
    assert len(interface.requests) == 1


def test_an_answer_that_unpacks_to_much_is_not_unpacked(warehouse, table, interface) -> None:
    bomb = gzip.compress(b" " * (600 << 20), 9)
    nested = gzip.compress(bomb)
    for body, encoding in ((bomb, "gzip"), (nested, "gzip, gzip")):
        kind = {"Content-Encoding": encoding}
        interface.answer = lambda request, body=body, kind=kind: Answer(body, headers=kind)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert "is larger than 67,108,864 bytes" in refused(warehouse, table())
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < before + 200_000


@pytest.mark.parametrize("is_header", [True, False])
def test_an_answer_has_a_longest_time(warehouse, table, interface, is_header) -> None:
    slowly = endless(b" ", pause=0.05)

    def answer(request: Request) -> Answer:
        if is_header:
            return Answer(status=0, more=endless(b"H", pause=0.05))
        return Answer(b"[", promised=1000, more=slowly)

    interface.answer = answer
    started = time.monotonic()
    message = refused(warehouse, table(max_seconds=1))
    assert "takes longer than 1 seconds" in message
    assert "max_seconds" in message
    assert time.monotonic() - started < 5
    assert len(interface.requests) == 1


KEYS = b"{%s}" % b",".join(b'"k%d":1' % number for number in range(500))
HOSTILE = {
    "brackets": lambda size: b"[" * size,
    "objects": lambda size: b'[{"a":' * size,
    "digits": lambda size: b"[" + b"9" * size + b"]",
    "escapes": lambda size: b'["' + b"\\u0041" * size,
    "empty objects": lambda size: b"[" + b"{}," * size + b"{}]",
    "cases": lambda size: b"[" + b",".join([KEYS] * (size // 500)) + b"]",
}


@pytest.mark.parametrize("shape", HOSTILE)
def test_time_grows_with_the_answer(table, interface, shape) -> None:
    def read(body: bytes) -> None:
        interface.answer = lambda request: Answer(body)
        batch = next(rest.find(table("ITEM_ID bigint, missing text"), {}))
        with batch.open() as stream, contextlib.suppress(UserError):
            list(stream.records())

    check_growth(HOSTILE[shape], read, 20_000)


@pytest.mark.parametrize(
    "failure",
    [
        Answer(b"", 500),
        Answer(b"", 502),
        Answer(b"", 504),
        Answer(items(1), seconds=2),
        Answer(items(1), promised=100),
        Answer(status=0),
    ],
    ids=["500", "502", "504", "slow", "cut short", "hung up"],
)
@pytest.mark.usefixtures("hasty")
def test_failures_that_pass_cost_no_row(warehouse, table, interface, failure) -> None:
    interface.answer = lambda request: failure if request.number % 2 else by_link(request)
    assert warehouse.load(table(**BY_LINK)).loaded == 6
    assert loaded(warehouse) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (Answer(b"down for\n maintenance", 503), "status 503: down for maintenance"),
        (Answer(items(9), seconds=2), "timed out"),
        (Answer(items(9), promised=100), "IncompleteRead"),
        (Answer(status=0), "Connection aborted"),
    ],
    ids=["503", "slow", "cut short", "hung up"],
)
@pytest.mark.usefixtures("hasty")
def test_a_source_that_fails_half_way_changes_nothing(
    warehouse, table, interface, failure, reason
) -> None:
    interface.answer = lambda request: by_link(request, last=2)
    warehouse.load(table(**BY_LINK))
    interface.answer = lambda request: failure if "page" in request.query else by_link(request)
    message = refused(warehouse, table(path="/items?key=secret", **BY_LINK))
    assert message.startswith("test.items: ")
    assert f"page 2 of http://{interface.host}/items" in message
    assert reason in message
    assert "secret" not in message
    assert len(interface.requests) == 2 + 1 + 5
    tolerant = table(path="/items?key=secret", unreachable="warn", **BY_LINK)
    assert warehouse.load(tolerant).status == "unreachable"
    interface.answer = by_link
    assert warehouse.load(table(**BY_LINK)).loaded == 6


@pytest.mark.usefixtures("hasty")
def test_a_host_that_does_not_answer_is_named(warehouse, table) -> None:
    message = refused(warehouse, table(location="http://127.0.0.1:1/v1?key=secret"))
    assert "could not fetch page 1 of http://127.0.0.1:1/v1/items: Failed to establish" in message
    assert "TEST_LOCATION" in message
    assert "secret" not in message


@pytest.mark.parametrize("body", [b"<html>Log in</html>", b"", b'[{"item_id": 1', b'["\xff"]'])
def test_what_is_not_json_is_refused(warehouse, table, interface, body) -> None:
    interface.answer = lambda request: Answer(body)
    message = refused(warehouse, table())
    assert f"page 1 of http://{interface.host}/items is not JSON" in message


@pytest.mark.parametrize(
    ("settings", "body", "words"),
    [
        ({}, {"data": [], "total": 0}, ["Set records", "perhaps to data"]),
        ({}, {"total": 0}, ["no array as a whole"]),
        ({"records": "rows"}, {"data": []}, ["no array at rows", "perhaps to data"]),
        ({"records": "data.rows"}, {"data": []}, ["no array at data.rows"]),
        ({"records": "data"}, [], ["no array at data"]),
    ],
)
def test_a_page_without_its_array_is_refused(
    warehouse, table, interface, settings, body, words
) -> None:
    interface.answer = lambda request: Answer(body)
    message = refused(warehouse, table(**settings))
    assert all(word in message for word in words)


# headers and settings


def test_headers_take_secrets_from_the_environment(
    warehouse, table, interface, monkeypatch
) -> None:
    interface.answer = lambda request: (
        Answer(items(1))
        if request.headers.get("Authorization") == "Bearer s3cret"
        else Answer({"error": "who are you?"}, 401)
    )
    behind_a_token = table(headers={"Authorization": "Bearer ${TEST_TOKEN}"})
    assert "TEST_TOKEN is not set" in refused(warehouse, behind_a_token)
    assert interface.requests == []
    monkeypatch.setenv("TEST_TOKEN", "wrong")
    message = refused(warehouse, behind_a_token)
    assert 'status 401: {"error": "who are you?"}' in message
    assert "headers" in message
    monkeypatch.setenv("TEST_TOKEN", "two\nlines")
    assert "TEST_TOKEN holds what a header cannot hold" in refused(warehouse, behind_a_token)
    monkeypatch.setenv("TEST_TOKEN", "s3cret\n")
    assert warehouse.load(behind_a_token).loaded == 1
    assert "s3cret" not in str(warehouse.rows("select to_jsonb(loads) from raw_ingest.loads"))


@pytest.mark.parametrize("status", [403, 404, 400, 410])
def test_a_refusal_is_told_and_not_repeated(warehouse, table, interface, status) -> None:
    interface.answer = lambda request: Answer(b"No,\n" + b"x" * 1000, status)
    message = refused(warehouse, table())
    assert f"status {status}: No, xxx" in message
    assert len(message) < 500
    assert "TEST_LOCATION" in message or "headers" in message
    assert len(interface.requests) == 1


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"path": 7}, "path should be a text, not 7"),
        ({"records": ["data"]}, "records should be a text"),
        ({"max_pages": "9"}, "max_pages should be a whole number, not '9'"),
        ({"max_pages": True}, "max_pages should be a whole number"),
        ({"max_pages": 0}, "max_pages should be 1 or more"),
        ({"pages": "number"}, "pages should be a mapping"),
        ({"pages": {"style": "page"}}, "pages.style should be one of number, offset, next, cursor"),
        ({"pages": {"style": ["next"]}}, "pages.style should be one of"),
        ({"pages": {"style": "number"}}, "pages.parameter is missing"),
        (
            {"pages": {"style": "number", "parameter": "p", "first": "1"}},
            "pages.first should be a whole number",
        ),
        ({"pages": {"style": "next", "at": "Link", "start": 1}}, "pages.start is unknown"),
        (
            {"pages": {"style": "next", "at": "next"}},
            "pages.at is a place beside the records, so set records",
        ),
        ({"max_bytes": 0}, "max_bytes should be 1 or more"),
        ({"max_seconds": "60"}, "max_seconds should be a whole number"),
        ({"total": 7}, "total should be a text"),
        ({"total": "n"}, "total is a place beside the records, so set records"),
        (
            {"pages": {"style": "offset", "parameter": "skip", "more": "more"}},
            "pages.more is a place beside the records, so set records",
        ),
        ({"headers": ["X-Token: 1"]}, "headers should be a mapping"),
        ({"headers": {"X-Version": 2}}, "headers.X-Version should be"),
        ({"headers": {"X Version": "2"}}, "headers.X Version should be"),
        ({"since": "updated_since"}, "since needs mode merge and a cursor"),
    ],
)
def test_a_wrong_setting_is_named(warehouse, table, interface, settings, problem) -> None:
    wrong = table(**settings)
    message = refused(warehouse, wrong)
    assert message.startswith(f"{wrong.file}: test.items: {problem}")
    assert interface.requests == []


def test_how_values_are_written_can_be_declared(warehouse, table, interface) -> None:
    interface.answer = lambda request: Answer([item(1) | {"price": "n/a"}])
    assert warehouse.load(replace(table(), options={"null_values": ["n/a"]})).loaded == 1
    assert warehouse.rows("select price from raw_test.items") == [(None,)]


@pytest.mark.parametrize(
    "location",
    # pragma: allowlist nextline secret
    ["demo", "ftp://host/v1", "http://user:secret@host", "http://[", "http://host:x"],
)
def test_a_location_that_is_no_url_is_refused(warehouse, table, location) -> None:
    message = refused(warehouse, table(location=location))
    assert "TEST_LOCATION should be a URL like https://host/v1" in message
    assert "secret" not in message


def test_since_asks_for_what_is_new(warehouse, table, interface) -> None:
    first = [item(1) | {"seen_at": "2026-01-01T12:00:00Z"}, item(2) | {"seen_at": None}]
    interface.answer = lambda request: Answer([] if request.query else first)
    new_ones = table(
        f"{COLUMNS}, seen_at timestamptz", mode="merge", cursor="seen_at", since="updated_since"
    )
    warehouse.load(new_ones)
    warehouse.load(new_ones)
    assert [request.query for request in interface.requests] == [
        {},
        {"updated_since": "2026-01-01T12:00:00Z"},
    ]
    assert loaded(warehouse) == [1, 2]


def test_a_merged_source_is_read_whole_without_since(warehouse, table, interface) -> None:
    interface.answer = lambda request: Answer(items(1, 2))
    warehouse.load(table(mode="merge"))
    interface.answer = lambda request: Answer(items(2, 3))
    result = warehouse.load(table(mode="merge"))
    assert (result.read, result.unchanged, result.deleted) == (2, 1, 1)
    assert loaded(warehouse) == [2, 3]


EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "0"))
many_pages = settings(
    max_examples=EXAMPLES or 100, derandomize=not EXAMPLES, database=None, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
SETTINGS = {
    "number": {"parameter": "p"}, "offset": {"parameter": "p"}, "next": {"at": "meta.next"},
    "cursor": {"parameter": "p", "at": "meta.next"},
}  # fmt: skip


@many_pages
@given(
    sizes=st.lists(st.integers(0, 3), min_size=1, max_size=5),
    style=st.sampled_from([*SETTINGS]),
    has_more=st.booleans(),
    has_total=st.booleans(),
    lost=st.none() | st.integers(0, 4),
)
def test_all_pages_are_read_or_none(
    table, interface, sizes, style, has_more, has_total, lost
) -> None:
    """Cut records into pages, of which some may be empty and one may be lost on the way."""
    rows = items(*range(sum(sizes)))
    starts = [sum(sizes[:number]) for number in range(len(sizes) + 1)]

    def answer(request: Request) -> Answer:
        asked = int(request.query.get("p", "0"))
        number = {"number": asked - 1, "offset": len(interface.requests) - 1}.get(style, asked)
        page = rows[starts[number] : starts[number + 1]] if number < len(sizes) else []
        is_last = number >= len(sizes) - 1
        following = None if is_last else {"next": f"?p={number + 1}"}.get(style, str(number + 1))
        meta = {"next": following, "more": not is_last, "total": len(rows)}
        return Answer({"data": [] if number == lost else page, "meta": meta})

    interface.requests.clear()
    interface.answer = answer
    paging = {"style": style, **SETTINGS[style], **({"more": "meta.more"} if has_more else {})}
    declared = table(records="data", pages=paging, **({"total": "meta.total"} if has_total else {}))
    without = [row for number, row in enumerate(rows) if not is_lost(number, starts, lost)]
    try:
        with next(rest.find(declared, {})).open() as stream:
            found = [int(record.values[0]) for record in stream.records()]
    except UserError:
        # only because of a page that should not be empty
        assert has_total or (has_more and style in ("number", "offset"))
        return
    if has_total:
        assert found == [row["item_id"] for row in rows]
    elif has_more or style in ("next", "cursor"):
        assert found == [row["item_id"] for row in without]


def is_lost(number: int, starts: list[int], page: int | None) -> bool:
    """Tell whether a row is on the page that is lost."""
    if page is None or page >= len(starts) - 1:
        return False
    return starts[page] <= number < starts[page + 1]


# the demo's catalog


@pytest.fixture(scope="module")
def catalog(postgres, tmp_path_factory) -> Iterator[Callable[..., tuple[str, dict]]]:
    """Give a function that serves a small world and returns the address and its truths."""
    folder = tmp_path_factory.mktemp("catalog") / "world"
    environment = {**postgres.environment(), "PATH": "", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "tools.demo"]
    settings = {"cwd": PROJECT, "env": environment, "text": True}
    create = [*command, "create", "--lines", "2000", "--folder", str(folder)]
    subprocess.run(create, check=True, stdout=subprocess.DEVNULL, **settings)
    serving = []

    def serve(*options: str) -> tuple[str, dict]:
        arguments = [*command, "serve", "--port", "0", "--folder", str(folder), *options]
        serving.append(subprocess.Popen(arguments, stdout=subprocess.PIPE, **settings))
        truths = json.loads(Path(folder, "truths.json").read_text())
        return serving[-1].stdout.readline().strip(), truths["tables"]

    yield serve
    for process in serving:
        process.terminate()
        process.communicate(timeout=10)


def test_the_catalog_is_loaded_as_it_is(warehouse, catalog) -> None:
    address, truths = catalog("--fail-every", "3")
    for declared in contract.select(contract.read_tables(), ["catalog"]):
        table = replace(declared, location=address)
        result = warehouse.load(table)
        truth = truths[str(table)]
        assert (result.status, result.read) == ("loaded", truth["rows_in_source"])
        assert (result.loaded, result.quarantined) == (
            truth["rows_good"],
            sum(truth["rows_bad"].values()),
        )
    reasons = {reason for _, reason, _ in warehouse.quarantine()}
    assert reasons == {'price is not numeric: "n/a"'}
