"""What ends a command ends all that it started, and nothing else is said than that."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from world import PROJECT

SLEEPS = "import subprocess, sys; print('up', flush=True); subprocess.run(['sleep', '300'])"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_runs_beside_the_catalog_ends_with_it(make, tmp_path: Path, number: int) -> None:
    folder = make(tmp_path / "world", lines=500)
    command = ["tools.demo", "serve", "--port", "0", "--folder", str(folder), "--"]
    process = subprocess.Popen(
        [sys.executable, "-m", *command, sys.executable, "-c", SLEEPS],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout.readline() == "up\n"
    [child] = psutil.Process(process.pid).children()

    process.send_signal(number)

    assert process.wait(timeout=5) == 128 + number
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_an_exit_code_is_handed_on(make, tmp_path: Path) -> None:
    folder = make(tmp_path / "world", lines=500)
    command = ["tools.demo", "serve", "--port", "0", "--folder", str(folder), "--"]
    fails = [sys.executable, "-c", "import sys; sys.exit(7)"]
    done = subprocess.run([sys.executable, "-m", *command, *fails], cwd=PROJECT, check=False)
    assert done.returncode == 7


@pytest.mark.parametrize(
    ("environment", "served"),
    [
        ({}, "http://127.0.0.1:"),
        ({"PGHOST": "warehouse.internal"}, "none"),
        ({"CATALOG_LOCATION": "https://catalog.internal"}, "https://catalog.internal"),
    ],
)
def test_the_demo_is_served_only_if_it_is_what_is_loaded(
    make, tmp_path: Path, environment: dict[str, str], served: str
) -> None:
    """A warehouse or a catalog of one's own must not get the demo's rows."""
    folder = make(tmp_path / "world", lines=500)
    command = ["tools.demo", "serve", "--if-demo", "--port", "0", "--folder", str(folder), "--"]
    kept = {k: v for k, v in os.environ.items() if k not in ("PGHOST", "CATALOG_LOCATION")}
    said = subprocess.check_output(
        [sys.executable, "-m", *command, "sh", "-c", "echo ${CATALOG_LOCATION-none}"],
        cwd=PROJECT, env={**kept, **environment}, text=True,
    )  # fmt: skip
    assert said.startswith(served)


@pytest.mark.parametrize("seconds", [0.1, 0.4, 0.8, 1.2, 1.6, 2.0, 2.6])
def test_an_interrupt_ends_a_command_at_once(postgres, tmp_path: Path, seconds: float) -> None:
    """While Python imports, while dbt parses, while it watches."""
    (tmp_path / "logistics").mkdir()
    postgres.create("interrupted")
    process = subprocess.Popen(
        [sys.executable, "-m", "ingest", "watch", "logistics"],
        cwd=PROJECT,
        env={
            **os.environ,
            **postgres.environment("interrupted"),
            "LOGISTICS_LOCATION": str(tmp_path / "logistics"),
            "DBT_TARGET_PATH": str(tmp_path / "target"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    time.sleep(seconds)

    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    try:
        said, _ = process.communicate(timeout=30)
    finally:
        process.kill()

    assert time.monotonic() - began < 5
    assert "Traceback" not in said
    assert "packages" not in said
    # by the signal, by its own word, or at the end of a watch
    assert process.returncode in (-signal.SIGINT, 130, 0)
