"""Where dbt keeps the search and its results, as `profiles.yml` and the project's macro say."""

import os
from pathlib import Path
from typing import Any

import yaml
from jinja2.sandbox import SandboxedEnvironment

import warehouse
from warehouse.errors import UserError, did_you_mean

MACRO = "macros/overrides/generate_schema_name.sql"


def schemas() -> tuple[str, str]:
    """Return the schema of the search's functions and index, and that of its results.

    Raises:
        UserError: `profiles.yml` is missing, or has no target of the name in DBT_TARGET.
    """
    project = yaml.safe_load((warehouse.PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    declared = project["models"][project["name"]]["search"]["+schema"]
    macro = SandboxedEnvironment().from_string(
        (warehouse.PROJECT / MACRO).read_text(encoding="utf-8")
    )
    module: Any = macro.make_module({"target": _target(project["profile"])})

    def named(model: str) -> str:
        node = {"name": model, "resource_type": "model"}
        return str(module.generate_schema_name(declared, node)).strip()

    return named("search_documents"), named("search_results")


def _target(profile: str) -> dict[str, str]:
    """Return the name of the chosen target, and its schema."""
    path = Path(os.environ.get("DBT_PROFILES_DIR", warehouse.PROJECT)) / "profiles.yml"
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))[profile]
    except (OSError, KeyError):
        raise UserError(f"There is no profile {profile} in {path}. Write it: make setup") from None
    environment = SandboxedEnvironment()
    environment.globals["env_var"] = lambda name, default="": os.environ.get(name, default)
    name = environment.from_string(found["target"]).render()
    if name not in found["outputs"]:
        hint = did_you_mean(name, found["outputs"])
        raise UserError(f"DBT_TARGET: there is no target {name} in {path}.{hint}")
    schema = environment.from_string(found["outputs"][name]["schema"]).render()
    return {"name": name, "schema": schema}
