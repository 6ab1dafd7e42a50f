"""A fresh checkout with the embedded warehouse, and the smallest of data."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
USERS = """\
user_id,username,country,join_date,email,user_rating,items_sold,items_bought
1,ann,UK,2021-12-31,ann@example.com,4.5,1,2
2,bob,AU,2022-01-01,bob@example.com,4.0,0,1
"""
PRODUCTS = "product_id,product_name,category,price\n1,Hat,Apparel,12.34\n1,Hat,Apparel,12.34\n\n"
SALES = """\
transaction_id,sale_id,user_id,product_id,quantity,sale_date
5,1,1,1,2,2024-10-07
5,2,2,1,1,2024-10-08
"""


@pytest.fixture
def checkout():
    """A copy of what git tracks, set up but with nothing started."""
    # not in pytest's own folder, which another run of pytest takes from the server's user
    folder = Path(tempfile.mkdtemp(prefix="thinkthrift_checkout_"))
    tracked = subprocess.check_output(["git", "ls-files", "-z"], cwd=PROJECT, text=True)
    for name in filter(None, tracked.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, folder / name)
    shutil.copytree(PROJECT / "dbt_packages", folder / "dbt_packages")
    run(folder, "ingest", "warehouse", "profile")
    yield folder
    run(folder, "ingest", "warehouse", "down")
    shutil.rmtree(folder)


def run(folder: Path, *arguments: str, **environment: str) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "DBT"))}
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder, env={**kept, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_one_source_alone_is_loaded_and_built(checkout, tmp_path) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    # any name that begins with the table's will do
    (exports / "users_seed.csv").write_text(USERS)
    (exports / "products_seed.csv").write_text(PRODUCTS)
    (exports / "transactions_2024.csv").write_text(SALES)
    printed = run(checkout, "ingest", "load", "marketplace", MARKETPLACE_LOCATION=str(exports))
    assert "marketplace.products" in printed
    assert (checkout / "profiles.yml").stat().st_mode & 0o777 == 0o600
    run(checkout, "dbt.cli.main", "build", "--exclude", "test_type:unit")
    asked = (
        "select count(*), sum(net_amount) from marts.fct_order_lines",
        "select count(*) from marts.dim_products where product_id like 'marketplace:%'",
        "select count(*) from marts.rpt_users_since",
    )
    found = [run(checkout, "ingest", "warehouse", "psql", "--", "-Atc", ask) for ask in asked]
    assert found == ["2|37.02\n", "1\n", "1\n"]
