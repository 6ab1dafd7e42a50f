"""The catalog's REST interface."""

import json
import re
import signal
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.demo.catalog import Catalog
from tools.demo.serve import CatalogServer
from tools.demo.timeline import FIRST_DAY
from tools.demo.world import World
from warehouse.errors import UserError

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def server() -> Iterator[CatalogServer]:
    catalog = Catalog(World(7, 3000), FIRST_DAY)
    running = CatalogServer(0, lambda: catalog)
    thread = threading.Thread(target=running.serve_forever, args=[0.02])
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def get(url: str) -> dict:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def follow(url: str | None) -> Iterator[dict]:
    while url:
        page = get(url)
        yield from page["data"]
        url = page["next"]


@pytest.mark.parametrize(("table", "key"), [("products", "sku"), ("customers", "customer_number")])
def test_pages_and_cursor_give_each_record_once(server, table, key):
    paged = list(follow(f"{server.address}/{table}?page=1&per_page=17"))
    cursor = list(follow(f"{server.address}/{table}?limit=23"))
    assert paged == cursor
    keys = [record[key] for record in paged]
    assert keys == sorted(set(keys))
    assert len(keys) == server.catalog().size(table)
    first = get(f"{server.address}/{table}?per_page=17")
    assert (first["page"], first["pages"]) == (1, -(-len(keys) // 17))


def test_the_contracts_columns_are_there(server):
    declared = {
        table: re.findall(r"- \{name: (\w+), data_type", text)
        for table, text in zip(
            ("products", "customers"),
            (PROJECT / "models/staging/catalog/_catalog__sources.yml")
            .read_text()
            .split("- name: customers"),
            strict=True,
        )
    }
    for table, columns in declared.items():
        assert columns
        assert set(columns) <= set(get(f"{server.address}/{table}")["data"][0])


def test_a_page_behind_the_last_is_empty(server):
    page = get(f"{server.address}/products?page=999999")
    assert (page["data"], page["next"]) == ([], None)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/products?page=0", 400),
        ("/products?after=x", 400),
        ("/products?per_page=many", 400),
        ("/products?after=TT-x", 400),
    ],
)
def test_mistakes_are_answered_as_json(server, path, status):
    with pytest.raises(urllib.error.HTTPError) as caught:
        get(server.address + path)
    assert caught.value.code == status
    assert json.load(caught.value)["error"]


def test_every_third_request_fails_if_asked(server):
    server.fail_every = 3
    statuses, waits = [], []
    for _ in range(9):
        try:
            get(f"{server.address}/customers?per_page=1")
            statuses.append(200)
        except urllib.error.HTTPError as error:
            statuses.append(error.code)
            waits.append(error.headers["Retry-After"])
    assert waits == ["1"] * 3
    assert statuses == [200, 200, 503] * 3


def test_a_busy_port_is_said_to_be_busy(server):
    with pytest.raises(UserError, match=f"Port {server.server_address[1]} .*--port"):
        CatalogServer(server.server_address[1], server.catalog)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_stops_cleanly(first_day, run, number):
    process = run("serve", "--port", "0", "--folder", str(first_day.folder))
    address = process.stdout.readline().strip()
    assert get(f"{address}/products")["data"]
    process.send_signal(number)
    _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, "")
