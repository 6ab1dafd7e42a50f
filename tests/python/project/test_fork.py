"""Making the project another company's: what the commands write passes the gates, and loads."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import copy_project
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tools.fork import __main__ as fork
from tools.fork import names, samples, sources
from warehouse.errors import UsageError

DESKS = "desk_id,desk name,openedAt,postcode\n007,Main,2025-03-01T10:00:00Z,10115\n"
PARCELS = (
    "Parcel No,Weight (g),Received,Email,Opened,Order\n"
    "1,640,2025-03-01,zoe@x.example,true,A-1\n2,12.5,2025-03-02,,false,A-2\n"
)
REASONS = "parcel_no,reason\n1,torn\n1,too small\n"


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """Three tables of a source."""
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "Desks.csv").write_text(DESKS)
    (folder / "parcels_2025-01.csv").write_text(PARCELS)
    (folder / "reasons.csv").write_text(REASONS)
    return folder


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project, into which sources are written."""
    monkeypatch.setattr(sources, "PROJECT", tmp_path / "project")
    return tmp_path / "project"


def test_types_names_and_keys_are_found(exports: Path) -> None:
    starts = samples.tables_in(exports, "csv")
    assert starts == {"desks": "Desks", "parcels": "parcels", "reasons": "reasons"}
    parcels = samples.read("returns_desk", exports, "csv", "parcels", starts)
    assert {column.name: column.type for column in parcels.columns} == {
        "parcel_no": "bigint", "weight_g": "numeric", "received": "date", "email": "text",
        "opened": "boolean", "source_order": "text",
    }  # fmt: skip
    assert parcels.key == ["parcel_no"]
    desks = samples.read("returns_desk", exports, "csv", "desks", starts)
    # a number that begins with 0 is a text
    assert [column.type for column in desks.columns] == ["text", "text", "timestamptz", "bigint"]
    assert desks.options == {"files": "Desks*"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["source", "returns_desk", "{}"], "--key reasons=parcel_no,reason"),
        (["source", "Returns", "{}"], "cannot be the name of a source"),
        (["source", "select", "{}"], "cannot be the name of a source"),
        (["source", "returns", "{}/nowhere"], "does not exist"),
        (["source", "returns", "{}/nowhere", "--reader", "csv"], "does not exist"),
        (["source", "returns", "{}", "--key", "reason=x"], 'Did you mean "reasons"?'),
        (["source", "returns", "{}", "--key", "reasons=parcel"], 'Did you mean "parcel_no"?'),
        (["source", "returns", "{}", "--key", "reasons"], "write TABLE=COLUMN"),
        (["source", "returns", "{}", "--reader", "xml"], "is not one of csv, excel"),
        (["source", "returns", "{}", "--reader", "json"], "no file that the reader json knows"),
        (["rename", "Second Spring", "--short", "2nd"], "cannot be the short name"),
        (["rename", 'A "B"'], "may have no quotes"),
    ],
)
def test_a_mistake_is_named(
    arguments: list[str], message: str, exports: Path, project: Path
) -> None:
    done = CliRunner().invoke(fork.app, [one.format(exports) for one in arguments])
    assert isinstance(done.exception, UsageError)
    assert message in str(done.exception)
    assert not project.exists()


def test_nothing_is_overwritten(exports: Path, project: Path) -> None:
    keys = {"reasons": "parcel_no, reason"}
    written = sources.scaffold("returns_desk", exports, None, keys)
    before = [path.read_text() for path in written]
    # which no reader of files can tell
    assert "{name: postcode, data_type: text" in before[0]
    with pytest.raises(UsageError, match="exists already"):
        sources.scaffold("returns_desk", exports, None, keys)
    assert [path.read_text() for path in written] == before


@given(st.text(max_size=30))
@settings(max_examples=100, deadline=None)
def test_any_heading_becomes_a_name_of_sql(heading: str) -> None:
    name = names.column_name(heading)
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
    assert name not in names.RESERVED


