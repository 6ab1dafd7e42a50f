"""Fill `dbt_packages/`: from the dbt hub where it answers, else with the stand-ins kept here.

From the hub come the versions of package-lock.yml, which git holds. A `dbt deps` that fails empties
the folder; `make setup` fills it again.

DBT_PACKAGES=hub fails where the hub does not answer; DBT_PACKAGES=offline does not ask it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import requests
from dbt.clients.registry import DEFAULT_REGISTRY_BASE_URL as HUB

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
SECONDS = 5


def hub_answers() -> bool:
    """Tell whether the dbt hub answers within a few seconds."""
    try:
        return bool(requests.get(f"{HUB}api/v1/index.json", timeout=SECONDS).ok)
    except requests.RequestException:
        return False


def main() -> None:
    """Install the packages that packages.yml names and say in one line where they came from."""
    wanted = os.environ.get("DBT_PACKAGES", "")
    if wanted not in ("", "hub", "offline"):
        sys.exit(f"DBT_PACKAGES is {wanted!r}; set it to hub or offline, or leave it out.")
    reason = "DBT_PACKAGES says so" if wanted == "offline" else "the dbt hub does not answer"
    if wanted != "offline" and hub_answers():
        dbt = [
            sys.executable,
            "-m",
            "dbt.cli.main",
            "--quiet",
            "deps",
            "--project-dir",
            str(PROJECT),
        ]
        result = subprocess.run(dbt, cwd=PROJECT, capture_output=True, text=True, check=False)
        if result.returncode == 0:
            print("dbt packages: dbt_utils and dbt_expectations from the dbt hub")
            return
        reason = "`dbt deps` failed"
    if wanted == "hub":
        sys.exit(f"The packages cannot be had from the hub, as {reason}.")
    shutil.rmtree(PROJECT / "dbt_packages", ignore_errors=True)
    for package in HERE.iterdir():
        if package.is_dir() and package.name != "__pycache__":
            shutil.copytree(package, PROJECT / "dbt_packages" / package.name)
    print(f"dbt packages: the stand-ins in tools/offline_packages/, as {reason}")


if __name__ == "__main__":
    main()
