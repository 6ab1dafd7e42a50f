"""What dbt makes of the project, and a checkout of its own, in which things can be broken."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from checkout import PROJECT, copy_project
from dbt.cli.main import dbtRunner

PROFILE = """
thinkthrift:
  target: prod
  outputs:
    prod: {type: postgres, host: localhost, port: 1, user: none, password: none, dbname: none,
           schema: public}
"""


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """What dbt makes of the project; parsing needs no server."""
    folder = tmp_path_factory.mktemp("parsed")
    (folder / "profiles.yml").write_text(PROFILE)
    arguments = ["--project-dir", str(PROJECT), "--profiles-dir", str(folder)]
    paths = ["--target-path", str(folder), "--log-path", str(folder), "--no-partial-parse"]
    outcome = dbtRunner().invoke(["--quiet", "parse", *arguments, *paths])
    assert outcome.success, outcome.exception
    return json.loads((folder / "manifest.json").read_text())


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project as it stands, all of it committed, with its packages."""
    folder = tmp_path_factory.mktemp("checkout") / "project"
    copy_project(folder)
    shutil.copy(PROJECT / "profiles.yml", folder)
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@localhost"}
    who |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in who.items()}
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "-m", "base"]):
        subprocess.run(["git", *command], cwd=folder, check=True, env={**os.environ, **who})
    return folder
