"""A copy of the project as it stands, in a folder of its own."""

import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def copy_project(folder: Path) -> None:
    """Copy what git tracks or would track, and the packages; the environment is a link.

    Args:
        folder: where to, which may exist already.
    """
    tracked = subprocess.check_output(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT, text=True,
    )  # fmt: skip
    for name in filter(None, tracked.split("\0")):
        # a file that was removed is listed until the index knows
        if (PROJECT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, folder / name)
    shutil.copytree(PROJECT / "dbt_packages", folder / "dbt_packages")
    (folder / ".venv").symlink_to(sys.prefix)
