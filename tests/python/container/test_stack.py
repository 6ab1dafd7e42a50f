"""The image's own steps in a clean Debian, and the services of compose.yml in what came of them.

Takes minutes and root, so it is run by `make container-test` only.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from container import roots
from container.stack import Stack, install_postgres

pytestmark = pytest.mark.skipif(
    not os.environ.get("CONTAINER_TEST"), reason="run by make container-test"
)
USERS = "user_id,username,country,join_date,email,user_rating,items_sold,items_bought\n"
PRODUCTS = "product_id,product_name,category,price\n"
SALES = "transaction_id,sale_id,user_id,product_id,quantity,sale_date\n"
FIGURES = """
from apps.dashboard.data import reading

with reading() as read:
    connection = read.args[0]
    print(*connection.execute("select current_user").fetchone(), not read("freshness").empty)
"""


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that others can pass through; no mount is ever made outside of a process's own."""
    folder = Path(tempfile.mkdtemp(prefix="thinkthrift_container_"))
    folder.chmod(0o755)
    yield folder
    assert str(folder) not in Path("/proc/mounts").read_text()
    roots.run(["rm", "--recursive", "--one-file-system", folder])


@pytest.fixture(scope="module")
def image(place: Path) -> Path:
    """The root of the project's image."""
    started = time.monotonic()
    roots.bootstrap(place / "base")
    print(f"\ndebootstrap: {time.monotonic() - started:.0f} s")
    (place / "stages").mkdir()
    started = time.monotonic()
    built = roots.build(place / "base", place / "stages")
    print(f"the steps of the Dockerfile: {time.monotonic() - started:.0f} s")
    return built


@pytest.fixture(scope="module")
def stack(place: Path, image: Path) -> Iterator[Stack]:
    """The services, of which `setup` is done, and a small export as what is to be loaded."""
    postgres = place / "postgres"
    (place / "base").rename(postgres)
    install_postgres(postgres)
    with roots.network() as network:
        made = Stack(place, image, postgres, network)
        exports = place / "volumes/demo/marketplace"
        exports.mkdir(parents=True)
        (exports / "users.csv").write_text(USERS + "1,ann,NL,2022-01-01,ann@example.org,4.5,0,1\n")
        (exports / "products.csv").write_text(PRODUCTS + "7,Denim jacket,Jackets,59.90\n")
        (exports / "transactions.csv").write_text(SALES + "1,1,1,7,1,2025-11-03\n")
        try:
            made.up("setup")
            yield made
        finally:
            made.down()


def test_there_is_no_secret_and_nothing_needless_in_the_image(image: Path) -> None:
    held = {path.name for path in (image / "app").iterdir()}
    assert not held & {".git", ".env", ".warehouse", ".venv", "docs", "benchmarks", "target"}
    assert not list((image / "opt/venv").rglob("pginstall*"))
    installed = {path.name for path in (image / "opt/venv/bin").iterdir()}
    assert {"dbt", "dagster", "streamlit"} <= installed
    assert not installed & {"pip", "pytest", "ruff", "playwright"}
    keys = [path for path in (image / "app").rglob("*") if path.suffix in (".key", ".pem")]
    assert not keys
    assert "@PASSWORD@" in (image / "app/profiles.yml").read_text()
    size = subprocess.check_output(["du", "--summarize", "--block-size=M", image], text=True)
    print(f"\nthe image's tree: {size.split()[0]}")
    assert int(size.split("M")[0]) < 1_600


def test_each_may_read_its_own_credentials_only(stack: Stack) -> None:
    volumes = stack.folder / "volumes"
    files = [path for path in volumes.glob("*-credentials/*") if path.suffix != ".draft"]
    assert len(files) == 13
    for path in files:
        owner = 999 if path.parent.name == "warehouse-credentials" else 10001
        assert (path.stat().st_uid, path.stat().st_mode & 0o777) == (owner, 0o600), path
    dashboard = (volumes / "dashboard-credentials/passwords").read_text()
    assert [line.split(":")[3] for line in dashboard.splitlines()] == ["dashboard"]
    assert not list(volumes.rglob("ca.key"))


