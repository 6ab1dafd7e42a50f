"""Which checks a change needs, by the files that it touches."""

from collections.abc import Iterable
from typing import NamedTuple

# what dbt reads
DBT = (
    "models/",
    "macros/",
    "snapshots/",
    "seeds/",
    "functions/",
    "analyses/",
    "tests/generic/",
    "tests/singular/",
    "tests/kept_tests.txt",
    "tools/lint/",
    "dbt_project.yml",
    "packages.yml",
    "selectors.yml",
)
# of a changed path's beginning, the tests that are about it; the first that fits
TESTS = {
    "ingest/": "ingest",
    "warehouse/roles": "access",
    "warehouse/": "ingest",
    "replication/": "replication",
    "apps/dashboard/": "dashboard",
    "apps/orchestration/": "orchestration",
    "apps/search/": "search",
    "apps/reports/": "search",
    "macros/vars/": "search",
    "macros/search/": "search",
    "macros/ranking/": "search",
    "macros/words/": "search",
    "models/search/": "search",
    "functions/": "search",
    "models/metrics/": "metrics",
    "tools/demo/": "demo",
    "tools/datadiff/": "project/test_diff.py",
    "tools/offline_packages/": "packages",
    "docs/": "project/test_documentation.py",
    ".github/": "project/test_workflow.py",
    "Makefile": "project/test_workflow.py",
    "tests/python/": "",
}


class Plan(NamedTuple):
    """What is checked of a change.

    Attributes:
        python: the changed Python files.
        sql: the changed SQL files that sqlfluff lints.
        is_dbt: whether dbt reads anything that has changed.
        tests: paths of tests for pytest, below tests/python.
    """

    python: list[str]
    sql: list[str]
    is_dbt: bool
    tests: list[str]


def plan(changed: Iterable[str]) -> Plan:
    """Return what a change needs.

    Args:
        changed: paths of the changed files that are still there, from the project's folder.
    """
    names = sorted(changed)
    linted = ("models/", "macros/", "tests/", "snapshots/")
    return Plan(
        python=[name for name in names if name.endswith(".py")],
        sql=[name for name in names if name.endswith(".sql") and name.startswith(linted)],
        is_dbt=any(name.startswith(DBT) for name in names),
        tests=sorted({found for name in names if (found := _tests_of(name))}),
    )


def _tests_of(name: str) -> str:
    """Return the tests that are about a file; empty if only `make test` has any."""
    for start, tests in TESTS.items():
        if name.startswith(start):
            if tests:
                return tests
            parts = name.removeprefix(start).split("/")
            if len(parts) == 1 or not name.endswith(".py"):
                return ""
            # a test is run itself; of what tests share, the folder's tests
            return "/".join(parts) if parts[-1].startswith("test_") else parts[0]
    return ""
