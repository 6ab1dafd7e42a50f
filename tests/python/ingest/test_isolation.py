"""No source stops another, and what comes from outside is text wherever it is shown."""

import errno
import os
from types import SimpleNamespace

import psycopg
import pytest
from rich.console import Console

from ingest import commands, contract, load, readers
from ingest.results import show
from warehouse.console import Terminal, grid, plain

GOOD = "item_id,name,price,sold_on\n1,Hat,1,\n"
FAULTS = [
    RuntimeError("a library failed"), KeyError("x"), MemoryError(), AssertionError("no"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), RecursionError("deep"),
    OSError(errno.ENOSPC, "No space left on device"), psycopg.errors.DiskFull("could not extend"),
    ValueError("\0 \udc80"),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_load_never_raises(warehouse, declare, write, monkeypatch, fault) -> None:
    write(GOOD)
    warehouse.load(declare())

    def fail(*_: object):
        raise fault

    for place in ((readers, "find"), (load.filling, "fill"), (load.landings, "publish")):
        with monkeypatch.context() as patch:
            patch.setattr(*place, fail)
            result = warehouse.load(declare(), full=True)
        assert result.status == "failed"
        assert warehouse.last_load()["status"] == "failed"
        assert len(result.notes) == 1
    assert warehouse.rows("select count(*) from raw_test.items") == [(1,)]


def test_a_name_that_is_no_unicode_is_shown_and_loaded(warehouse, declare, tmp_path) -> None:
    path = os.fsencode(tmp_path) + b"/items\xe9\x1b[2J.csv"
    with open(path, "w") as file:  # noqa: PTH123
        file.write(GOOD)
    result = warehouse.load(declare())
    assert (result.status, result.loaded) == ("loaded", 1)
    assert warehouse.rows("select _source_file from raw_test.items") == [("items\\xe9\x1b[2J.csv",)]


def node(name: str, **settings: object) -> SimpleNamespace:
    column = SimpleNamespace(name="a", data_type="text", config=SimpleNamespace(meta={}))
    given = {"reader": "csv", "location": "/nowhere", "mode": "append", **settings}
    return SimpleNamespace(
        source_name="desk", name=name, schema="raw_desk", columns={"a": column}, freshness=None,
        original_file_path="models/desk.yml", source_meta={"ingest": given},
        config=SimpleNamespace(meta={}),
    )  # fmt: skip


def test_a_wrong_declaration_stops_its_own_table(warehouse, tmp_path) -> None:
    (tmp_path / "good.csv").write_text("a\n1\n")
    nodes = [node("bad", reader="cvs"), node("good", location=str(tmp_path)), node("x" * 70)]
    bad, good, long = contract.read_tables(SimpleNamespace(sources=dict(enumerate(nodes))))
    assert load.load_table(good).loaded == 1
    assert 'reader "cvs" is not one of' in load.load_table(bad).notes[0]
    assert "has 70 bytes, of which PostgreSQL keeps 63" in load.load_table(long).notes[0]


def test_a_source_that_does_not_answer_says_what_to_do_where_it_was_declared(
    warehouse, monkeypatch
) -> None:
    nowhere, hint = "postgresql://a@127.0.0.1:1/a", "Ask the desk for its number."
    declared = node("parcels", reader="postgres", location=nowhere, unreachable_hint=hint)

    def said() -> str:
        [table] = contract.read_tables(SimpleNamespace(sources={"parcels": declared}))
        return load.load_table(table).notes[0]

    assert said().endswith(f"\n{hint}")
    monkeypatch.setenv("DESK_LOCATION", nowhere)
    assert hint not in said()


MARKUP = "item_id,name,price,sold_on\n1,a,[/red],\n2,b,\x1b[2Jevil,\n3,c,=1+1,\n4,d,1,\n"


def test_every_command_shows_rows_as_text(warehouse, declare, write, capsys) -> None:
    write(MARKUP)
    result = warehouse.load(declare(max_quarantined=1))
    assert (result.loaded, result.quarantined) == (1, 3)
    commands.list_quarantine("", 20)
    for (row,) in warehouse.rows("select quarantine_id from raw_ingest.quarantine"):
        commands.show_quarantined(row)
    show([result])
    shown = capsys.readouterr()
    assert "[/red]" in shown.out
    assert "\\x1b[2Jevil" in shown.out
    assert not set(shown.out + shown.err) & set(map(chr, [*range(9), *range(11, 32), 127]))


def test_nothing_steers_a_terminal(capsys) -> None:
    hostile = "[bold]x[/] :smile: \x1b]0;title\x07 \r\x08 \x9b2J \u202etxt.exe\u2069 \ud800"
    table = grid("one")
    table.add_row(hostile)
    Terminal(width=200).print(hostile, table)
    out = capsys.readouterr().out
    assert "[bold]x[/] :smile: \\x1b]0;title\\x07" in out
    assert out.isprintable() or set(out) - {"\n"} == {c for c in out if c.isprintable()}
    assert plain("ordinary text\n\twith é and 😀") == "ordinary text\n\twith é and 😀"
    assert issubclass(Terminal, Console)
