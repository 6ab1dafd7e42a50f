#!/usr/bin/env python3
"""Fail if a dbt test is gone that tests/kept_tests.txt names, or is not in the list yet.

Usage: tools/lint/kept_tests.py [--renew], after tools/lint/rules or another command let dbt parse
the project; --renew writes the list.
"""

import json
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LIST = PROJECT / "tests" / "kept_tests.txt"


def _found() -> set[str]:
    """Return the names of the project's data tests and unit tests."""
    manifest = json.loads((PROJECT / "target" / "manifest.json").read_text())
    nodes = [*manifest["nodes"].values(), *manifest["unit_tests"].values()]
    return {
        node["name"] if node["resource_type"] == "test" else f"{node['model']}.{node['name']}"
        for node in nodes
        if node["resource_type"] in ("test", "unit_test") and node["package_name"] == "thinkthrift"
    }


def main() -> None:
    """Compare, or write the list; exit 1 if it does not agree."""
    found = _found()
    if "--renew" in sys.argv[1:]:
        LIST.write_text("".join(f"{name}\n" for name in sorted(found)))
        return
    kept = set(LIST.read_text().split())
    problems = [f"{name} is gone: what it found is found no more." for name in sorted(kept - found)]
    if problems:
        problems.append(
            "Put it back; or, if it is meant to go, tools/lint/kept_tests.py --renew, and say why."
        )
    if found - kept:
        problems += [f"{name} is new." for name in sorted(found - kept)]
        problems.append(
            "List it, so that it cannot vanish unseen: tools/lint/kept_tests.py --renew"
        )
    sys.exit("\n".join(problems) or 0)


if __name__ == "__main__":
    main()
