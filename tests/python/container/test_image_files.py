"""What can be told of the image and the services from their files."""

import re

import pytest
import yaml
from checkout import PROJECT

from ingest import contract

LOCKED = re.compile(r"^([\w.-]+)(?:\[[^]]*\])?==(\S+)", re.MULTILINE)
SERVICES = yaml.safe_load((PROJECT / "compose.yml").read_text())["services"]


def _versions(*names: str) -> set[tuple[str, str]]:
    return {pin for name in names for pin in LOCKED.findall((PROJECT / name).read_text())}


def test_the_image_has_the_versions_that_are_tested() -> None:
    tested = _versions(
        "requirements/base.txt", "requirements/dashboard.txt", "requirements/orchestration.txt"
    )
    others = _versions("requirements/container.txt") - tested
    assert not others, f"Run `make lock`: {sorted(others)}"


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_has_few_rights(name: str) -> None:
    told = SERVICES[name]
    assert told["read_only"]
    assert told["cap_drop"] == ["ALL"]
    assert told["security_opt"] == ["no-new-privileges"]
    assert name == "credentials" or "cap_add" not in told
    assert all(port.startswith("127.0.0.1:") for port in told.get("ports", []))
    assert not [key for key in told.get("environment", {}) if key == "PGPASSWORD"]


def test_each_source_has_a_place() -> None:
    wanted = {table.variable() for table in contract.read_tables()}
    assert wanted <= set(SERVICES["daily"]["environment"])


def test_images_have_a_version() -> None:
    assert re.search(
        r"^ARG BASE=debian:\w+-\d{8}-slim$", (PROJECT / "Dockerfile").read_text(), re.M
    )
    assert re.fullmatch(r"postgres:\d+\.\d+-\w+", SERVICES["warehouse"]["image"])
