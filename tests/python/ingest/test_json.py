"""JSON files: declared paths become columns, exactly; what is no object or no JSON is told."""

import gzip
import json
import os
import re
import resource
from dataclasses import replace
from decimal import Decimal

import pytest
import simplejson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.contract import Column
from ingest.readers import Record, json_files
from warehouse.errors import UserError

ORDERS = [
    {
        "id": 1,
        "order": {"buyer": {"contact": {"email": "zoë@example.com"}}, "total": 12.50},
        "tickets": [{"price": 9.5}, {"price": 3}],
    },
    {"id": 2, "order": {"buyer": None}, "tickets": []},
]
PATHS = {
    "item_id bigint": "id",
    "email text": "order.buyer.contact.email",
    "total numeric": "order.total",
    "first_price numeric": "tickets.0.price",
    "tickets jsonb": "tickets",
}


@pytest.fixture
def orders(declare):
    """Give a function that declares a table by its columns and their paths."""

    def make(paths: dict[str, str] | None = None, **settings):
        columns = tuple(
            Column(*column.split(maxsplit=1), path) for column, path in (paths or PATHS).items()
        )
        return replace(declare(reader="json", **settings), columns=columns)

    return make


@pytest.mark.parametrize("name", ["items.json", "items.jsonl", "items.ndjson", "items.json.gz"])
def test_paths_become_columns(warehouse, orders, write, name) -> None:
    content = json.dumps(ORDERS, indent=1)
    if name.endswith(("jsonl", "ndjson")):
        content = "\n".join(map(json.dumps, ORDERS))
    write(gzip.compress(content.encode()) if name.endswith(".gz") else content, name)
    result = warehouse.load(orders())
    assert (result.status, result.read, result.loaded, result.notes) == ("loaded", 2, 2, [])
    assert warehouse.rows(
        "select item_id, email, total, first_price, tickets from raw_test.items order by 1"
    ) == [
        (1, "zoë@example.com", Decimal("12.5"), Decimal("9.5"), [{"price": 9.5}, {"price": 3}]),
        (2, None, None, None, []),
    ]


def test_every_number_stays_exact(warehouse, orders, write) -> None:
    numbers = ["0.1000000000000000055511151231257827", "12345678901234567890123", "1E400"]
    numbers.append("7" * 5000)
    objects = [f'{{"n": {n}, "deep": {{"n": {n}}}}}' for n in numbers]
    write(f"[{','.join(objects)}]", "items.json")
    table = orders({"n numeric": "n", "deep jsonb": "deep"}, key=())
    assert warehouse.load(table).loaded == 4
    rows = warehouse.rows("select n::text, (deep -> 'n')::text from raw_test.items")
    assert [Decimal(text) for row in rows for text in row] == [
        Decimal(number) for number in numbers for _ in "12"
    ]


@pytest.mark.parametrize(
    ("value", "text", "kept"),
    [
        ('"a"', "a", '"a"'),
        ("true", "true", "true"),
        ("1.50", "1.50", "1.50"),
        ("null", None, None),
        ('[1, "é", null]', '[1,"é",null]', '[1, "é", null]'),
        ('{"k": {"m": false}}', '{"k":{"m":false}}', '{"k": {"m": false}}'),
        ('"null"', "null", '"null"'),
    ],
)
def test_json_columns_hold_json_and_others_plain_text(
    warehouse, orders, write, value, text, kept
) -> None:
    write(f'[{{"in": [{value}], "value": {value}}}]', "items.json")
    table = orders({"a_text text": "in.0", "a_json jsonb": "value"}, key=())
    assert warehouse.load(table).loaded == 1
    assert warehouse.rows("select a_text, a_json::text from raw_test.items") == [(text, kept)]


def test_what_is_no_object_is_quarantined_and_the_rest_loaded(warehouse, orders, write) -> None:
    write('[{"id": 1}, [2, "x"], null, {"id": "three"}, {"id": 4}]', "items.json")
    result = warehouse.load(orders({"item_id bigint": "id"}, max_quarantined=0.6))
    assert (result.read, result.loaded, result.quarantined) == (5, 2, 3)
    assert warehouse.quarantine() == [
        ("2", "is not an object", {"record": '[2, "x"]'}),
        ("3", "is not an object", {"record": "null"}),
        ("4", 'id is not bigint: "three"', {"id": "three"}),
    ]


