#!/usr/bin/env python3
"""Fail if a macro of dbt's own is no longer what the project's override of it was written against.

Usage: tools/lint/overrides.py [--renew] [MANIFEST], after tools/lint/rules or another command let
dbt parse the project; --renew writes macros/overrides/written_against.txt. Also fails if a macro of
the project takes the place of one of dbt's own and is not in macros/overrides/.
"""

import hashlib
import json
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = "macros/overrides"
LIST = PROJECT / FOLDER / "written_against.txt"
# dbt's packages of macros, where they are installed, and what installs them
OWN = {
    "dbt": ("dbt/include/global_project", "dbt-adapters"),
    "dbt_postgres": ("dbt/include/postgres", "dbt-postgres"),
}
# what any macro may call says nothing about an override
COMMON = {"macro.dbt.run_query", "macro.dbt.statement"}
# what dispatch and materializations look for, the first that there is
ADAPTERS = ("postgres", "default")
HEADER = """\
# What macros/overrides was written against: dbt's own macros that it replaces or calls, each with
# the SHA-256 of its text, blanks aside. After comparing: tools/lint/overrides.py --renew
"""


def replaced(name: str, own: dict[str, dict[str, Any]]) -> list[str]:
    """Return the ids of dbt's own macros whose place a macro of this name takes.

    Args:
        name: of a macro of the project.
        own: dbt's own macros by name.
    """
    prefix, _, rest = name.partition("__")
    if name.startswith("materialization_"):
        kind = name.removeprefix("materialization_").rpartition("_")[0]
        wanted = [[f"materialization_{kind}_{adapter}" for adapter in ADAPTERS]]
    elif prefix in ADAPTERS and rest in own:
        wanted = [[rest], [f"{adapter}__{rest}" for adapter in ADAPTERS]]
    else:
        wanted = [[name], [f"{adapter}__{name}" for adapter in ADAPTERS]] if name in own else []
    first = [next((one for one in names if one in own), None) for names in wanted]
    return [own[one]["unique_id"] for one in first if one]


def compared(macros: dict[str, dict[str, Any]]) -> tuple[dict[tuple[str, str], str], list[str]]:
    """Return the fingerprints of dbt's own macros by override and id, and overrides elsewhere.

    Args:
        macros: those of the manifest, by id.
    """
    own = {macro["name"]: macro for macro in macros.values() if macro["package_name"] in OWN}
    found, elsewhere = {}, []
    for macro in macros.values():
        if macro["package_name"] != "thinkthrift":
            continue
        ids = replaced(macro["name"], own)
        path = macro["original_file_path"]
        if not path.startswith(f"{FOLDER}/"):
            elsewhere += [f"{path} takes the place of dbt's own {one}." for one in ids[:1]]
            continue
        called = set(macro["depends_on"]["macros"]) - COMMON
        ids += [one for one in called if macros[one]["package_name"] in OWN]
        for one in ids:
            text = " ".join(macros[one]["macro_sql"].split())
            found[macro["name"], one] = hashlib.sha256(text.encode()).hexdigest()
    return found, elsewhere


def main() -> None:
    """Compare, or write the list; exit 1 if it does not agree."""
    arguments = [one for one in sys.argv[1:] if one != "--renew"]
    manifest = Path(arguments[0]) if arguments else PROJECT / "target" / "manifest.json"
    macros = json.loads(manifest.read_text())["macros"]
    found, elsewhere = compared(macros)
    versions = " ".join(f"{package}={version(package)}" for _, package in OWN.values())
    if "--renew" in sys.argv[1:]:
        lines = [f"{' '.join(key)} {digest}\n" for key, digest in sorted(found.items())]
        LIST.write_text("".join([HEADER, f"# {versions}\n", *lines]))
        return
    noted = LIST.read_text().splitlines()
    then = noted[len(HEADER.splitlines())].removeprefix("# ")
    parts = [line.split() for line in noted if line[0] != "#"]
    known = {(override, one): digest for override, one, digest in parts}
    problems = [f"{one} Move it to {FOLDER}/, with its reason in _macros.yml." for one in elsewhere]
    for key in sorted(known.keys() | found.keys()):
        if known.get(key) != found.get(key):
            problems.append(_problem(*key, macros, key in known, key in found))
    if problems:
        problems.append(f"Written against: {then}. Installed: {versions}.")
        problems.append("Then note what is installed: tools/lint/overrides.py --renew")
    sys.exit("\n".join(problems) or 0)


def _problem(
    override: str, one: str, macros: dict[str, dict[str, Any]], was_known: bool, is_found: bool
) -> str:
    """Return which override is concerned, which macro of dbt's own, where it is, and what to do."""
    path = f"{FOLDER}/{override}.sql"
    if not is_found:
        return (
            f"{path} was written against {one}, which it no longer replaces or calls, or which dbt"
            " no longer has. See whether the override is still needed; adapt or remove it."
        )
    place = f"{OWN[macros[one]['package_name']][0]}/{macros[one]['original_file_path']}"
    if not was_known:
        return f"{path} replaces or calls {one} ({place}), which is not noted yet."
    return (
        f"{path} was written against another version of {one} ({place}). Compare the two versions;"
        " adapt the override, or remove it if it is no longer needed."
    )


if __name__ == "__main__":
    environment = PROJECT / ".venv"
    if environment.exists() and Path(sys.prefix).resolve() != environment.resolve():
        # the project's environment knows which dbt is installed
        python = environment / "bin" / "python"
        os.execv(python, [str(python), *sys.argv])
    main()
