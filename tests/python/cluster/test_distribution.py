"""Where the tables of a cluster go is declared so that nodes can work on their own rows."""

from functools import cache

import pytest
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import extended_mashumuro_decoder
from parsed import parsed

# models that grow with the history, of which a copy on each node would be too large; products and
# customers are copied, for each line is joined with a version of both
KEPT_ONCE = ("incremental", "snapshot")
# payments of ticket orders have no order, and no row can go to the node of nothing
APART = {("fct_payments_and_refunds", "fct_orders")}
UNIQUE = ("primary_key_holds", "unique", "unique_combination_of_columns")


@cache
def manifest() -> Manifest:
    return Manifest.from_msgpack(parsed().read_bytes(), decoder=extended_mashumuro_decoder)


@cache
def places() -> dict[str, str]:
    """Return what each node declares as `distributed_by`, by the node's id."""
    found = {
        name: node.config.meta.get("distributed_by") for name, node in manifest().nodes.items()
    }
    return {name: place for name, place in found.items() if place}


def distributed() -> dict[str, str]:
    return {name: place for name, place in places().items() if place != "reference"}


def attached(name: str) -> list:
    return [
        node for node in manifest().nodes.values()
        if node.resource_type == "test" and getattr(node, "attached_node", None) == name
    ]  # fmt: skip


def test_facts_are_distributed() -> None:
    names = {name.split(".")[-1] for name in distributed()}
    assert {"fct_order_lines", "fct_orders", "fct_invoices", "fct_listing_lifecycle"} <= names


@pytest.mark.parametrize("rule", ["has the column", "is a table", "is small if copied"])
def test_a_declaration_fits_its_table(rule: str) -> None:
    broken = []
    for name, place in places().items():
        node = manifest().nodes[name]
        fits = {
            "has the column": place == "reference" or place in node.columns,
            "is a table": node.config.materialized in ("table", *KEPT_ONCE),
            "is small if copied": place != "reference"
            or (
                (
                    # of a dimension only what differs is written
                    node.config.materialized not in KEPT_ONCE
                    or node.config.get("incremental_strategy") == "compared"
                )
                and not node.name.startswith("fct_")
            ),
        }
        if not fits[rule]:
            broken.append(f"{name}: {place}")
    assert broken == []


def test_a_key_that_no_node_can_enforce_is_tested() -> None:
    broken = []
    for name, place in distributed().items():
        node = manifest().nodes[name]
        indexes = node.config.get("indexes") or []
        keys = [index["columns"] for index in indexes if index.get("unique")]
        keys += [
            [column.name] for column in node.columns.values()
            if any(constraint.type == "primary_key" for constraint in column.constraints)
        ]  # fmt: skip
        is_tested = any(test.test_metadata.name in UNIQUE for test in attached(name))
        if any(place not in key for key in keys) and not is_tested:
            broken.append(name)
    assert broken == []


def test_what_is_joined_by_a_key_is_together() -> None:
    """A row and the one that its foreign key names are on one node, where both are distributed."""
    broken = []
    for name, place in distributed().items():
        for test in attached(name):
            if test.test_metadata.name != "relationships":
                continue
            field = test.test_metadata.kwargs["field"]
            for other in set(test.depends_on.nodes) & distributed().keys() - {name}:
                pair = name.split(".")[-1], other.split(".")[-1]
                is_together = (test.column_name, field) == (place, distributed()[other])
                if not is_together and pair not in APART:
                    broken.append(f"{name}.{test.column_name} -> {other}.{field}")
    assert broken == []
