"""Two servers: the shop's, with TLS, and a warehouse that recovers from a crash as the user's."""

import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import trustme
import workload
from power_cut import crash
from shop_server import Network, ShopServer

import warehouse
from ingest import tables
from ingest.contract import Column, Table, read_tables
from replication.subscription import Replication
from warehouse.embedded import EmbeddedServer

COLUMNS = {
    "orders": "order_id bigint, status text, amount numeric, placed_at timestamptz,"
    " description text",
    "stock": "sku text, branch integer, quantity integer",
    "beats": "beat_id bigint",
}
KEYS = {"orders": ("order_id",), "stock": ("sku", "branch"), "beats": ("beat_id",)}
PATIENCE = 90


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """The CA that the shop's certificate is from."""
    return trustme.CA()


@pytest.fixture(scope="session")
def new_shop(authority: trustme.CA) -> Iterator:
    """Give a function that starts a shop's server, by default with a certificate that is right."""
    made = []

    def start(certificate: trustme.LeafCert | None = None) -> ShopServer:
        # not in pytest's own folder, through which the server's user cannot pass
        folder = Path(tempfile.mkdtemp(prefix="thinkthrift_shop_"))
        certificate = certificate or authority.issue_cert("localhost")
        made.append(ShopServer(folder, certificate, authority))
        return made[-1]

    yield start
    for shop in made:
        shop.stop()
        shutil.rmtree(shop.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def shop(new_shop) -> ShopServer:
    """The shop's server."""
    return new_shop()


@pytest.fixture(scope="session")
def own_server() -> Iterator[EmbeddedServer]:
    """The warehouse's server: it writes to disk as the user's does."""
    folder = Path(tempfile.mkdtemp(prefix="thinkthrift_live_"))
    server = EmbeddedServer(folder)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


class Live:
    """A shop's database, the warehouse that follows it, and the network between.

    Attributes:
        replication: of the source `shop`.
        dbname: of the shop's database.
    """

    def __init__(self, shop: ShopServer, server: EmbeddedServer, dbname: str) -> None:
        self.shop, self.server, self.dbname = shop, server, dbname
        self.network = Network(shop.port)
        with shop.connect() as connection:
            connection.execute(f"create database {dbname}")
        with shop.connect(dbname) as connection:
            connection.execute(workload.SCHEMA)
        self._beats = itertools.count(1)
        self.replication = Replication("shop", self.declare())

    def declare(self, **columns: str) -> list[Table]:
        """Return the raw tables; columns: other ones of a table than usual."""
        return [
            Table(
                source="shop", name=name, schema="public", key=KEYS[name], reader="live",
                file="models/staging/shop/_shop__sources.yml", mode="merge",
                columns=tuple(
                    Column(*column.split(), column.split()[0]) for column in kinds.split(", ")
                ),
                location=self.shop.uri(self.dbname, self.network.port),
            )
            for name, kinds in {**COLUMNS, **columns}.items()
        ]  # fmt: skip

    def source(self, query: str, *values: object) -> list[tuple]:
        """Run a statement in the shop's database and return its rows, if it has any."""
        with self.shop.connect(self.dbname) as connection:
            cursor = connection.execute(query, values or None)
            return cursor.fetchall() if cursor.description else []

    def rows(self, query: str, *values: object) -> list[tuple]:
        """Run a statement in the warehouse and return its rows, if it has any."""
        with warehouse.connect() as connection:
            cursor = connection.execute(query, values or None)
            return cursor.fetchall() if cursor.description else []

    def kill_warehouse(self) -> None:
        crash(self.server.data)

    def catch_up(self) -> None:
        """Wait until the warehouse has everything that the shop committed so far."""
        beat = next(self._beats)
        self.source("insert into beats values (%s)", beat)
        end = time.monotonic() + PATIENCE
        while not self.rows("select 1 from public.beats where beat_id = %s", beat):
            assert time.monotonic() < end, self.replication.status()
            time.sleep(0.2)

    def is_equal(self) -> None:
        """Make sure that every row and every version is the same on both sides."""
        for name in ("orders", "stock"):
            columns = ", ".join(column.split()[0] for column in COLUMNS[name].split(", "))
            query = f"select {columns} from public.{name} order by {', '.join(KEYS[name])}"
            assert self.rows(query) == self.source(query)


@pytest.fixture
def declared_shop(shop: ShopServer) -> Iterator[str]:
    """A database of the shop's server with the tables that the project's YAML declares, empty."""
    with shop.connect() as connection:
        connection.execute("create database declared_shop")
    with shop.connect("declared_shop") as connection:
        for table in read_tables():
            if table.source == "shop":
                columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
                connection.execute(
                    f"create table {table.name} ({columns}, primary key ({', '.join(table.key)}))"
                )
    yield "declared_shop"
    with shop.connect() as connection:
        connection.execute("drop database declared_shop with (force)")


@pytest.fixture
def live(shop, own_server, monkeypatch: pytest.MonkeyPatch, request) -> Iterator[Live]:
    """A shop with its tables, empty, and a warehouse that does not follow it yet."""
    monkeypatch.setattr(warehouse, "EMBEDDED", own_server)
    monkeypatch.delenv("PGHOST", raising=False)
    monkeypatch.setattr(warehouse, "write_profile", lambda: None)
    with psycopg.connect(warehouse.conninfo(dbname="postgres"), autocommit=True) as connection:
        connection.execute("create database thinkthrift")
    made = Live(shop, own_server, f"shop_{abs(hash(request.node.name))}")
    with warehouse.connect() as connection:
        tables.ensure(connection, made.replication.tables)
    yield made
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    made.network.mend()
    made.replication.drop()
    made.network.close()
    with psycopg.connect(warehouse.conninfo(dbname="postgres"), autocommit=True) as connection:
        connection.execute("drop database thinkthrift with (force)")
    with shop.connect() as connection:
        connection.execute(f"drop database {made.dbname} with (force)")