@pytest.fixture
def checkout() -> Iterator[Path]:
    """A copy of the project with a repository and a warehouse of its own."""
    # not in pytest's own folder, which another run of pytest takes from the server's user
    folder = Path(tempfile.mkdtemp(prefix="thinkthrift_fork_"))
    copy_project(folder)
    who = ["-c", "user.name=Fork", "-c", "user.email=fork@example.com"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "Begin"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    yield folder
    run(folder, sys.executable, "-m", "ingest", "warehouse", "down")
    shutil.rmtree(folder)


def run(folder: Path, *command: str, expect: int = 0) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "DBT"))}
    done = subprocess.run(
        command, cwd=folder, env=kept, capture_output=True, text=True, check=False
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout + done.stderr


def described(folder: Path) -> None:
    """Write the descriptions that only people know."""
    for path in [*folder.glob("models/*/*/*.yml"), folder / "models" / "_groups.yml"]:
        path.write_text(path.read_text().replace('description: ""', "description: What it is."))


@pytest.mark.long
def test_what_is_written_passes_the_gates_and_builds(checkout: Path, exports: Path) -> None:
    python = [sys.executable, "-m"]
    run(checkout, *python, "ingest", "warehouse", "profile")
    key = ["--key", "reasons=parcel_no,reason"]
    run(checkout, *python, "tools.fork", "source", "returns_desk", str(exports), *key)
    mart = "returns rpt_order_counts --of fct_orders --by channel --by order_date --sum net_amount"
    run(checkout, *python, "tools.fork", "mart", *mart.split(), "--period")
    said = run(checkout, "tools/lint/rules", expect=1)
    assert "stg_returns_desk__parcels" in said
    assert "kept_tests.py --renew" in said
    described(checkout)
    run(checkout, *python, "dbt.cli.main", "--quiet", "parse")
    run(checkout, "tools/lint/kept_tests.py", "--renew")
    run(checkout, "tools/lint/rules")
    run(
        checkout, *python, "sqlfluff", "lint", "models/staging/returns_desk", "models/marts/returns"
    )
    assert "loaded" in run(checkout, *python, "ingest", "load", "returns_desk")
    run(checkout, *python, "dbt.cli.main", "build", "--select", "staging.returns_desk",
        "+rpt_order_counts", "--exclude", "resource_type:unit_test")  # fmt: skip
    ask = (
        "select count(*), sum(weight_g), max(received_date) from staging.stg_returns_desk__parcels"
    )
    found = run(checkout, *python, "ingest", "warehouse", "psql", "--", "-Atc", ask)
    assert found == "2|652.5\n"


@pytest.mark.long
def test_the_company_is_renamed_everywhere(checkout: Path) -> None:
    run(checkout, sys.executable, "-m", "tools.fork", "rename", "Second Spring")
    kept = ":!tools/benchmarks/results"
    run(checkout, "git", "grep", "-i", "thinkthrift", "--", ".", kept, expect=1)
    run(checkout, sys.executable, "-m", "ruff", "format", "--quiet", ".")
    run(checkout, sys.executable, "-m", "ruff", "check", ".")
    run(checkout, sys.executable, "-m", "ingest", "warehouse", "profile")
    run(checkout, "tools/lint/rules")
    assert "second_spring" in (checkout / "profiles.yml").read_text()
    said = run(checkout, sys.executable, "-m", "tools.fork", "rename", "Third Spring", expect=2)
    assert "Commit them first" in said
    # what goes by the names of models goes by these, too
    test = "tests/python/search/test_at_once.py::test_a_search_does_not_wait_for_a_build"
    run(checkout, sys.executable, "-m", "pytest", "-q", test)


@pytest.mark.long
@pytest.mark.parametrize("source", ["events", "logistics"])
def test_what_a_source_is_part_of_is_listed(checkout: Path, source: str) -> None:
    run(checkout, sys.executable, "-m", "ingest", "warehouse", "profile")
    said = run(checkout, sys.executable, "-m", "tools.fork", "uses", source)
    assert f"models/staging/{source}\n" in said
    assert "README.md" not in said  # where `events` is a word of the text
    own = "remove these models, or fill them otherwise:\n  models/marts/core/fct_ticket_sales.sql"
    assert (own in said) == (source == "events")
    shutil.rmtree(checkout / "models" / "staging" / source)
    # what dbt misses first is in the list
    missed = run(checkout, sys.executable, "-m", "dbt.cli.main", "parse", expect=2)
    [path] = re.findall(r"\((models/[^)]+|snapshots/[^)]+)\)", missed)[:1]
    assert path in said
