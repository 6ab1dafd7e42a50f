"""The command line: python -m tools.check --base REF."""

import os
import subprocess
import sys
import time
from typing import Annotated

import typer

import warehouse
from tools.check.plan import Plan, plan
from tools.datadiff import versions
from tools.datadiff.session import alone
from tools.datadiff.versions import Version
from warehouse import PROJECT
from warehouse.console import Terminal
from warehouse.errors import UserError

console = Terminal(soft_wrap=True)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
SKIPPED = "ruff-check,ruff-format,sqlfluff,rules"
LEFT_OUT = "Left out: other tests of Python, crashes, whole days, planted faults. All: make test"


@app.command()
def check(
    base: Annotated[str, typer.Option(help="Branch, tag or commit that the change began at.")] = (
        "main"
    ),
) -> None:
    """Lint, parse and test what differs from BASE; exit code 1 if something fails.

    Models that have changed, and what depends on them, are built in schemas `diff_head_…`, on the
    relations that the warehouse has of all others; the schemas are removed afterwards.
    """
    started = time.monotonic()
    try:
        commit, changed = versions.changed_since(base)
        there = [name for name in changed if (PROJECT / name).exists()]
        console.print(f"{len(changed)} files differ from {base} ({commit[:8]})")
        if not changed:
            console.print(f"Nothing to check. On {base} itself: make check BASE=origin/{base}")
            return
        wanted = plan(there)
        failed = [name for name, is_good in _steps(wanted, there, changed, commit) if not is_good]
    except UserError as error:
        console.print(str(error), style="red")
        raise typer.Exit(error.exit_code) from None
    console.print(LEFT_OUT)
    seconds = time.monotonic() - started
    console.print(f"failed: {', '.join(failed)}" if failed else "ok", f"in {seconds:.0f} s")
    raise typer.Exit(bool(failed))


def _steps(
    wanted: Plan, there: list[str], changed: list[str], commit: str
) -> "list[tuple[str, bool]]":
    """Run what is wanted, one after the other; return each step's name and whether it passed."""
    done = []
    if wanted.python:
        done.append(_run("style of Python", "ruff", "check", *wanted.python))
        done.append(_run("layout of Python", "ruff", "format", "--check", *wanted.python))
        done.append(_run("imports", "lint-imports", "--no-logo"))
        done.append(_run("types", "mypy"))
    if there:
        environment = {"SKIP": SKIPPED}
        done.append(_run("files", "pre-commit", "run", "--files", *there, environment=environment))
    if wanted.sql:
        done.append(_run("style of SQL", "sqlfluff", "lint", *wanted.sql))
    if wanted.is_dbt or set(changed) - set(there):
        done.append(_run("parse and rules", "tools/lint/rules"))
        if done[-1][1]:
            done.append(_build(commit))
    if wanted.tests:
        paths = [f"tests/python/{name}" for name in wanted.tests]
        done.append(_run(f"tests of {', '.join(wanted.tests)}", "pytest", "-q", *paths))
    return done


def _run(name: str, *command: str, environment: dict[str, str] | None = None) -> tuple[str, bool]:
    """Run a program and print what it says only if it fails."""
    started = time.monotonic()
    path = f"{PROJECT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(
        command,
        cwd=PROJECT,
        env={**os.environ, "PATH": path, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    return _told(name, result.returncode == 0, started, result.stdout + result.stderr)


def _build(commit: str) -> tuple[str, bool]:
    """Build what has changed beside the warehouse's own relations, with all tests that read it."""
    started = time.monotonic()
    console.print("building what differs …")
    with warehouse.connect() as connection, alone(connection):
        if not connection.execute("select to_regclass('marts.fct_order_lines')").fetchall()[0][0]:
            raise UserError("The warehouse holds no marts to build on. Build them once: make demo")
        base, _ = versions.check_out(commit, profile=os.environ.get("DBT_TARGET", "prod"))
        base.dbt("parse")
        head = Version("head", PROJECT)
        said = head.dbt(
            "build",
            *("--select", "state:modified+", "test_type:unit"),
            *("--exclude-resource-types", "snapshot"),
            *("--defer", "--favor-state", "--state", str(base.target)),
            may_fail=True,
        )
    results = [one["status"] for one in head.results().values()]
    counts = {status: results.count(status) for status in sorted(set(results))}
    is_good = not {"error", "fail", "runtime error"} & counts.keys()
    told = ", ".join(f"{count} {status}" for status, count in counts.items())
    return _told(f"models and tests: {told}", is_good, started, said)


def _told(name: str, is_good: bool, started: float, said: str) -> tuple[str, bool]:
    console.print(f"{time.monotonic() - started:5.1f} s  ", end="")
    word, style = ("ok", "green") if is_good else ("failed", "red")
    console.print(word, style=style, end="")
    console.print(f"  {name}")
    if not is_good:
        console.print(said)
    return name, is_good


if __name__ == "__main__":
    sys.exit(app(prog_name="python -m tools.check"))
