"""Each planted fault is stopped by the gate it belongs to, with a message that names it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

FAULTS = yaml.safe_load(Path(__file__).with_name("faults.yml").read_text())
SELECTED = ("rpt_load_health", "int_row_versions", "path:models/staging/ingest")
GATES = {
    "parse": ["tools/lint/rules"],
    "rules": ["tools/lint/rules"],
    "ruff": ["ruff", "check", "--no-cache", "ingest"],
    "imports": ["lint-imports", "--no-logo", "--no-cache"],
    "sqlfluff": ["sqlfluff", "lint", "models/marts/core/dim_stores.sql"],
    "secrets": ["detect-secrets-hook", "warehouse/console.py"],
    "build": ["dbt", "build", "--no-use-colors", "--select", *SELECTED],
}


@pytest.fixture(scope="module")
def copy(checkout, postgres) -> Path:
    """The checkout, with a warehouse whose raw tables are empty."""
    postgres.create("faults")
    subprocess.run(
        [sys.executable, "-m", "ingest", "warehouse", "up"], cwd=checkout, check=True,
        capture_output=True, env={**os.environ, **postgres.environment("faults")},
    )  # fmt: skip
    return checkout


@pytest.fixture
def run(copy, postgres):
    """Give a function that runs a gate and returns its exit code and what it printed."""

    def gate(name: str) -> tuple[int, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            GATES[name], cwd=copy, capture_output=True, text=True, check=False,
            env={**os.environ, **postgres.environment("faults"), "PATH": path, "COLUMNS": "500"},
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return gate


@pytest.mark.parametrize("gate", GATES)
def test_without_a_fault_each_gate_is_open(run, gate) -> None:
    code, printed = run(gate)
    assert code == 0, printed[-3000:]


@pytest.mark.parametrize("fault", FAULTS, ids=[fault["name"] for fault in FAULTS])
def test_a_fault_is_stopped_and_named(copy, run, fault) -> None:
    if fault["gate"] == "rules" and not Path(sys.executable).with_name("dbt-bouncer").exists():
        pytest.skip("dbt-bouncer wants Python 3.11")
    file = copy / fault["file"]
    before = file.read_text() if file.exists() else None
    if "add" in fault:
        after = f"{before or ''}{fault['add']}\n"
    else:
        assert fault["take"] in before
        after = before.replace(fault["take"], fault["put"], 1)
    file.write_text(after)
    try:
        code, printed = run(fault["gate"])
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_text(before)
    assert code != 0
    for text in fault["said"]:
        assert text in printed, printed[-3000:]
