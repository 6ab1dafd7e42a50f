"""Loads leave out whoever was forgotten, before anything is written, in every mode."""

import json
import re
from dataclasses import replace

import pytest

from ingest import contract, forgotten, tables
from ingest.contract import Column, Table
from ingest.personal import Judge, mentions, normalised
from ingest.replay import replay_table

KINDS = {"account_id": "account", "email": "email", "phone": "phone", "full_name": "name"}
COLUMNS = "item_id bigint, account_id bigint, email text, phone text, full_name text, price numeric"
HEADER = "item_id,account_id,email,phone,full_name,price\n"
ITEMS = """
select item_id, account_id, email, phone, full_name, price::text from raw_test.items order by 1
"""
ANN = {
    ("email", "ann@mail.example"), ("phone", "+49305550042"), ("account", "test:7"),
    ("username", "ann_7"),
}  # fmt: skip
MODES = pytest.mark.parametrize(
    "settings",
    [{"mode": "replace"}, {"mode": "merge"}, {"mode": "append", "key": ()}],
    ids=["replace", "merge", "append"],
)


def known(kind: str, value: str) -> bool:
    return (kind, value) in ANN


def with_kinds(table: Table, **more: object) -> Table:
    """Return a table whose columns say what they hold of a person."""
    kinds = {**KINDS, **more}
    return replace(
        table,
        columns=tuple(replace(each, personal=kinds.get(each.name, "")) for each in table.columns),
    )


def remember(warehouse) -> None:
    tables.ensure(warehouse.connection, [])
    forgotten.remember(warehouse.connection, ANN)


@pytest.mark.parametrize(
    ("kind", "written", "meant"),
    [
        ("email", "Ann <ANN@Mail.Example>;", "ann@mail.example"),
        ("email", " 'ann@mail.example' ", "ann@mail.example"),
        ("email", "mailto:ann@mail.example", "ann@mail.example"),
        ("email", "n/a", ""),
        ("phone", "+49 (0)30 5550042", "+49305550042"),
        ("phone", "0049-30/5550042", "+49305550042"),
        ("phone", "(030) 555 00 42", "+49305550042"),
        ("phone", "12", ""),
        ("username", "\u00a0Ann_7 ", "ann_7"),
        ("account", " 7", "test:7"),
        ("name", "Ann", ""),
    ],
)
def test_identifiers_are_known_in_any_spelling(kind: str, written: str, meant: str) -> None:
    assert normalised(kind, written, "test") == meant


@pytest.mark.parametrize(
    ("row", "left"),
    [
        # theirs by the account, whatever address was typed; by the address, or by the telephone
        ("1,7,friend@mail.example,,Ann,5", (1, None, None, None, None, "5")),
        ("1,,ANN@mail.example,030 1,Ann,5", (1, None, None, None, None, "5")),
        ("1,,,030 5550042,Ann,5", (1, None, None, None, None, "5")),
        # another's, who has the number too, or for whom they paid
        (
            "1,,bob@mail.example,030 5550042,Bob,5",
            (1, None, "bob@mail.example", "030 5550042", "Bob", "5"),
        ),
        ("1,8,ann@mail.example,,Bob,5", (1, 8, None, None, "Bob", "5")),
    ],
)
@MODES
def test_sales_stay_and_are_nobodys(warehouse, declare, write, settings, row, left) -> None:
    remember(warehouse)
    table = with_kinds(declare(COLUMNS, **settings))
    write(HEADER + row + "\n2,8,bob@mail.example,,Bob,7\n")
    result = warehouse.load(table)

    assert (result.read, result.loaded, result.quarantined) == (2, 2, 0)
    assert warehouse.rows(ITEMS) == [left, (2, 8, "bob@mail.example", None, "Bob", "7")]
    assert warehouse.load(table, full=True).deleted == 0
    assert warehouse.rows(ITEMS)[0] == left


def test_a_row_that_is_a_person_is_left_out(warehouse, declare, write) -> None:
    remember(warehouse)
    table = with_kinds(declare(COLUMNS, key=("account_id",)))
    write(
        HEADER + "1,6,x@mail.example,,X,1\n2,7,,,Ann,2\n3,9,ann@mail.example,,Ann,3\n4,8,,,Bob,4\n"
    )
    result = warehouse.load(table)

    assert (result.read, result.loaded) == (2, 2)
    assert [row[0] for row in warehouse.rows(ITEMS)] == [1, 4]


