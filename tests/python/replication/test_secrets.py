"""Secrets that are given by the environment get into no file, no message and no table."""

import re
import secrets

import pytest
from shop_server import PASSWORD

SHOWN = (
    ("ingest", "load", "shop"),
    ("ingest", "load", "catalog", "store_mail"),
    ("ingest", "status", "--loads", "20"),
    ("ingest", "quarantine", "list"),
    ("ingest", "doctor"),
    ("dbt.cli.main", "--debug", "build", "--select", "stg_shop__orders", "stg_catalog__products"),
    ("dbt.cli.main", "docs", "generate", "--static"),
)


@pytest.fixture
def planted(new_world, postgres, shop, declared_shop) -> list[str]:
    """Secrets in the world's environment; the shop's and the warehouse's are right."""
    new_world.keep_artifacts()
    # what it parses is looked at, too
    new_world.environment.pop("DBT_PARTIAL_PARSE_FILE_PATH")
    stores, mail, catalog = (f"s3cr3t{secrets.token_hex(8)}" for _ in range(3))
    new_world.environment |= {
        "SHOP_LOCATION": shop.uri(declared_shop),
        "STORES_LOCATION": f"postgresql://reader:{stores}@{postgres.host}:{postgres.port}/demo",
        "STORE_MAIL_LOCATION": f"imap://me:{mail}@127.0.0.1:1/INBOX",
        "CATALOG_LOCATION": f"http://me:{catalog}@127.0.0.1:1/v1",
        "DBT_LOG_LEVEL_FILE": "debug",
    }
    return [PASSWORD, postgres.password, stores, mail, catalog]


def test_no_secret_leaves_the_environment(new_world, planted) -> None:
    printed = []
    for module, *arguments in SHOWN:
        code = None if module == "ingest" else 0
        printed.append(new_world.run(module, *arguments, expect=code))
    assert "loaded" in printed[0]
    assert "declared_shop" in new_world.run("ingest", "status", "--loads", "20", "shop")
    tables = new_world.rows(
        "select quote_ident(schemaname) || '.' || quote_ident(tablename) from pg_tables"
        " where schemaname not in ('pg_catalog', 'information_schema')"
    )
    rows = [str(new_world.rows(f"select t::text from {name} as t")) for (name,) in tables]
    files = [path for path in new_world.folder.rglob("*") if path.is_file()]
    names = {path.name for path in files}
    assert {"manifest.json", "dbt.log", "static_index.html", "partial_parse.msgpack"} <= names
    texts = {path.name: path.read_bytes() for path in files}
    texts["what was printed"] = "\n".join(printed).encode()
    texts["the warehouse's tables"] = "\n".join(rows).encode()
    secret = re.compile("|".join(map(re.escape, planted)).encode())
    assert [name for name, text in texts.items() if secret.search(text)] == []
