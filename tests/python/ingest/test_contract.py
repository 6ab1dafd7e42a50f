"""The contract: what is wrong in a declaration is named, with the file it stands in."""

from types import SimpleNamespace

import pytest

from ingest.contract import _table, select
from warehouse.errors import UsageError


def node(settings: dict, types: tuple[str, ...] = ("bigint", "text")):
    """Return what dbt makes of a declared source table with the columns a and b."""
    columns = {
        name: SimpleNamespace(name=name, data_type=kind, config=SimpleNamespace(meta={}))
        for name, kind in zip("ab", types, strict=True)
    }
    return SimpleNamespace(
        source_name="desk", name="parcels", schema="raw_desk", columns=columns,
        original_file_path="models/staging/desk/_desk__sources.yml",
        source_meta={"ingest": {"reader": "csv", "location": "/exports", "mode": "replace"}},
        config=SimpleNamespace(meta={"ingest": settings}), freshness=None,
    )  # fmt: skip


def test_a_table_inherits_its_sources_settings() -> None:
    table = _table(node({"key": "a", "mode": "merge"}), ("parcels",))
    assert (str(table), table.reader, table.mode, table.key) == (
        "desk.parcels",
        "csv",
        "merge",
        ("a",),
    )


@pytest.mark.parametrize(
    ("settings", "types", "message"),
    [
        ({"cursr": "a"}, ("bigint", "text"), 'unknown setting "cursr". Did you mean "cursor"?'),
        ({"mode": "upsert"}, ("bigint", "text"), 'mode "upsert" is not one of replace, append'),
        ({"location": ""}, ("bigint", "text"), 'lacks "location"'),
        ({"key": ["c"]}, ("bigint", "text"), 'key or cursor "c" is not a declared column'),
        ({"mode": "merge"}, ("bigint", "text"), "mode merge needs a key"),
        ({"mode": "append", "key": ["a"]}, ("bigint", "text"), "mode append keeps every row"),
        ({}, ("bigint", None), 'column "b" lacks a data_type'),
        ({"files": "*.tsv", "sheet": 2}, ("bigint", "text"), 'unknown setting "sheet"'),
        ({"max_quarantined": "few"}, ("bigint", "text"), "is not a share from 0 to 1"),
    ],
)
def test_a_wrong_declaration_is_named(settings, types, message) -> None:
    with pytest.raises(UsageError) as error:
        _table(node(settings, types), ("parcels",))
    assert str(error.value).startswith("models/staging/desk/_desk__sources.yml: desk.parcels: ")
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"mode": "merge", "key": "b"}, 'distributed_by "a" is not a column of the key'),
        ({"mode": "replace"}, "distributed_by needs a key in mode replace"),
        ({"mode": "append"}, ""),
        ({"mode": "merge", "key": ["b", "a"]}, ""),
    ],
)
def test_no_node_could_enforce_a_key_without_the_column(settings, message) -> None:
    declared = node(settings)
    declared.config.meta["distributed_by"] = "a"
    if not message:
        assert _table(declared, ("parcels",)).distributed_by == "a"
        return
    with pytest.raises(UsageError, match=message):
        _table(declared, ("parcels",))


def test_what_is_followed_live_stays_on_one_node() -> None:
    declared = node({"reader": "live", "key": "a"})
    declared.config.meta["distributed_by"] = "a"
    assert _table(declared, ("parcels",)).distributed_by == ""


def test_the_version_changes_with_the_contract_and_not_with_the_place() -> None:
    one = _table(node({}), ("parcels",))
    assert _table(node({"location": "/elsewhere"}), ("parcels",)).version() == one.version()
    assert _table(node({}, ("text", "text")), ("parcels",)).version() != one.version()


def test_selection_by_source_and_by_table() -> None:
    table = _table(node({}), ("parcels",))
    for wanted in ([], ["desk"], ["desk.parcels"]):
        assert select([table], wanted) == [table]
    with pytest.raises(UsageError, match="Did you mean"):
        select([table], ["desk.parcel"])
