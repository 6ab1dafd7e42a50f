"""The kinds of load that are killed. To add one, add an entry to `CASES`.

What a case's source gives is loaded twice: first what is there before, then, with the kills, what
is new. A case of a reader that does not exist yet waits for it.
"""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import NamedTuple

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from crash.web import Web

from ingest.contract import Column, Table

COLUMNS = "item_id bigint, name text, price numeric, sold_on date"
HEADER = "item_id,name,price,sold_on\n"
MANY_FILES = 80


class Site(NamedTuple):
    """Where a case puts its source: a folder, and a database by its libpq parameters."""

    folder: Path
    database: dict[str, str]


@dataclass(frozen=True)
class Case:
    """A kind of load.

    Attributes:
        name: its name in the tests.
        source: makes the source: gives its location once it holds what is loaded before, and
            again once it holds what is new.
        rows: how many rows the raw table holds in the end.
        quarantined: how many rows of the new ones are bad.
        settings: of the declared table, where they are not those of `table`.
    """

    name: str
    source: Callable[[Site], Iterator[str]]
    rows: int
    quarantined: int = 0
    columns: str = COLUMNS
    settings: dict = field(default_factory=dict)

    def table(self, location: str) -> Table:
        """Declare the case's table."""
        columns = (column.split(maxsplit=1) for column in self.columns.split(", "))
        name = self.settings.get("name", "items")
        mode = self.settings.get("mode", "replace")
        defaults = {
            "source": "test",
            "name": name,
            "schema": "raw_test",
            "file": "models/staging/test/_test__sources.yml",
            "columns": tuple(Column(name, kind, name) for name, kind in columns),
            "reader": "csv",
            "location": location,
            "mode": mode,
            "key": () if mode == "append" else ("item_id",),
            "siblings": (name,),
        }
        return Table(**{**defaults, **self.settings})


def items(numbers: Iterable[int], name: str = "item") -> Iterator[dict[str, object]]:
    """Give made-up rows."""
    for number in numbers:
        yield {
            "item_id": number,
            "name": f"{name} {number}",
            "price": f"{number % 500}.95",
            "sold_on": f"2026-01-{number % 28 + 1:02}",
        }


def csv(numbers: Iterable[int], name: str = "item", bad_every: int = 0) -> str:
    """Return a CSV file of made-up rows; some have a price that is none."""
    lines = [HEADER]
    for row in items(numbers, name):
        if bad_every and row["item_id"] % bad_every == 0:
            row["price"] = "a lot"
        lines.append(",".join(map(str, row.values())) + "\n")
    return "".join(lines)


