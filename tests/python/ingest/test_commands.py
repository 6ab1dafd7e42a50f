"""The command line: exit codes, and a sentence instead of a traceback for a user's mistake."""

import os
import re
from decimal import Decimal

import commands
import pytest

import warehouse as server
from warehouse.errors import UserError


@pytest.fixture
def ingest(warehouse, tmp_path):
    """Give a function that runs `python -m ingest` on the test's own warehouse."""

    def run(*arguments: str, **environment: str) -> tuple[int, str]:
        apart = {"DBT_TARGET_PATH": str(tmp_path / "target"), "DBT_LOG_PATH": str(tmp_path)}
        done = commands.run(
            "ingest", *arguments, environment={**os.environ, **apart, **environment}
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout + done.stderr

    return run


def test_help_names_the_commands(ingest) -> None:
    code, printed = ingest("--help")
    assert code == 0
    for command in ("load", "status", "quarantine", "warehouse"):
        assert command in printed


def test_an_unknown_source_is_wrong_usage(ingest) -> None:
    code, printed = ingest("load", "marketplce")
    assert code == 2
    assert 'No source or table is called "marketplce". Did you mean "marketplace"?' in printed


def test_a_failed_table_does_not_stop_the_others(ingest, warehouse, write, tmp_path) -> None:
    write("user_id,username\n1,ann\n", "users.csv")
    write("product_id,product_name,category,price\n1,Hat,Apparel,1.00\n", "products.csv")
    write("transaction_id,sale_id,user_id,product_id,quantity,sale_date\n", "transactions.csv")
    code, printed = ingest("load", "marketplace", MARKETPLACE_LOCATION=str(tmp_path))
    assert code == 1
    assert "users.csv lacks the declared columns country, join_date" in printed
    assert warehouse.rows("select product_id from raw_marketplace.products") == [(1,)]
    _, printed = ingest("status", "marketplace")
    assert re.search(r"marketplace.products +20\S+ \S+ +0:00:\d\d +fresh +loaded +1 +1 +0", printed)
    assert re.search(r"marketplace.users +never +stale +failed", printed)
    assert "marketplace.users: users.csv lacks" in printed
    _, printed = ingest("status", "marketplace.products", "--loads", "5")
    assert re.search(r"load \d: marketplace.products from products.csv, replace: loaded", printed)
    assert "1 rows read, 1 loaded, 0 quarantined" in printed


def test_the_quarantine_is_listed_shown_and_replayed(ingest, warehouse, write, tmp_path) -> None:
    write("product_id,product_name,category,price\n1,Hat,Apparel,1\n2,Cap,Apparel,dear\n",
          "products.csv")  # fmt: skip
    code, printed = ingest("load", "marketplace.products", MARKETPLACE_LOCATION=str(tmp_path))
    assert (code, "quarantine list" in printed) == (0, True)
    _, printed = ingest("quarantine", "list", "marketplace")
    assert re.search(r"1 +marketplace.products +products.csv +3 +price is not numeric", printed)
    _, printed = ingest("quarantine", "show", "1")
    assert '"price": "dear"' in printed
    command = re.search(r"update raw_ingest.*", printed)[0]
    warehouse.connection.execute(command.replace("COLUMN", "price").replace("TEXT", "9.90"))
    code, printed = ingest("quarantine", "replay", "marketplace")
    assert (code, "1" in printed) == (0, True)
    assert warehouse.rows("select price from raw_marketplace.products order by 1 desc")[0] == (
        Decimal("9.90"),
    )
    code, printed = ingest("quarantine", "show", "1")
    assert (code, "No row 1 is in quarantine" in printed) == (2, True)


def test_the_newest_rows_in_quarantine_are_listed_first(ingest, write, tmp_path) -> None:
    rows = [f"{number},Hat,Apparel,1\n" for number in range(1000)]
    bad = [f"{number},Cap,Apparel,dear\n" for number in range(1000, 1012)]
    write("".join(["product_id,product_name,category,price\n", *rows, *bad]), "products.csv")
    ingest("load", "marketplace.products", MARKETPLACE_LOCATION=str(tmp_path))
    _, printed = ingest("quarantine", "list", "marketplace.products", "--limit", "3")
    assert re.findall(r"(\d+) +marketplace.products", printed) == ["12", "11", "10"]
    assert "3 of 12. All: --limit 12." in printed
    code, printed = ingest("quarantine", "list", "marketplace.product")
    assert (code, 'Did you mean "marketplace.products"?' in printed) == (2, True)


def test_every_declared_table_exists_before_it_is_loaded(ingest, warehouse) -> None:
    code, _ = ingest("warehouse", "up")
    assert code == 0
    assert warehouse.rows("select count(*) from raw_events.ticket_orders") == [(0,)]
    code, printed = ingest("status")
    assert re.search(r"events.ticket_orders +never", printed)
    assert "Nothing has been loaded yet. Load everything: python -m ingest load" in printed


def test_a_server_that_is_not_there(ingest) -> None:
    code, printed = ingest("status", PGPORT="1")
    assert code == 1
    assert "The warehouse cannot be reached" in printed


def test_a_server_that_is_too_old(warehouse, monkeypatch) -> None:
    monkeypatch.setattr(server, "OLDEST", 990_000)
    with pytest.raises(UserError, match="99 or newer is needed"):
        server.connect()
