"""A checkout of its own, in which things can be broken."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from checkout import PROJECT, copy_project


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