def test_nothing_of_them_goes_to_quarantine(warehouse, declare, write) -> None:
    """Neither from their rows, nor from those whose columns are shifted or not to be told."""
    remember(warehouse)
    table = with_kinds(declare(COLUMNS, mode="merge"))
    write(
        HEADER + "1,,ann@mail.example,,Ann,cheap\n2,,bob@mail.example,,Bob,ann@mail.example\n"
        "3,ann@mail.example\n4,8,bob@mail.example,,Bob,dear\n5,8,,,,5\n6,8,,,,6\n7,8,,,,7\n8,8,,,,8\n"
    )
    result = warehouse.load(table)
    kept = {position: (reason, payload) for position, reason, payload in warehouse.quarantine()}

    assert (result.read, result.quarantined) == (8, 4)
    text = json.dumps(kept).lower()
    assert "ann" not in text
    assert kept["2"][1]["email"] is None  # position is the line
    assert kept["5"][1]["email"] == "bob@mail.example"
    warehouse.connection.execute(
        'update raw_ingest.quarantine set payload = payload || \'{"price": "1"}\''
        " where position = '2'"
    )
    assert replay_table(table).loaded == 1
    assert warehouse.rows(ITEMS)[0] == (1, None, None, None, None, "1")


def test_people_in_json(warehouse, declare) -> None:
    columns = "ticket_id text, email text, full_name text, guests jsonb"
    table = with_kinds(
        declare(columns, key=("ticket_id",)), guests={"name": "name", "email": "email"}
    )
    guests = [
        {"seat": 1, "guest": {"name": "Ann", "email": "ann@mail.example"}},
        {"seat": 2, "guest": {"name": "Ann", "email": None}},
        {"seat": 3, "guest": {"name": "Bob", "email": "bob@mail.example"}},
    ]
    others = {"ticket_id": "1", "email": "bob@mail.example", "guests": json.dumps(guests)}
    own = {**others, "email": "ann@mail.example", "full_name": "Ann"}

    def names(changes: dict | None) -> list:
        return [one["guest"]["name"] for one in json.loads(changes["guests"])]

    judge = Judge(table, known)
    assert names(judge.verdict(others)) == [None, "Ann", "Bob"]
    assert names(judge.verdict(own)) == [None, None, "Bob"]
    assert judge.verdict({**others, "guests": json.dumps(guests[2:])}) == {}


def test_what_mentions_them() -> None:
    assert mentions(known, "To: Ann <Ann@Mail.Example>, call 030/555 00 42")
    assert mentions(known, "call 0049 30 5550042.")
    assert not mentions(known, "joann@mail.example, 030 5550043, 7")


def test_what_is_kept_tells_nobody(warehouse) -> None:
    remember(warehouse)
    remember(warehouse)
    [(key,)] = warehouse.rows("select hash_key from forgotten.hash_key")

    assert len(key) == 32
    assert warehouse.rows(
        "select count(*), min(length(identifier_hash)) from forgotten.identifiers"
    ) == [(len(ANN), 32)]
    told = forgotten.known(warehouse.connection)
    assert all(told(*each) for each in ANN)
    assert not told("phone", "ann@mail.example")


def test_no_one_is_asked_for_while_nobody_was_forgotten(warehouse, declare) -> None:
    tables.ensure(warehouse.connection, [])
    assert forgotten.filter_of(warehouse.connection, with_kinds(declare(COLUMNS))) is None


def test_raw_tables_say_what_is_personal() -> None:
    """By the names of their columns; a new one that says nothing would not be erased."""
    alike = r"mail|phone|name|street|postcode|customer|user_id|buyer|attendee"
    others = {"product_name", "event_name", "venue_name", "ticket_types", "store_name"}
    found = {
        f"{table}.{column.name}": column.personal
        for table in contract.read_tables()
        for column in table.columns
        if re.search(alike, column.name) and column.name not in others
    }

    assert len(found) >= 20
    assert [name for name, kind in found.items() if not kind] == []


def test_a_kind_that_there_is_not_is_refused() -> None:
    manifest = contract.parse()
    node = next(each for each in manifest.sources.values() if each.name == "receipts")
    node.columns["customer_email"].config.meta["personal"] = "mail"
    [table] = [each for each in contract.read_tables(manifest) if each.name == "receipts"]

    assert 'column "customer_email": personal "mail" is not one of email, phone' in table.problem
    assert Column("a", "text", "a").personal == ""