def test_a_line_that_is_no_json_is_quarantined_alone(warehouse, orders, write) -> None:
    deep = b'{"id": ' + b"[" * 100_000
    lines = [b'\xef\xbb\xbf{"id": 1}', b'{"id": 2', b"", b'{"id": "\xff"}', b"[3]", deep]
    write(b"\r\n".join([*lines, b'{"id": 9}']), "items.jsonl")
    result = warehouse.load(orders({"item_id bigint": "id"}, max_quarantined=0.7))
    assert (result.read, result.loaded, result.quarantined) == (6, 2, 4)
    (cut, not_utf8, array, nested) = warehouse.quarantine()
    assert (cut[0], cut[2]) == ("2", {"record": '{"id": 2'})
    assert cut[1].startswith("is not JSON: ")
    assert not_utf8 == ("4", "is not UTF-8", {"record": '{"id": "\\xff"}'})
    assert array == ("5", "is not an object", {"record": "[3]"})
    assert nested[:2] == ("6", "is nested too deeply")


@pytest.mark.parametrize("field", ['"a\\u0000b"', '"\\ud800"', '{"a": "\\udc00"}', '["\\u0000"]'])
def test_what_postgresql_cannot_hold_is_quarantined(warehouse, orders, write, field) -> None:
    write(f'[{{"id": 1, "v": {field}}}, {{"id": 2, "v": "fine"}}]', "items.json")
    result = warehouse.load(orders({"item_id bigint": "id", "v jsonb": "v"}))
    assert (result.loaded, result.quarantined) == (1, 1)


def test_undeclared_keys_are_reported_once_in_order(warehouse, orders, write) -> None:
    write('[{"z": 1, "id": 1}, {"id": 2, "a\\ud800": {}, "z": 2, "id2": 0}]', "items.json")
    result = warehouse.load(orders({"item_id bigint": "id"}))
    assert result.notes == ["test.items: items.json: not declared, so left out: z, a\\ud800, id2"]


def test_a_path_that_no_object_has_is_an_error(warehouse, orders, write) -> None:
    write('[{"order": {"total": 1}}, {"order": "x"}]', "items.json")
    paths = {"a text": "order.total", "b text": "order.totl", "c text": "total.0"}
    result = warehouse.load(orders(paths, key=()))
    assert result.status == "failed"
    assert (
        "test.items: items.json lacks the declared columns order.totl, total.0: not one of its 2"
        " objects has it.\nNothing was changed. Mend the export, or the declaration in models/"
    ) in result.notes[0]
    assert warehouse.rows("select count(*) from raw_test.items") == [(0,)]


def test_an_empty_array_empties_the_table(warehouse, orders, write) -> None:
    write('[{"id": 1}]', "items.json")
    table = orders({"item_id bigint": "id"})
    assert warehouse.load(table).loaded == 1
    write("\ufeff [ ]\n", "items.json")
    assert (warehouse.load(table).status, warehouse.load(table).read) == ("loaded", 0)
    assert warehouse.rows("select count(*) from raw_test.items") == [(0,)]


def test_records_are_found_inside_an_object(warehouse, orders, write) -> None:
    inside = {"meta": {"n": 2.5, "rows": [1]}, "old": [{"id": 7}], "data": {"x": 1, "rows": ORDERS}}
    write(json.dumps({**inside, "after": [[], {}]}), "items.json")
    result = warehouse.load(orders(options={"records": "data.rows"}))
    assert (result.status, result.loaded) == ("loaded", 2)


