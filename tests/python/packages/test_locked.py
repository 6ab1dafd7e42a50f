"""dbt's packages are those that were checked, whoever installs them."""

import yaml
from checkout import PROJECT
from dbt.config.project import package_config_from_data
from dbt.task.deps import _create_sha1_hash

WANTED = yaml.safe_load((PROJECT / "packages.yml").read_text())
LOCKED = yaml.safe_load((PROJECT / "package-lock.yml").read_text())


def test_the_lock_is_that_of_packages_yml() -> None:
    packages = package_config_from_data(WANTED, WANTED).packages
    assert LOCKED["sha1_hash"] == _create_sha1_hash(packages), "run: dbt deps --lock"


def test_every_version_is_exact() -> None:
    locked = {one["package"]: one["version"] for one in LOCKED["packages"]}
    for one in WANTED["packages"]:
        assert locked.pop(one["package"]) == one["version"]
    # what dbt_expectations needs
    assert set(locked) == {"godatadriven/dbt_date"}
    assert all(version[0].isdigit() for version in locked.values())
