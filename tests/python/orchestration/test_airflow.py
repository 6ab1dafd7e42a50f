"""Airflow runs the DAG that docs/orchestration.md names, and stops where a load fails.

Takes an environment of its own, so it is run by `make airflow-test` only.
"""

import re
import subprocess
from collections.abc import Callable

import pytest
from commands import PROJECT
from world import World

AIRFLOW = PROJECT / ".venv-airflow" / "bin" / "airflow"
DAGS = PROJECT / "apps" / "orchestration" / "dags"
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not AIRFLOW.exists(), reason="run by make airflow-test"),
]
DAY = "2026-01-31"


@pytest.fixture(scope="module")
def world(new_world: World) -> World:
    new_world.demo("create", "--lines", "900", "--seed", "5")
    return new_world


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[int, str]]:
    """Give a function that runs a command of Airflow: its exit code and what it printed."""
    home = tmp_path_factory.mktemp("airflow")
    settings = {
        "AIRFLOW_HOME": str(home), "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "false", "AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": "1",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "false", "NO_COLOR": "1",
    }  # fmt: skip

    def run(*arguments: str, **environment: str) -> tuple[int, str]:
        done = subprocess.run(
            [AIRFLOW, *arguments], env={**environment, **settings}, cwd=home, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout

    code, printed = run("db", "migrate", PATH="/usr/bin:/bin")
    assert code == 0, printed[-4000:]
    return run


def outside(environment: dict[str, str]) -> dict[str, str]:
    """Return an environment in which only the DAG says where the project's programs are."""
    left_out = ("PATH", "VIRTUAL_ENV", "PYTHONPATH")
    kept = {name: value for name, value in environment.items() if name not in left_out}
    return {**kept, "PATH": "/usr/bin:/bin"}


def test_the_page_names_the_dag(airflow) -> None:
    [file] = DAGS.glob("*.py")
    page = (PROJECT / "docs" / "orchestration.md").read_text()
    assert str(file.relative_to(PROJECT)) in page

    code, printed = airflow("dags", "list", "--local", "--output", "plain", PATH="/usr/bin:/bin")
    assert code == 0, printed
    assert re.search(r"^thinkthrift ", printed, re.MULTILINE), printed


def test_a_failed_load_is_tried_again_and_stops_the_build(airflow, world) -> None:
    nowhere = {"SHOP_LOCATION": "postgresql://nobody:x@127.0.0.1:1/shop"}
    code, printed = airflow("dags", "test", "thinkthrift", DAY,
                            **outside({**world.environment, **nowhere}))  # fmt: skip

    print(printed)
    assert code != 0, printed[-6000:]
    assert printed.count("Command exited with return code 1") == 4
    assert "127.0.0.1/shop cannot be reached" in printed
    assert world.rows("select to_regclass('marts.fct_order_lines')") == [(None,)]


def test_a_run_loads_and_builds(airflow, world) -> None:
    with world.catalog() as environment:
        code, printed = airflow("dags", "test", "thinkthrift", DAY, **outside(environment))

    assert code == 0, printed[-6000:]
    [(lines, loads)] = world.rows(
        "select (select count(*) from marts.fct_order_lines), count(*)"
        " filter (where status = 'loaded') from raw_ingest.loads"
    )
    assert lines > 800
    assert loads > 20