@pytest.mark.parametrize(
    ("content", "records", "message"),
    [
        ('{"data": []}', "", "an array was expected on line 1, found {. Nothing was changed. Set"),
        ('{"data": []}', "date", '"date" was not found. Nothing was changed. Set `records` in'),
        ('{"data": {"n": 1}}', "data.n", "an array was expected on line 1, found 1"),
        ("[]", "data", 'an object with "data" was expected on line 1, found ['),
        ('[{"id": 1},\n{"id": 2}, {"i', "", "line 2: Unterminated string"),
        ('[{"id": 1},\n{"id": 2}', "", "line 2: a value is followed by the end"),
        ('[{"id": 1}, {"id": 2}\n{"id": 3}]', "", 'line 2: "," was expected, found {'),
        ('[{"id": 1}, {"id": 2},]', "", "after 2 objects: is not JSON: line 1: Expecting value"),
        ('[{"id": 1}] x', "", "after 1 objects: is not JSON: line 1: x follows it"),
        ('[{"id": 1e9999999999999999999}]', "", "holds a number that is out of any range"),
        (b'[{"id": 1}, {"id": "\xff"}]', "", "after 0 objects: is not UTF-8"),
        ("", "", "Get the file again, whole and as UTF-8"),
    ],
)
def test_a_broken_file_is_refused_and_changes_nothing(
    warehouse, orders, write, content, records, message
) -> None:
    write('[{"id": 1}]', "items.json")
    paths = {"item_id bigint": "id"}
    warehouse.load(orders(paths))
    write(content, "items.json")
    result = warehouse.load(orders(paths, options={"records": records}))
    assert result.status == "failed"
    assert "test.items: items.json" in result.notes[0]
    assert message in result.notes[0]
    assert warehouse.rows("select item_id from raw_test.items") == [(1,)]


def test_memory_does_not_grow_with_the_file(warehouse, orders, write) -> None:
    table = orders({"item_id bigint": "id", "tail jsonb": "tail"})
    tail = json.dumps(["x" * 50] * 40)

    def peak(count: int) -> int:
        with write("[", "items.json").open("a") as file:
            file.writelines(f'{{"id": {number}, "tail": {tail}}},' for number in range(1, count))
            file.write(f'{{"id": 0, "tail": {tail}}}]')
        assert warehouse.load(table).loaded == count
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    small = peak(10_000)
    assert peak(40_000) < small + 40_000


def test_a_key_may_differ_in_case_and_have_dots(warehouse, orders, write) -> None:
    keys = [{"Id": 1, "user.email": "a@example.com", "Name": "Scarf"}]
    keys.append({"Id": 2, "user.email": "b@example.com", "Name": "Hat"})
    write(json.dumps({"the.data": {"a\\b": keys}}), "items.json")
    paths = {"item_id bigint": "id", "email text": r"user\.email", "name text": "name"}
    table = orders(paths, options={"records": r"the\.data.a\\b"})
    assert warehouse.load(table).notes == []
    assert warehouse.rows("select * from raw_test.items order by 1")[0][:3] == (
        1, "a@example.com", "Scarf",
    )  # fmt: skip


def test_the_key_that_is_exactly_the_same_counts(warehouse, orders, write) -> None:
    found = [{"id": 1, "ID": 9, "in": {"V": "a"}}, {"ID": 2, "In": {"v": "b", "V": 0}}, {"iD": 3}]
    write(json.dumps([*found, {"id": None, "ID": 4}, {"ID": 5, "iD": 6}]), "items.json")
    result = warehouse.load(orders({"item_id bigint": "id", "v text": "in.v"}, key=()))
    assert warehouse.rows("select item_id, v from raw_test.items order by 1") == [
        (1, "a"), (2, "b"), (3, None), (None, None),
    ]  # fmt: skip
    assert warehouse.quarantine()[0][1:] == (
        'has no "id", but ID and iD, so it is not clear which is meant',
        {"record": '{"ID": 5, "iD": 6}'},
    )
    assert result.notes == ["test.items: items.json: not declared, so left out: ID"]


def test_columns_may_differ_in_case_alone(warehouse, orders, write) -> None:
    write('[{"a": {"ID": 1}, "b": {"id": 2}}, {"a": {"Id": 3}}]', "items.json")
    warehouse.load(orders({"one int": "a.ID", "two int": "b.id"}, key=()))
    assert warehouse.rows("select one, two from raw_test.items order by 1") == [(1, 2), (3, None)]


