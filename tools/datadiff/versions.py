"""Both versions of the project, built beside each other on the same raw rows.

The base is built in schemas `diff_base_…`, the checkout in `diff_head_…`. Only what the change
touches is built twice: the checkout takes the rest from the base by dbt's `--defer`. Both read
the snapshots as they stand, since history cannot be made again.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

from warehouse import PROJECT
from warehouse.errors import UsageError, UserError

FOLDER = PROJECT / ".diff"
BASE = FOLDER / "base"
RELATIONS = ("model", "seed")
UNCOMPARED = ("snapshot", "test", "unit_test")


class Version:
    """One version of the project: a folder, and where dbt writes what it makes of it."""

    def __init__(self, side: str, folder: Path, profile: str = "diff") -> None:
        self.side, self.folder, self._profile = side, folder, profile
        self.target = FOLDER / f"target_{side}"
        self._results = self.target / "run_results.json"
        self._results.unlink(missing_ok=True)

    def dbt(self, command: str, *arguments: str, may_fail: bool = False) -> str:
        """Run a dbt command and return what it printed.

        Args:
            command: such as `build`.
            arguments: of the command.
            may_fail: whether failing tests are part of the result.

        Raises:
            UserError: dbt failed; the message holds its last lines.
        """
        places = {
            "--project-dir": self.folder,
            "--profiles-dir": PROJECT,
            "--target-path": self.target,
            "--log-path": FOLDER / "logs",
        }
        done = subprocess.run(
            [
                *(sys.executable, "-m", "dbt.cli.main", "--no-use-colors", "--quiet", command),
                *(str(word) for place in places.items() for word in place),
                *("--target", self._profile, *arguments),
            ],
            cwd=self.folder, capture_output=True, text=True, check=False,
            env={**os.environ, "DIFF_SIDE": self.side},
        )  # fmt: skip
        # 1 says that a node failed, 2 that dbt could not even begin
        if done.returncode > (1 if may_fail else 0):
            said = (done.stdout + done.stderr).strip()[-3000:]
            raise UserError(f"dbt {command} of the {self.side} version failed:\n{said}")
        return done.stdout

    def manifest(self) -> dict[str, Any]:
        """Return what dbt last made of this version."""
        manifest: dict[str, Any] = json.loads((self.target / "manifest.json").read_text())
        return manifest

    def results(self) -> dict[str, dict[str, Any]]:
        """Return the results of the last run, by unique id; none if nothing ran."""
        if not self._results.exists():
            return {}
        results = json.loads(self._results.read_text())["results"]
        return {result["unique_id"]: result for result in results}

    def relations(self) -> dict[str, dict[str, Any]]:
        """Return the nodes whose rows can be compared, by unique id."""
        return {
            name: node
            for name, node in self.manifest()["nodes"].items()
            if node["resource_type"] in RELATIONS and node["package_name"] == "thinkthrift"
            if node["config"]["materialized"] != "ephemeral"
        }


def changed_since(base: str) -> tuple[str, list[str]]:
    """Return the commit at which the checkout left a branch, and the files that differ from it.

    Args:
        base: a branch, tag or commit.

    Raises:
        UsageError: there is no such commit.
    """
    commit = _git("merge-base", base, "HEAD").stdout.decode().strip() or _commit(base)
    listed = _git("diff", "--name-only", "-z", commit).stdout
    listed += _git("ls-files", "--others", "--exclude-standard", "-z").stdout
    return commit, sorted({name for name in listed.decode().split("\0") if name})


def check_out(base: str, profile: str = "diff") -> tuple[Version, str]:
    """Put the files of a commit into a folder of their own.

    Args:
        base: a branch, tag or commit.
        profile: the target of the profile whose relations are the version's.

    Returns:
        The version, and the commit's short hash.

    Raises:
        UsageError: there is no such commit.
    """
    commit = _commit(base)
    shutil.rmtree(BASE, ignore_errors=True)
    BASE.mkdir(parents=True)
    archive = _git("archive", "--format=tar", commit)
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        # not there before Python 3.11.4
        files.extraction_filter = getattr(tarfile, "data_filter", None)
        files.extractall(BASE)
    shutil.copytree(PROJECT / "dbt_packages", BASE / "dbt_packages")
    return Version("base", BASE, profile), commit


def _commit(name: str) -> str:
    """Return a commit's short hash."""
    found = _git("rev-parse", "--verify", "--quiet", "--short", f"{name}^{{commit}}")
    if found.returncode:
        raise UsageError(
            f"There is no commit {name!r}. Name a branch, a tag or a commit: make diff BASE=main\n"
            "A branch of the remote is origin/NAME, once `git fetch` has brought it."
        )
    return found.stdout.decode().strip()


def build(base: Version, head: Version) -> tuple[list[str], list[str]]:
    """Build what differs, and what depends on it, in both versions.

    Returns:
        The unique ids of what was built in the checkout; and of the snapshots that the change
        reaches, which are not.

    Raises:
        UserError: a version cannot be built.
    """
    base.dbt("parse")
    listed = head.dbt(
        *("ls", "--select", "state:modified+", "--state", str(base.target), "--output", "json"),
        *("--output-keys", "unique_id", "--resource-types", *RELATIONS, "snapshot"),
    )
    names = [json.loads(line)["unique_id"] for line in listed.splitlines() if line[:1] == "{"]
    nodes, known = head.relations(), base.relations()
    changed = [name for name in names if name in nodes]
    if changed:
        # what the tests of the changed models read must be there, too
        wanted = {*changed, *_read_by_tests(head.manifest(), changed)}
        selected = [f"+{_selector(known[name])}" for name in sorted(wanted) if name in known]
        base.dbt("build", "--select", *selected, "--exclude-resource-types", *UNCOMPARED)
        only = _changed_alone(base, nodes, changed, *_called(head.manifest(), changed))
        head.dbt("build", *only, "--exclude-resource-types", *UNCOMPARED)
    return changed, [name for name in names if name not in nodes]


def test(base: Version, head: Version, changed: list[str]) -> list[dict[str, Any]]:
    """Test what was built in the checkout; return the results of dbt.

    Raises:
        UserError: dbt cannot run the tests at all.
    """
    head.dbt("test", *_changed_alone(base, head.relations(), changed), may_fail=True)
    return list(head.results().values())


def _changed_alone(
    base: Version, nodes: dict[str, dict[str, Any]], changed: list[str], *called: str
) -> tuple[str, ...]:
    """Return the arguments of dbt that take what is changed from the checkout, the rest of base."""
    selected = (_selector(nodes[name]) for name in changed)
    return ("--select", *selected, *called, "--defer", "--favor-state", "--state", str(base.target))


def _called(manifest: dict[str, Any], changed: list[str]) -> set[str]:
    """Return the selectors of the functions that the changed relations call: dbt defers none."""
    return {
        _selector(manifest["functions"][one])
        for name in changed
        for one in manifest["nodes"][name]["depends_on"].get("nodes", ())
        if one in manifest["functions"]
    }


def _read_by_tests(manifest: dict[str, Any], changed: list[str]) -> set[str]:
    """Return what the tests of the changed relations depend on."""
    tests = {
        child
        for name in changed
        for child in manifest["child_map"].get(name, [])
        if child.startswith("test.")
    }
    return {one for test in tests for one in manifest["nodes"][test]["depends_on"]["nodes"]}


def _selector(node: dict[str, Any]) -> str:
    return ".".join(node["fqn"])


def _git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *arguments], cwd=PROJECT, capture_output=True, check=False)
