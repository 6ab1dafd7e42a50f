"""Green here is green there: what the workflow checks is what `make test` checks."""

import re
import subprocess

import pytest
import yaml
from checkout import PROJECT

WORKFLOW = yaml.safe_load((PROJECT / ".github/workflows/ci.yml").read_text())["jobs"]
MAKEFILE = (PROJECT / "Makefile").read_text()
CHECKING = ("lint", "test")


def needs(target: str) -> set[str]:
    """Return a target of the Makefile and all that it is made of."""
    found = {target}
    line = re.search(rf"^{re.escape(target)}: ([^#\n]*)", MAKEFILE, re.M)
    for other in line[1].split() if line else ():
        found |= needs(other)
    return found


def steps(job: str) -> list[dict]:
    return [step for step in WORKFLOW[job]["steps"] if "run" in step]


@pytest.mark.parametrize("job", CHECKING)
def test_a_check_of_the_workflow_is_part_of_make_test(job: str) -> None:
    for step in steps(job):
        target = re.fullmatch(r"make ([\w-]+)", step["run"])
        if target:
            assert target[1] in needs("test"), f"{job}: make test lacks make {target[1]}"
        else:
            assert step["run"] == "sudo tools/setup/debian-packages", f"{job}: {step['run']}"
        assert "env" not in step, f"{job}: {step['run']} is told what make test is not"


def test_continuous_integration_runs_make_test() -> None:
    commands = (PROJECT / ".ci/run").read_text().splitlines()
    assert commands[-1] == "make test"


def test_checks_of_a_commit_that_lint_skips_are_run_by_lint_itself() -> None:
    hooks = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    entries = {hook["id"]: hook["entry"] for hook in hooks}
    recipe = re.search(r"^lint: .*\n((?:\t.*\n)+)", MAKEFILE, re.M)[1]
    skipped = re.search(r"SKIP=(\S+) pre-commit run --all-files", recipe)[1].split(",")
    for name in skipped:
        program = " ".join(entries[name].split()[:2]).replace("ruff format --check", "ruff format")
        assert program in recipe, f"make lint skips {name} and does not run {entries[name]}"


def test_scripts_in_python_are_named_so_that_lint_finds_them() -> None:
    folders = (PROJECT / name for name in ("apps", "tools", "tests", ".ci"))
    scripts = [path for folder in folders for path in folder.rglob("*") if path.suffix == ""]
    found = [path for path in scripts if path.is_file() and b"python" in path.read_bytes()[:30]]
    assert found == []


@pytest.mark.parametrize("job", WORKFLOW)
def test_what_pip_downloads_is_cached(job: str) -> None:
    for step in WORKFLOW[job]["steps"]:
        if "actions/setup-python" in step.get("uses", ""):
            assert step["with"]["cache"] == "pip"
            assert step["with"]["cache-dependency-path"] == "requirements/*.txt"


def test_the_root_stays_short() -> None:
    """At most 20 files and 16 folders, those with a dot included."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    tops = {name.partition("/")[::2] for name in listed.stdout.splitlines()}
    assert len({name for name, below in tops if not below}) <= 20
    assert len({name for name, below in tops if below}) <= 16


@pytest.mark.parametrize("job", WORKFLOW)
def test_each_target_of_the_workflow_is_there(job: str) -> None:
    for step in (step for step in WORKFLOW[job]["steps"] if "run" in step):
        for target in re.findall(r"\bmake ([a-z-]+)", step["run"]):
            assert re.search(rf"^{target}:", MAKEFILE, re.M), f"{job}: there is no make {target}"
