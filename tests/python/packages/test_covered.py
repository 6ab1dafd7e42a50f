"""The stand-ins in `tools/offline_packages/` provide whatever the project uses of the packages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt.parser import generic_test_builders
from dbt_common.clients.jinja import get_environment
from jinja2 import nodes

CHECKOUT = Path(__file__).parents[3]
STAND_INS = CHECKOUT / "tools" / "offline_packages"
PACKAGES = ("dbt_utils", "dbt_expectations")
PATH_SETTINGS = (
    "model-paths",
    "macro-paths",
    "test-paths",
    "snapshot-paths",
    "seed-paths",
    "analysis-paths",
)
TEST_NAME = re.compile(rf"({'|'.join(PACKAGES)})\.(\w+)")
# Keys of a test in YAML that are no arguments of its macro.
SETTINGS = {
    "name",
    "test_name",
    "description",
    "config",
    "arguments",
    *generic_test_builders.TestBuilder.CONFIG_ARGS,
}
# What dbt calls a macro, and a test, when it reads the file that defines it.
PREFIX = "dbt_macro__"


@dataclass(frozen=True)
class Use:
    """One place where the project names a macro of a package."""

    file: str
    package: str
    macro: str
    positional: int = 0
    named: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        shown = self.macro.removeprefix("test_")
        return f"{self.file}: {self.package}.{shown}"


def uses_in_jinja(text: str, file: str) -> Iterator[Use]:
    """Find the package macros that are called, or only named, in a template."""
    tree = get_environment(None).parse(text)
    called = set()
    for call in tree.find_all(nodes.Call):
        if is_of_package(call.node):
            called.add(id(call.node))
            named = tuple(keyword.key for keyword in call.kwargs)
            yield Use(file, call.node.node.name, call.node.attr, len(call.args), named)
    for attribute in tree.find_all(nodes.Getattr):
        if is_of_package(attribute) and id(attribute) not in called:
            yield Use(file, attribute.node.name, attribute.attr)


def is_of_package(node: nodes.Node) -> bool:
    return (
        isinstance(node, nodes.Getattr)
        and isinstance(node.node, nodes.Name)
        and node.node.name in PACKAGES
    )


def uses_in_yaml(content: Any, file: str) -> Iterator[Use]:
    """Find the tests of packages in the content of a YAML file, and the templates in its texts."""
    if isinstance(content, list):
        for item in content:
            if isinstance(item, str) and (match := TEST_NAME.fullmatch(item)):
                yield Use(file, match[1], f"test_{match[2]}")
            else:
                yield from uses_in_yaml(item, file)
    elif isinstance(content, dict):
        if match := TEST_NAME.fullmatch(str(content.get("test_name", ""))):
            yield use_as_test(match, content, file)
        for key, value in content.items():
            if match := TEST_NAME.fullmatch(str(key)):
                yield use_as_test(match, value or {}, file)
            yield from uses_in_yaml(value, file)
    elif isinstance(content, str) and ("{{" in content or "{%" in content):
        yield from uses_in_jinja(content, file)


def use_as_test(match: re.Match[str], settings: dict[str, Any], file: str) -> Use:
    named = {*(settings.get("arguments") or {}), *settings} - SETTINGS
    return Use(file, match[1], f"test_{match[2]}", named=tuple(sorted(named)))


def uses_in_project(project: Path) -> list[Use]:
    """Find every use of a package macro in the files that dbt reads as the project's own."""
    settings = yaml.safe_load((project / "dbt_project.yml").read_text(encoding="utf-8"))
    folders = [project / path for name in PATH_SETTINGS for path in settings.get(name, [])]
    files = {project / "dbt_project.yml"}
    for folder in folders:
        files.update(path for path in folder.rglob("*") if path.suffix in (".sql", ".yml", ".yaml"))
    uses: list[Use] = []
    for path in sorted(files):
        text, file = path.read_text(encoding="utf-8"), str(path.relative_to(project))
        if not any(package in text for package in PACKAGES):
            continue
        if path.suffix == ".sql":
            uses.extend(uses_in_jinja(text, file))
        else:
            uses.extend(uses_in_yaml(yaml.safe_load(text), file))
    return uses


def macros_of(package: Path) -> dict[str, list[str]]:
    """Give the arguments' names, in order, of every macro and test that a package defines."""
    macros: dict[str, list[str]] = {}
    for path in sorted((package / "macros").rglob("*.sql")):
        tree = get_environment(None).parse(path.read_text(encoding="utf-8"))
        for macro in tree.find_all(nodes.Macro):
            macros[macro.name.removeprefix(PREFIX)] = [argument.name for argument in macro.args]
    return macros


def missing_macros(uses: list[Use], stand_ins: dict[str, dict[str, list[str]]]) -> list[str]:
    return sorted({str(use) for use in uses if use.macro not in stand_ins[use.package]})


