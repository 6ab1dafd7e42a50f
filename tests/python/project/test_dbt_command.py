"""`dbt` works from every sub-folder of the project, and says so where it cannot."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from checkout import PROJECT


@pytest.fixture(scope="module")
def dbt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command as `make setup` installs it, in a folder of its own."""
    venv = tmp_path_factory.mktemp("venv")
    (venv / "bin").mkdir()
    (venv / "libexec").mkdir()
    shutil.copy(PROJECT / "tools" / "setup" / "dbt", venv / "bin")
    script = venv / "libexec" / "dbt"
    script.write_text(
        f"#!{sys.executable}\nimport sys\nfrom dbt.cli.main import cli\nsys.exit(cli())\n"
    )
    script.chmod(0o755)
    return venv / "bin" / "dbt"


def run(dbt: Path, folder: Path, *arguments: str) -> tuple[int, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DBT_")}
    done = subprocess.run(
        [dbt, *arguments], cwd=folder, env={**kept, "HOME": str(dbt.parent)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


@pytest.mark.parametrize("folder", [".", "models/marts/core", "tests/python"])
def test_a_model_is_found_from_a_sub_folder(dbt, checkout, folder: str) -> None:
    arguments = ("--quiet", "list", "--select", "fct_orders", "--resource-type", "model")
    code, printed = run(dbt, checkout / folder, *arguments)
    assert (code, printed.split()[-1]) == (0, "thinkthrift.marts.core.fct_orders"), printed


def test_outside_of_the_project_it_says_where_to_go(dbt, tmp_path) -> None:
    code, printed = run(dbt, tmp_path, "build")
    assert code == 2
    assert f"no dbt_project.yml in {tmp_path}" in printed
    assert "Change to the project's folder" in printed


def test_without_a_profile_it_says_what_writes_it(dbt, tmp_path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "dbt_project.yml").touch()
    code, printed = run(dbt, tmp_path / "models", "build")
    assert code == 2
    assert f"no profiles.yml in {tmp_path}. Run `make setup` there" in printed


def test_its_version_is_told_anywhere(dbt, tmp_path) -> None:
    code, printed = run(dbt, tmp_path, "--version")
    assert code == 0, printed
    assert "Core:" in printed
