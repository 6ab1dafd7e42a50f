"""The package macros that this project uses give the verdicts written down in cases_*.yml.

The cases say what the genuine packages do. They run against the packages in `dbt_packages/`, or
in the directory that the environment variable PACKAGES_DIR names, so that the genuine packages
and the stand-ins of `tools/offline_packages/` can be held to the same cases.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[2]
DATABASE = "package_cases"
SCHEMA = "cases"
OPTIONS = ("--no-use-colors", "--log-level-file", "none", "--no-partial-parse")
# The second package of the throw-away project, in which nulls in keys are empty texts.
NULLS_ARE_EMPTY = "nulls_are_empty"

COLUMN_TYPES = {
    "id": "integer",
    "n": "integer",
    "m": "integer",
    "order": "integer",
    "amount": "numeric",
    "word": "text",
    "tag": "text",
    "starts": "date",
    "ends": "date",
}


def load_cases(file_name: str, prefix: str) -> dict[str, dict[str, Any]]:
    """Give the cases of a file by a name that serves as the name of a dbt node."""
    cases = yaml.safe_load((HERE / file_name).read_text(encoding="utf-8"))
    return {f"{prefix}_{number:03}": case for number, case in enumerate(cases, start=1)}


TEST_CASES = load_cases("cases_dbt_utils.yml", "utils") | load_cases(
    "cases_dbt_expectations.yml", "expectations"
)
VALUE_CASES = load_cases("cases_values.yml", "returns")


def named(cases: dict[str, dict[str, Any]]) -> list[Any]:
    return [
        pytest.param(name, id=f"{case['macro'].split('.')[1]}: {case['about']}")
        for name, case in cases.items()
    ]


def packages_dir() -> Path:
    directory = Path(os.environ.get("PACKAGES_DIR") or CHECKOUT / "dbt_packages").resolve()
    for package in ("dbt_utils", "dbt_expectations"):
        if not (directory / package / "dbt_project.yml").is_file():
            pytest.fail(
                f"There is no {package} in {directory}: run `make setup`, or name a directory"
                " that has it in PACKAGES_DIR."
            )
    return directory


def table_sql(rows: list[dict[str, Any]]) -> str:
    """Give a query for the rows, with every column of COLUMN_TYPES."""
    unknown = {column for row in rows for column in row} - set(COLUMN_TYPES)
    if unknown:
        raise ValueError(f"COLUMN_TYPES lacks {sorted(unknown)}")

    def literal(value: Any) -> str:
        return "null" if value is None else "'" + str(value).replace("'", "''") + "'"

    def row_sql(row: dict[str, Any]) -> str:
        cells = (
            f"cast({literal(row.get(column))} as {column_type})"
            for column, column_type in COLUMN_TYPES.items()
        )
        return "(" + ", ".join(cells) + ")"

    columns = ", ".join(f'"{column}"' for column in COLUMN_TYPES)
    values = ",\n    ".join(row_sql(row) for row in rows or [{}])
    empty = "" if rows else "\nwhere false"
    return f"select *\nfrom (values\n    {values}\n) as listed ({columns}){empty}\n"


def tables_of(cases: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Give a name to each different table of the cases, by the SQL of the table."""
    names: dict[str, str] = {}
    for case in cases.values():
        for key in ("rows", "other"):
            if key in case:
                names.setdefault(table_sql(case[key]), f"table_{len(names) + 1:03}")
    return names


def properties(cases: dict[str, dict[str, Any]], tables: dict[str, str]) -> dict[str, Any]:
    """Give the content of a YAML file with every case as a data test on a table of a source.

    The tables are sources, created outside dbt, because views of dbt take it twice as long.
    """
    sources: dict[str, dict[str, Any]] = {}
    for name, case in cases.items():
        arguments = dict(case.get("arguments", {}))
        for key, value in arguments.items():
            if value == "$other":
                arguments[key] = f"source('cases', '{tables[table_sql(case['other'])]}')"
        config = {key: case[key] for key in ("where", "store_failures") if key in case}
        test: dict[str, Any] = {"name": name, "config": config}
        if arguments:
            test["arguments"] = arguments
        table = tables[table_sql(case["rows"])]
        source = sources.setdefault(table, {"name": table, "data_tests": [], "columns": {}})
        if "column" in case:
            source["columns"].setdefault(case["column"], []).append({case["macro"]: test})
        else:
            source["data_tests"].append({case["macro"]: test})
    for source in sources.values():
        source["columns"] = [
            {"name": column, "data_tests": tests} for column, tests in source["columns"].items()
        ]
    for table in tables.values():
        sources.setdefault(table, {"name": table})
    return {"sources": [{"name": "cases", "schema": SCHEMA, "tables": list(sources.values())}]}