def test_a_path_that_is_never_there_is_named_as_declared(warehouse, orders, write) -> None:
    write('[{"user": {"email": 1}}]', "items.json")
    result = warehouse.load(orders({"email text": r"user\.email"}, key=()))
    assert r"lacks the declared column user\.email: not one" in result.notes[0]


EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "0"))
many_files = settings(
    max_examples=EXAMPLES or 1500, derandomize=not EXAMPLES, database=None, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
keys = st.sampled_from(["id", "ID", "Id", "in", "IN", "a.b", "A.B", "x", "\u017f", "S", "0"])
scalars = st.none() | st.booleans() | st.text(max_size=5) | st.integers() | st.decimals("-9", "9")
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=5,
)
ORACLE = {"id text": ["id"], "dots text": ["a.b"], "inner jsonb": ["in", "ID"], "s text": ["s"]}


def as_python_says(found: object, path: list[str]) -> object:
    """Return what a path leads to in what Python's json gives; KeyError if two keys could be."""
    for part in path:
        if not isinstance(found, dict):
            return None
        names = [part] if part in found else [k for k in found if k.casefold() == part.casefold()]
        if len(names) > 1:
            raise KeyError(names)
        found = found[names[0]] if names else None
    return found


def exactly(text: str) -> object:
    """Return what a JSON text says, no number rounded; ValueError if it is none."""

    def refuse(name: str) -> None:
        raise ValueError(name)

    return json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=refuse)


@many_files
@given(
    rows=st.lists(st.dictionaries(keys, values, max_size=5) | scalars, max_size=4),
    suffix=st.sampled_from(["json", "jsonl"]),
    flaw=st.none() | st.tuples(st.floats(0, 1), st.binary(max_size=2), st.integers(0, 9)),
)
def test_json_is_read_as_python_reads_it_or_refused(orders, write, rows, suffix, flaw) -> None:
    texts = [simplejson.dumps(row, ensure_ascii=False, use_decimal=True) for row in rows]
    content = (f"[{','.join(texts)}]" if suffix == "json" else "\n".join(texts)).encode()
    if flaw:
        place = int(flaw[0] * len(content))
        content = content[:place] + flaw[1] + content[place + flaw[2] :]
    for old in write("", "items.old").parent.glob("items.json*"):
        old.unlink()
    write(content, f"items.{suffix}")
    paths = {
        column: ".".join(p.replace(".", r"\.") for p in path) for column, path in ORACLE.items()
    }
    [batch] = json_files.find(orders(paths, key=()), {})
    found: list[Record] = []
    try:
        with batch.open() as stream:
            found.extend(stream.records())
    except UserError as error:
        if "lacks the declared column" not in str(error):
            found = None
    try:
        whole = content.decode("utf-8-sig" if suffix == "json" else "utf-8")
        expected = exactly(whole) if suffix == "json" else re.split("\n", whole)
        assert isinstance(expected, list)
    except (ValueError, AssertionError):
        assert suffix == "jsonl" or found is None
        return
    if suffix == "jsonl":
        expected = [line for line in expected if line.strip(" \t\r\v\f")]
    assert len(found) == len(expected)
    for record, told in zip(found, expected, strict=True):
        check_record(record, told, is_text=suffix == "jsonl")


def check_record(record: Record, told: object, is_text: bool) -> None:
    """Make sure that a record says what Python's json does, or is refused with reason."""
    try:
        told = exactly(told.removeprefix("\ufeff")) if is_text else told
        wanted = [as_python_says(told, path) for path in ORACLE.values()]
        assert isinstance(told, dict)
    except (ValueError, KeyError, AssertionError):
        assert record.problem
        return
    assert record.problem is None
    for text, value, column in zip(record.values, wanted, ORACLE, strict=True):
        if value is None or (isinstance(value, str) and not column.endswith("jsonb")):
            assert text == value
        else:
            assert exactly(text) == value