def test_credentials_that_are_there_stay(stack: Stack) -> None:
    def contents() -> dict[Path, bytes]:
        volumes = stack.folder / "volumes"
        return {path: path.read_bytes() for path in volumes.glob("*-credentials/*")}

    before = contents()
    again = stack.run("credentials", "/app/tools/deploy/credentials")
    assert again.returncode == 0, again.stderr
    assert contents() == before
    assert again.stdout == again.stderr == ""


def test_it_is_neither_root_nor_able_to_become_it_or_to_write(stack: Stack) -> None:
    told = stack.run(
        "dashboard", "sh", "-c", "id -u; grep -E 'CapEff|CapBnd|NoNew' /proc/self/status"
    )
    assert told.stdout.split() == [
        "10001", "CapEff:", "0" * 16, "CapBnd:", "0" * 16, "NoNewPrivs:", "1"
    ]  # fmt: skip
    for folder in ("/app", "/opt/venv", "/etc", "/sources"):
        assert stack.run("orchestrator", "touch", f"{folder}/file").returncode == 1, folder


def test_the_warehouse_is_reached_over_tls_and_not_without(stack: Stack) -> None:
    shown = stack.run("orchestrator", "python", "-m", "ingest", "warehouse", "status")
    assert "your own, by PGHOST" in shown.stdout, shown.stdout + shown.stderr
    doctor = stack.run("dashboard", "python", "-m", "ingest", "doctor")
    [line] = [line for line in doctor.stdout.splitlines() if line.split()[:1] == ["warehouse"]]
    assert "TLSv1.3, verified" in line
    plain = stack.run("dashboard", "python", "-m", "ingest", "warehouse", "status",
                      PGSSLMODE="disable")  # fmt: skip
    assert plain.returncode == 1
    assert "The server wants TLS" in plain.stderr


def test_without_a_warehouse_it_says_what_to_set(stack: Stack) -> None:
    refused = stack.run("dashboard", "/app/tools/deploy/start", "true", PGHOST="")
    assert refused.returncode == 2
    assert refused.stderr.startswith("Set PGHOST")
    no_psql = stack.run("dashboard", "python", "-m", "ingest", "warehouse", "psql")
    assert no_psql.returncode == 1
    assert no_psql.stderr.startswith("There is no psql here")


def test_the_pipeline_loads_as_one_login_and_builds_as_another(stack: Stack) -> None:
    loaded = stack.run("daily", "python", "-m", "ingest", "load", "marketplace")
    assert loaded.returncode == 0, loaded.stdout + loaded.stderr
    built = stack.run("daily", "dbt", "run", "--select", "stg_marketplace__products")
    assert built.returncode == 0, built.stdout + built.stderr
    query = (
        "import psycopg; c = psycopg.connect(); print(*c.execute("
        "\"select tableowner from pg_tables where schemaname = 'raw_marketplace'"
        " union select viewowner from pg_views where schemaname = 'staging'\"))"
    )
    owners = stack.run("daily", "python", "-c", query)
    assert sorted(owners.stdout.split()) == [
        "('thinkthrift_loader',)",
        "('thinkthrift_transformer',)",
    ]


def test_the_dashboard_is_well_by_its_own_check(stack: Stack) -> None:
    assert not stack.is_healthy("dashboard")
    stack.up("dashboard")
    assert stack.is_healthy("dashboard")


def test_the_orchestrator_is_well_by_its_own_check(stack: Stack) -> None:
    stack.up("orchestrator")
    assert stack.is_healthy("orchestrator")
    stack.stop("orchestrator")


def test_a_day_of_the_demo_fills_the_dashboard(stack: Stack) -> None:
    shutil.rmtree(stack.folder / "volumes/demo")
    stack.services["demo"]["environment"]["DEMO_LINES"] = "500"
    stack.up("demo")
    stack.up("daily")
    assert "unreachable" not in stack.log("daily")
    searched = stack.run("daily", "python", "-m", "apps.search", "q=jacket", PGUSER="transformer")
    assert searched.returncode == 0, searched.stdout + searched.stderr
    figures = stack.run("dashboard", "python", "-c", FIGURES)
    assert figures.stdout.split() == ["thinkthrift_bi", "True"], figures.stderr