def write_yaml(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def write_project(project: Path, packages: Path, postgres: Any) -> None:
    """Write a dbt project with all the cases, its packages and its profile."""
    for package in ("dbt_utils", "dbt_expectations", "dbt_date"):
        if (packages / package).is_dir():
            shutil.copytree(
                packages / package,
                project / "dbt_packages" / package,
                ignore=shutil.ignore_patterns("integration_tests", ".git*"),
            )
    second = project / "dbt_packages" / NULLS_ARE_EMPTY
    write_yaml(second / "dbt_project.yml", {"name": NULLS_ARE_EMPTY, "version": "1.0.0"})
    write_yaml(
        project / "dbt_project.yml",
        {
            "name": "package_cases",
            "version": "1.0.0",
            "profile": "package_cases",
            "flags": {"send_anonymous_usage_stats": False},
            "vars": {NULLS_ARE_EMPTY: {"surrogate_key_treat_nulls_as_empty_strings": True}},
        },
    )
    connection = {
        "type": "postgres",
        "host": postgres.host,
        "port": int(postgres.port),
        "user": postgres.user,
        "password": postgres.password or "none",
        "dbname": DATABASE,
        "schema": SCHEMA,
        "threads": 4,
    }
    write_yaml(
        project / "profiles.yml",
        {"package_cases": {"target": "cases", "outputs": {"cases": connection}}},
    )
    models = project / "models"
    models.mkdir()
    (second / "models").mkdir()
    write_yaml(models / "cases.yml", properties(TEST_CASES, tables_of(TEST_CASES)))
    for name, case in VALUE_CASES.items():
        folder = second / "models" if case.get(NULLS_ARE_EMPTY) else models
        (folder / f"{name}.sql").write_text(case["sql"], encoding="utf-8")


@dataclass(frozen=True)
class Outcomes:
    """What one run of dbt gave: the result of every node, and the values of the value cases."""

    results: dict[str, dict[str, Any]]
    values: dict[str, list[str]]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory, postgres: Any) -> Iterator[Outcomes]:
    project = tmp_path_factory.mktemp("package_cases")
    write_project(project, packages_dir(), postgres)
    with psycopg.connect(postgres.conninfo(), autocommit=True) as administrator:
        administrator.execute(f"drop database if exists {DATABASE} with (force)")
        administrator.execute(f"create database {DATABASE}")
        try:
            create_tables(postgres)
            yield run_cases(project, postgres)
        finally:
            administrator.execute(f"drop database {DATABASE} with (force)")


def create_tables(postgres: Any) -> None:
    with psycopg.connect(postgres.conninfo(DATABASE)) as connection:
        connection.execute(f"create schema {SCHEMA}")
        for sql, name in tables_of(TEST_CASES).items():
            connection.execute(f"create table {SCHEMA}.{name} as\n{sql}")


def run_cases(project: Path, postgres: Any) -> Outcomes:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DBT_")}
    done = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "build", "--profiles-dir", ".", *OPTIONS],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    # dbt gives 1 when a test fails, as many do here, and 2 when it could not run at all.
    report = project / "target" / "run_results.json"
    if done.returncode not in (0, 1) or not report.is_file():
        pytest.fail(f"dbt build could not run:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    results = {
        result["unique_id"].split(".")[2]: result
        for result in json.loads(report.read_text(encoding="utf-8"))["results"]
    }
    values: dict[str, list[str]] = {}
    with psycopg.connect(postgres.conninfo(DATABASE)) as connection:
        for name in VALUE_CASES:
            if results[name]["status"] == "success":
                query = f"select cast(value as text) from {SCHEMA}.{name} order by 1"
                values[name] = [value for (value,) in connection.execute(query)]
    return Outcomes(results, values)


def assert_error(result: dict[str, Any], pattern: str) -> None:
    assert result["status"] == "error", result["message"]
    assert re.search(pattern, result["message"]), result["message"]


@pytest.mark.parametrize("name", named(TEST_CASES))
def test_verdict(name: str, outcomes: Outcomes) -> None:
    case, result = TEST_CASES[name], outcomes.results[name]
    if "error" in case:
        assert_error(result, case["error"])
        return
    assert result["status"] in ("pass", "fail"), result["message"]
    if "verdict" in case:
        assert result["status"] == case["verdict"]
    else:
        assert result["failures"] == case["failures"]


@pytest.mark.parametrize("name", named(VALUE_CASES))
def test_values(name: str, outcomes: Outcomes) -> None:
    case, result = VALUE_CASES[name], outcomes.results[name]
    if "error" in case:
        assert_error(result, case["error"])
        return
    assert result["status"] == "success", result["message"]
    assert outcomes.values[name] == case["returns"]


def test_every_macro_has_a_good_and_a_bad_case() -> None:
    verdicts: dict[str, set[bool]] = {}
    for case in TEST_CASES.values():
        passes = case.get("failures") == 0
        verdicts.setdefault(case["macro"], set()).add(passes)
    assert [macro for macro, seen in verdicts.items() if seen != {True, False}] == []
