"""What of dbt's own the project replaces is what the overrides were written against."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from checkout import PROJECT

COMMAND = PROJECT / "tools" / "lint" / "overrides.py"
Changed = Callable[[dict], None]


@pytest.fixture
def said(manifest: dict, tmp_path: Path) -> Callable[[Changed], tuple[int, str]]:
    """Give a function that returns the exit code and the words of the check of changed macros."""

    def check(change: Changed = lambda _: None) -> tuple[int, str]:
        changed = json.loads(json.dumps(manifest["macros"]))
        change(changed)
        (tmp_path / "manifest.json").write_text(json.dumps({"macros": changed}))
        done = subprocess.run(
            [sys.executable, COMMAND, tmp_path / "manifest.json"], capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr

    return check


def test_dbt_is_what_the_overrides_were_written_against(said) -> None:
    """Fails after an upgrade of dbt; the message says which override to look at."""
    code, words = said()
    assert code == 0, words


@pytest.mark.parametrize(
    ("own", "file", "override"),
    [
        ("dbt_postgres.postgres__create_table_as", "adapters.sql", "postgres__create_table_as"),
        ("dbt.materialization_test_default", "tests/test.sql", "materialization_test_postgres"),
        ("dbt.default__apply_grants", "apply_grants.sql", "postgres__apply_grants"),
        ("dbt.snapshot_check_strategy", "strategies.sql", "snapshot_check_if_newer_strategy"),
        ("dbt.default__generate_schema_name", "get_custom_schema.sql", "generate_schema_name"),
    ],
)
def test_one_changed_statement_names_the_override(said, own: str, file: str, override: str) -> None:
    """And dbt's macro, its file, and what to do."""

    def change(macros: dict) -> None:
        macros[f"macro.{own}"]["macro_sql"] += "{% do log('more') %}"

    code, words = said(change)
    assert code == 1
    for part in (f"macros/overrides/{override}.sql", own, file, "Compare", "--renew"):
        assert part in words


def test_white_space_is_no_change(said) -> None:
    """A macro that dbt only indents otherwise is the same."""

    def change(macros: dict) -> None:
        own = macros["macro.dbt.default__apply_grants"]
        own["macro_sql"] = own["macro_sql"].replace("\n", "\n  ")

    assert said(change) == said()


def test_a_macro_that_dbt_no_longer_has_is_named(said) -> None:
    """An override of it would never be called."""

    def change(macros: dict) -> None:
        del macros["macro.dbt.safe_cast"], macros["macro.dbt.default__safe_cast"]
        macros["macro.thinkthrift.postgres__safe_cast"]["depends_on"]["macros"] = []

    code, words = said(change)
    assert code == 1
    assert "macros/overrides/postgres__safe_cast.sql" in words
    assert "no longer" in words


@pytest.mark.parametrize(
    "name",
    [
        "run_query", "postgres__get_merge_sql", "default__truncate_relation", "test_not_null",
        "materialization_table_postgres", "materialization_incremental_default",
    ],
)  # fmt: skip
def test_an_override_elsewhere_is_refused(said, name: str) -> None:
    """By the same name, by dispatch, or as a materialization."""

    def change(macros: dict) -> None:
        copy = {**macros["macro.thinkthrift.lookup_text"], "name": name}
        copy["original_file_path"] = f"macros/text/{name}.sql"
        macros[f"macro.thinkthrift.{name}"] = copy

    code, words = said(change)
    assert code == 1
    assert f"macros/text/{name}.sql takes the place of dbt's own" in words


def test_an_override_that_is_not_noted_is_refused(said) -> None:
    """One that was put into the folder without its fingerprint."""

    def change(macros: dict) -> None:
        copy = {**macros["macro.thinkthrift.postgres__safe_cast"], "name": "postgres__hash"}
        macros["macro.thinkthrift.postgres__hash"] = copy

    code, words = said(change)
    assert code == 1
    assert "macros/overrides/postgres__hash.sql replaces or calls macro.dbt.hash" in words