def missing_arguments(uses: list[Use], stand_ins: dict[str, dict[str, list[str]]]) -> list[str]:
    problems = set()
    for use in uses:
        known = stand_ins[use.package].get(use.macro)
        if known is None:
            continue
        problems |= {f"{use} has no `{name}`" for name in use.named if name not in known}
        if use.positional > len(known):
            problems.add(f"{use} takes {len(known)} arguments, not {use.positional}")
    return sorted(problems)


@pytest.fixture(scope="module")
def stand_ins() -> dict[str, dict[str, list[str]]]:
    return {package: macros_of(STAND_INS / package) for package in PACKAGES}


@pytest.fixture(scope="module")
def project_uses() -> list[Use]:
    return uses_in_project(CHECKOUT)


def test_every_used_macro_is_in_the_stand_ins(project_uses, stand_ins) -> None:
    missing = missing_macros(project_uses, stand_ins)
    assert not missing, "tools/offline_packages/ lacks what these files use:\n" + "\n".join(missing)


def test_every_used_argument_is_in_the_stand_ins(project_uses, stand_ins) -> None:
    missing = missing_arguments(project_uses, stand_ins)
    assert not missing, "macros in tools/offline_packages/ lack arguments:\n" + "\n".join(missing)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_macro_of_a_stand_in_is_described(package, stand_ins) -> None:
    text = (STAND_INS / package / "macros" / "_macros.yml").read_text(encoding="utf-8")
    described = {
        macro["name"]: [argument["name"] for argument in macro["arguments"]]
        for macro in yaml.safe_load(text)["macros"]
    }
    public = {
        name: arguments
        for name, arguments in stand_ins[package].items()
        if not name.startswith("default__")
    }
    assert described == public


@pytest.fixture
def small_project(tmp_path: Path) -> Path:
    (tmp_path / "dbt_project.yml").write_text("name: small\nmodel-paths: [models]\n")
    (tmp_path / "models").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        ("models: [{name: a, data_tests: [dbt_utils.absent]}]", ["dbt_utils.absent"]),
        ("models: [{name: a, data_tests: [{dbt_utils.absent: {n: 1}}]}]", ["dbt_utils.absent"]),
        (
            "models: [{name: a, data_tests: [{name: b, test_name: dbt_utils.absent}]}]",
            ["dbt_utils.absent"],
        ),
        (
            "models: [{name: a, columns: [{name: b, tests: [dbt_expectations.absent]}]}]",
            ["dbt_expectations.absent"],
        ),
        ("models: [{name: a, config: {alias: '{{ dbt_utils.absent(1) }}'}}]", ["dbt_utils.absent"]),
        ("models: [{name: a, description: dbt_utils.absent is not used here}]", []),
        ("models: [{name: a, data_tests: [dbt_utils.at_least_one]}]", []),
    ],
)
def test_a_missing_macro_is_found_in_yaml(content, missing, small_project, stand_ins) -> None:
    (small_project / "models" / "a.yml").write_text(content)
    expected = [f"{Path('models', 'a.yml')}: {macro}" for macro in missing]
    assert missing_macros(uses_in_project(small_project), stand_ins) == expected


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        ("select {{ dbt_utils.absent('a') }}", ["dbt_utils.absent"]),
        ("{% set spine = dbt_utils.absent %} select 1", ["dbt_utils.absent"]),
        (
            "{% test a(model) %}{{ dbt_expectations.absent() }}{% endtest %}",
            ["dbt_expectations.absent"],
        ),
        ("{# dbt_utils.absent() #} select 1 -- dbt_utils.absent", []),
        ("select {{ dbt_utils.generate_surrogate_key(['a']) }}", []),
    ],
)
def test_a_missing_macro_is_found_in_sql(content, missing, small_project, stand_ins) -> None:
    (small_project / "models" / "a.sql").write_text(content)
    expected = [f"{Path('models', 'a.sql')}: {macro}" for macro in missing]
    assert missing_macros(uses_in_project(small_project), stand_ins) == expected


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        (
            "a.yml",
            "models: [{name: a, data_tests: [{dbt_utils.accepted_range:"
            " {name: b, arguments: {min_value: 1, least: 1}, config: {where: n > 1}}}]}]",
            "dbt_utils.accepted_range has no `least`",
        ),
        (
            "a.yml",
            "models: [{name: a, data_tests: [{dbt_utils.accepted_range: {least: 1, where: n}}]}]",
            "dbt_utils.accepted_range has no `least`",
        ),
        (
            "a.sql",
            "{{ dbt_utils.date_spine('day', 'a', until='b') }}",
            "dbt_utils.date_spine has no `until`",
        ),
        (
            "a.sql",
            "{{ dbt_utils.date_spine('day', 'a', 'b', 'c') }}",
            "dbt_utils.date_spine takes 3 arguments, not 4",
        ),
    ],
)
def test_a_missing_argument_is_found(file, content, problem, small_project, stand_ins) -> None:
    (small_project / "models" / file).write_text(content)
    expected = [f"{Path('models', file)}: {problem}"]
    assert missing_arguments(uses_in_project(small_project), stand_ins) == expected