def in_one_file(rows: int, bad_every: int = 0) -> Callable[[Site], Iterator[str]]:
    """One CSV file, written anew."""

    def source(site: Site) -> Iterator[str]:
        file = site.folder / "items.csv"
        file.write_text(csv(range(rows // 2), "former"))
        yield str(site.folder)
        file.write_text(csv(range(rows), bad_every=bad_every))
        yield str(site.folder)

    return source


def in_one_file_with_few_changes(rows: int) -> Callable[[Site], Iterator[str]]:
    """One CSV file, written anew with few rows that are new, and few that are gone."""

    def source(site: Site) -> Iterator[str]:
        file = site.folder / "items.csv"
        file.write_text(csv(range(rows)))
        yield str(site.folder)
        file.write_text(csv(range(rows // 40, rows + rows // 40)))
        yield str(site.folder)

    return source


def in_another_file(first: range, second: range) -> Callable[[Site], Iterator[str]]:
    """A CSV file, and then another beside it."""

    def source(site: Site) -> Iterator[str]:
        (site.folder / "items_1.csv").write_text(csv(first, "former"))
        yield str(site.folder)
        (site.folder / "items_2.csv").write_text(csv(second))
        yield str(site.folder)

    return source


def in_many_files(rows: int) -> Callable[[Site], Iterator[str]]:
    """Many small CSV files, every other one compressed, which are loaded in one transaction."""

    def source(site: Site) -> Iterator[str]:
        (site.folder / "items.csv").write_text(csv(range(-1000, 0)))
        yield str(site.folder)
        share = rows // MANY_FILES
        for number in range(MANY_FILES):
            content = csv(range(number * share, (number + 1) * share)).encode()
            if number % 2:
                (site.folder / f"items_{number:02}.csv").write_bytes(content)
            else:
                (site.folder / f"items_{number:02}.csv.gz").write_bytes(gzip.compress(content, 1))
        yield str(site.folder)

    return source


def in_parquet(rows: int) -> Callable[[Site], Iterator[str]]:
    """A Parquet file, and then another beside it."""

    def source(site: Site) -> Iterator[str]:
        for number, numbers in enumerate((range(-1000, 0), range(rows))):
            table = pa.Table.from_pylist(list(items(numbers)))
            path = site.folder / f"items_{number}.parquet"
            pq.write_table(table, path, row_group_size=rows // 5)
            yield str(site.folder)

    return source


def in_database(rows: int) -> Callable[[Site], Iterator[str]]:
    """A PostgreSQL table; then half of its rows change, and as many come as there were."""

    def source(site: Site) -> Iterator[str]:
        with psycopg.connect(**site.database, autocommit=True) as connection:
            connection.execute(
                "create table items (item_id bigint primary key, name text, price numeric,"
                " sold_on date, updated_at timestamptz)"
            )
            insert = (
                "insert into items select n, %s || n, n %% 500 + 0.95, date '2026-01-01',"
                " timestamptz '2026-01-01 00:00Z' + n * interval '1 s'"
                " from generate_series(%s::int, %s::int) as n"
                " on conflict (item_id) do update set name = excluded.name,"
                " updated_at = excluded.updated_at + interval '1 day'"
            )
            connection.execute(insert, ["former ", 1, rows // 2])
            location = "postgresql://{user}:{password}@{host}:{port}/{dbname}"
            yield location.format(**site.database)
            connection.execute(insert, ["item ", rows // 4 + 1, rows])
            yield location.format(**site.database)

    return source


def in_json(rows: int) -> Callable[[Site], Iterator[str]]:
    """A JSON file that is an array of objects, written anew."""

    def source(site: Site) -> Iterator[str]:
        for numbers in (range(1000), range(rows)):
            (site.folder / "items.json").write_text(json.dumps(list(items(numbers))))
            yield str(site.folder)

    return source


def in_pages(rows: int) -> Callable[[Site], Iterator[str]]:
    """A REST interface whose pages name the next one; it is read in full each time."""

    def source(site: Site) -> Iterator[str]:
        with Web(site.folder) as web:
            for numbers in (range(rows // 2), range(rows)):
                web.show(list(items(numbers)))
                yield web.location

    return source


def in_mails(mails: int) -> Callable[[Site], Iterator[str]]:
    """A folder of mails with two receipts each, of two lines each; then more mails."""

    def source(site: Site) -> Iterator[str]:
        for numbers in (range(10), range(10, mails)):
            for number in numbers:
                path = site.folder / f"order_confirmations_{number:04}.eml"
                path.write_bytes(_mail(number).as_bytes(policy=SMTP))
            yield str(site.folder)

    return source


def _mail(number: int) -> EmailMessage:
    """Return a till's mail; see demo/store_mail.py for its form."""
    lines = ["Store: BER01", ""]
    for receipt in range(number * 2, number * 2 + 2):
        lines += [
            f"Receipt: BER01-{receipt:07}",
            f"Sold at: 2026-01-02 10:{number % 60:02}:{receipt % 60:02} UTC",
            "Customer: somebody@example.com",
            "Pos | SKU | Title | Quantity | Unit price | Discount",
            f"1 | TT-{receipt:07} | Denim jacket | 1 | 24.90 EUR | 0.00 EUR",
            f"2 | TT-{receipt + 1:07} | Wool scarf | 2 | 5.00 EUR | 1.00 EUR",
            "Total: 33.90 EUR",
            "",
        ]
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "ThinkThrift Berlin <till@ber01.example>"
    mail["To"] = "receipts@thinkthrift.example"
    mail["Date"] = "Fri, 02 Jan 2026 11:00:00 +0000"
    mail["Subject"] = "2 receipts of 2026-01-02, Berlin"
    mail["Message-ID"] = f"<{number}@ber01.example>"
    mail.set_content("\n".join(lines), charset="utf-8", cte="quoted-printable")
    return mail


_MERGED = {"mode": "merge", "key": ("item_id",)}
_MAIL_KEY = ("message_id", "receipt_number", "line_number")

CASES = {
    case.name: case
    for case in (
        Case("csv replace", in_one_file(20_000), 20_000),
        Case("csv replaced in part", in_one_file_with_few_changes(20_000), 20_000),
        Case(
            "csv append",
            in_another_file(range(1000), range(30_000)),
            31_000,
            settings={"mode": "append"},
        ),
        Case(
            "csv merge",
            in_another_file(range(6_000), range(3_000, 13_000)),
            13_000,
            settings=_MERGED,
        ),
        Case("csv with bad rows", in_one_file(12_000, bad_every=100), 11_880, quarantined=120),
        Case("many csv files", in_many_files(8_000), 9_000, settings={"mode": "append"}),
        Case(
            "parquet append",
            in_parquet(20_000),
            21_000,
            settings={"mode": "append", "reader": "parquet"},
        ),
        Case(
            "postgres replace",
            in_database(20_000),
            20_000,
            columns=f"{COLUMNS}, updated_at timestamptz",
            settings={"reader": "postgres"},
        ),
        Case(
            "postgres merge",
            in_database(10_000),
            10_000,
            columns=f"{COLUMNS}, updated_at timestamptz",
            settings={**_MERGED, "reader": "postgres", "cursor": "updated_at"},
        ),
        Case("json replace", in_json(10_000), 10_000, settings={"reader": "json"}),
        Case(
            "rest replace",
            in_pages(6_000),
            6_000,
            settings={
                "reader": "rest",
                "options": {
                    "path": "/items",
                    "records": "data",
                    "pages": {"style": "next", "at": "next"},
                },
            },
        ),
        Case(
            "mail merge",
            in_mails(50),
            200,
            columns="message_id text, received_at timestamptz, store_id text, receipt_number text,"
            " line_number integer, sold_at timestamptz, sku text, product_title text,"
            " quantity integer, unit_price numeric, discount_amount numeric, currency_code text,"
            " customer_email text",
            settings={
                "reader": "mail",
                "name": "order_confirmations",
                "mode": "merge",
                "key": _MAIL_KEY,
            },
        ),
    )
}
