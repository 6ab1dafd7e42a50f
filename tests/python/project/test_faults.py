"""Each planted fault is stopped by the gate it belongs to, with a message that names it."""

import functools
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
    "words": ["tools/lint/words.py", "README.md"],
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


@pytest.fixture(scope="module")
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


def rounds() -> list[list[dict]]:
    """Return the faults as they are planted: all that dbt-bouncer finds at once, as it goes on.

    What takes a text that another fault has taken waits for the next round; the other gates stop at
    the first fault.
    """
    made: list[list[dict]] = []
    for fault in FAULTS:
        place = (fault["file"], fault.get("take"))
        for others in made if fault["gate"] == "rules" else ():
            taken = [(other["file"], other.get("take")) for other in others]
            if others[0]["gate"] == "rules" and not any(
                file == place[0] and text and place[1] and (text in place[1] or place[1] in text)
                for file, text in taken
            ):
                others.append(fault)
                break
        else:
            made.append([fault])
    return made


ROUNDS = {fault["name"]: number for number, faults in enumerate(rounds()) for fault in faults}


@pytest.fixture(scope="module")
def verdict(copy, run):
    """Give a function that plants the faults of a round and returns what their gate made of it."""

    @functools.cache
    def of(number: int) -> tuple[int, str]:
        faults = rounds()[number]
        files = {copy / fault["file"] for fault in faults}
        before = {file: file.read_text() if file.exists() else None for file in files}
        try:
            for fault in faults:
                plant(copy / fault["file"], fault)
            return run(faults[0]["gate"])
        finally:
            for file, text in before.items():
                if text is None:
                    file.unlink()
                else:
                    file.write_text(text)

    return of


def plant(file: Path, fault: dict) -> None:
    before = file.read_text() if file.exists() else ""
    if "add" in fault:
        file.write_text(f"{before}{fault['add']}\n")
    else:
        assert fault["take"] in before
        file.write_text(before.replace(fault["take"], fault["put"], 1))


@pytest.mark.parametrize("fault", FAULTS, ids=[fault["name"] for fault in FAULTS])
def test_a_fault_is_stopped_and_named(verdict, fault) -> None:
    if fault["gate"] == "rules" and not Path(sys.executable).with_name("dbt-bouncer").exists():
        pytest.skip("dbt-bouncer wants Python 3.11")
    code, printed = verdict(ROUNDS[fault["name"]])
    assert code != 0
    for text in fault["said"]:
        assert text in printed, printed[-3000:]
