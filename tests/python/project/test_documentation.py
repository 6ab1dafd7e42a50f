"""Everything is described, and every mart has a contract, an owner and a test."""

import re

from tools.site import definitions


def _own(manifest: dict, kind: str) -> list[dict]:
    return [one for one in manifest[kind].values() if one["package_name"] == "thinkthrift"]


def _relations(manifest: dict) -> list[dict]:
    kinds = {"model", "seed", "snapshot"}
    nodes = [node for node in _own(manifest, "nodes") if node["resource_type"] in kinds]
    return nodes + _own(manifest, "sources")


def _marts(manifest: dict) -> list[dict]:
    return [
        node
        for node in _relations(manifest)
        if node["resource_type"] == "model" and node["fqn"][1] == "marts"
    ]


def test_each_relation_is_described(manifest: dict) -> None:
    """Models, seeds, snapshots and source tables."""
    missing = [node["unique_id"] for node in _relations(manifest) if not node["description"]]
    assert not missing, f"Write a `description:` in the YAML of the folder for: {missing}"


def test_each_column_is_described(manifest: dict) -> None:
    """Of models, seeds, snapshots and source tables."""
    relations = _relations(manifest)
    bare = [node["unique_id"] for node in relations if not node["columns"]]
    assert not bare, f"List the `columns:` in the YAML of the folder for: {bare}"
    missing = [
        f"{node['unique_id']}.{column['name']}"
        for node in relations
        for column in node["columns"].values()
        if not column["description"]
    ]
    assert not missing, f"Write a `description:` for the columns: {missing}"


def test_each_macro_and_its_arguments_are_described(manifest: dict) -> None:
    """Generic tests are macros, too."""
    macros = _own(manifest, "macros")
    missing = [macro["name"] for macro in macros if not macro["description"]]
    assert not missing, f"Describe in the folder's _macros.yml: {missing}"
    arguments = [
        f"{macro['name']}({argument['name']})"
        for macro in macros
        for argument in macro["arguments"]
        if not argument["description"]
    ]
    assert not arguments, f"Describe under `arguments:` in the folder's _macros.yml: {arguments}"


def test_each_metric_and_what_it_is_made_of_is_described(manifest: dict) -> None:
    """Semantic models with their dimensions and measures, and metrics."""
    metrics, models = _own(manifest, "metrics"), _own(manifest, "semantic_models")
    assert metrics, "dbt reads no metrics: they are not in the syntax of its version"
    missing = [one["name"] for one in (*metrics, *models) if not one["description"]]
    missing += [
        f"{model['name']}.{element['name']}"
        for model in models
        for element in (*model["dimensions"], *model["measures"])
        if not element["description"]
    ]
    assert not missing, f"Describe in models/metrics: {missing}"


def test_each_mart_has_an_enforced_contract(manifest: dict) -> None:
    """Readers rely on names and types."""
    loose = [node["name"] for node in _marts(manifest) if not node["contract"]["enforced"]]
    assert not loose, f"Take `contract: {{enforced: false}}` away from: {loose}"


def test_each_mart_has_a_group_with_an_owner(manifest: dict) -> None:
    """Who to ask."""
    owners = {group["name"]: group["owner"].get("email") for group in _own(manifest, "groups")}
    lost = [node["name"] for node in _marts(manifest) if not owners.get(node["config"]["group"])]
    assert not lost, f"Set `+group:` of the folder in dbt_project.yml, with an owner, for: {lost}"


def test_each_var_that_a_model_reads_is_named_in_its_meta(manifest: dict) -> None:
    """By which a run warns of others, and of which the report's function is made."""
    for node in _own(manifest, "nodes"):
        if node["resource_type"] == "model":
            read = list(dict.fromkeys(re.findall(r"var_sql\('(\w+)'\)", node["raw_code"])))
            if "checked_search()" in node["raw_code"]:
                read.append("search_*")
            assert node["config"]["meta"].get("vars", []) == read, node["name"]


def test_each_mart_has_a_data_test(manifest: dict) -> None:
    """Of the key at least."""
    tested = {
        name
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        for name in node["depends_on"]["nodes"]
    }
    bare = [node["name"] for node in _marts(manifest) if node["unique_id"] not in tested]
    assert not bare, f"Test the key with `data_tests:` in the YAML of the folder for: {bare}"


def test_the_page_of_definitions_says_what_the_yaml_says(manifest: dict) -> None:
    """Every metric, every mart, and every figure of a mart."""
    page = definitions.page(manifest)
    described = [
        *_own(manifest, "metrics"),
        *_marts(manifest),
        *(
            column
            for mart in _marts(manifest)
            for column in mart["columns"].values()
            if column["data_type"] in definitions.FIGURES
        ),
    ]
    words = " ".join(page.split())
    missing = {
        one["name"] for one in described if " ".join(one["description"].split()) not in words
    }
    missing |= {one["name"] for one in described if one["name"] not in page}
    assert not missing


def test_no_kind_of_figure_is_left_out_of_the_page(manifest: dict) -> None:
    """A type of columns that nobody thought of would be missing from it."""
    kinds = {
        column["data_type"] for mart in _marts(manifest) for column in mart["columns"].values()
    }
    others = {"boolean", "date", "jsonb", "text", "timestamptz", "uuid"}
    assert kinds <= definitions.FIGURES | others
