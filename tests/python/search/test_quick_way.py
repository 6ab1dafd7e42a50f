"""The quick way: what it is told, what it tells, and several analysts at once."""

import csv
import io
import json
import os
import pty
import subprocess
import sys
from contextlib import suppress

import commands
import pytest
from world import PROJECT

from apps.search import places
from apps.search.__main__ import _search_lines
from apps.search.request import from_arguments, from_line
from warehouse.errors import UserError


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("denim jacket", {"search_terms": "denim jacket"}),
        ('"wide leg" -"dark blue" or coat', {"search_terms": '"wide leg" -"dark blue" or coat'}),
        ("coat max_price=60", {"search_terms": "coat", "search_max_price": 60}),
        ("min_price=9.90", {"search_min_price": 9.9}),
        ("max_price=60EUR", {"search_max_price": "60EUR"}),
        ('brand="Marc O\'Polo|Zara"', {"search_brand": ["Marc O'Polo", "Zara"]}),
        ("brand=Zara brand=Lee", {"search_brand": ["Zara", "Lee"]}),
        ("size=42 limit=5", {"search_size": "42", "search_limit": 5}),
        ("q=a=b", {"search_terms": "a=b"}),
        ("from=2025-01-31 to=", {"search_from": "2025-01-31"}),
        ("maxprice=60", {"search_maxprice": "60"}),
        ("coat max-price=60", {"search_terms": "coat", "search_max-price": "60"}),
        ("-max_price=60", {"search_-max_price": "60"}),
        ("501", {"search_terms": "501"}),
        ("ON", {"search_terms": "ON"}),
    ],
)
def test_a_line_becomes_vars(line: str, given: dict) -> None:
    assert from_line(line) == given


def test_arguments_become_vars() -> None:
    assert from_arguments(["q=denim  jacket", "brand=Marc O'Polo", "max_price=60", "wide"]) == {
        "search_terms": ["wide", "denim  jacket"],
        "search_brand": "Marc O'Polo",
        "search_max_price": 60,
    }


def command(world, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run `python -m apps.search` with these arguments."""
    done = commands.run("apps.search", *arguments, environment={**world.environment, **environment})
    assert "Traceback" not in done.stdout + done.stderr
    return done


def test_a_table_shows_what_was_found_and_how(world) -> None:
    done = command(world, "denim jaket", "max_price=200", "limit=3")

    assert done.returncode == 0
    assert "«denim» «jacket»" in " ".join(done.stdout.split())
    assert "jaket" in done.stdout
    assert "EUR" in done.stdout
    # by its title alone nobody could say which listing it is
    found = world.rows("select product_id, title from search.search_results order by search_rank")
    shown = [line.split()[1] for line in done.stdout.splitlines() if found[0][1] in line]
    assert shown[0] == found[0][0]


def test_a_narrow_terminal_shows_whole_words(world) -> None:
    leader, follower = pty.openpty()
    subprocess.run(["stty", "cols", "80"], stdin=follower, check=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "apps.search", "denim jacket", "limit=2"], stdin=subprocess.DEVNULL,
        stdout=follower, cwd=PROJECT, env={**world.environment, "TERM": "dumb"},
    )  # fmt: skip
    os.close(follower)
    shown = b""
    with suppress(OSError):  # the terminal is gone when its last user is
        while block := os.read(leader, 1 << 16):
            shown += block
    os.close(leader)
    lines = shown.decode().split("\r\n")
    [(product_id, price, status)] = world.rows(
        "select product_id, price, listing_status from search.search_results where search_rank = 1"
    )
    assert process.wait() == 0
    assert max(map(len, lines)) <= 80
    [first] = [line for line in lines if line.split()[:2] == ["1", product_id]]
    assert first.split()[-3:] == [f"{price:,.2f}", "EUR", status]


def test_json_and_csv_hold_all_columns(world) -> None:
    whole = json.loads(command(world, "--json", "denim", "limit=2").stdout)
    lines = list(csv.DictReader(io.StringIO(command(world, "--csv", "denim", "limit=2").stdout)))

    assert [row["product_id"] for row in whole["results"]] == [row["product_id"] for row in lines]
    assert list(whole["results"][0]) == list(lines[0])
    assert whole["summary"]["search_terms"] == "denim"


def test_nothing_found_says_what_to_try(world) -> None:
    done = command(world, "qqqzzzxxx")

    assert done.returncode == 0
    assert "Nothing found" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["maxprice=60"], "There is no filter 'maxprice'. Did you mean 'max_price'?"),
        (["max-price=60"], "There is no filter 'max-price'. Did you mean 'max_price'?"),
        (["max.price=60"], "There is no filter 'max.price'. Did you mean 'max_price'?"),
        (["--max-price=60"], "Filters have no hyphens: max_price=60."),
        (["max_price=60 EUR"], "max_price=59.9"),
        (["min_price=60", "max_price=20"], "min_price=20 max_price=60"),
        (["sort=cheapest"], "relevance, price, price_desc, newest"),
        (["from=yesterday"], "from=2022-01-31"),
        (["name=Mine!"], "name=summer_denim"),
        (["--jsn", "denim"], "There is no option --jsn"),
    ],
)
def test_a_mistake_is_told_in_a_sentence_and_ends_with_2(world, arguments: list, says: str) -> None:
    done = command(world, *arguments)

    assert done.returncode == 2
    assert says in done.stderr
    assert not done.stdout


def test_a_warehouse_that_does_not_answer_ends_with_1(world) -> None:
    done = command(world, "denim", PGPORT="1")

    assert done.returncode == 1
    assert "The warehouse cannot be reached" in done.stderr


def test_a_warehouse_without_an_index_ends_with_1(world, postgres) -> None:
    postgres.create("empty")
    done = command(world, "denim", PGDATABASE="empty")

    assert done.returncode == 1
    assert "dbt build --selector search" in done.stderr


@pytest.mark.usefixtures("unchanged")
def test_analysts_with_names_of_their_own_search_at_the_same_time(world) -> None:
    words = {"ann": "denim jacket", "bob": "wool coat", "cleo": "denim", "dan": "dress"}
    for _ in range(2):
        running = {
            name: subprocess.Popen(
                [sys.executable, "-m", "apps.search", "--json", terms, f"name={name}", "limit=500"],
                cwd=PROJECT, env=world.environment, stdout=subprocess.PIPE, text=True,
            )
            for name, terms in words.items()
        }  # fmt: skip
        printed = {name: json.loads(one.communicate()[0]) for name, one in running.items()}
        assert not any(one.returncode for one in running.values())

    for name, terms in words.items():
        expected = world.rows(
            "select product_id from search.search_listings(%s, result_limit => 500)"
            " order by search_rank",
            terms,
        )
        kept = world.rows(
            f"select product_id from search.search_results__{name} order by search_rank"
        )
        assert expected == kept == [(row["product_id"],) for row in printed[name]["results"]]


def test_make_hands_over_exactly_what_was_typed(world) -> None:
    owned = world.folder / "owned"
    typed = f"denim $(shell touch {owned}) `touch {owned}` $$HOME \"' #"
    done = subprocess.run(
        ["make", "--silent", "--old-file", "setup", "search", f"q={typed}", "name=made"],
        cwd=PROJECT, env={**world.environment, "size": "XL"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not owned.exists()
    assert world.rows("select search_terms from search.search_summary__made") == [(typed,)]
    # make 4.4 would expand what was typed for its shell; older ones do not show it
    assert "$(shell " not in (PROJECT / "Makefile").read_text()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (["search", "vintage", "denim"], 'make search q="vintage denim"'),
        (["run", "rpt_top_products"], "make run m=rpt_top_products"),
    ],
)
def test_words_without_a_name_are_refused_by_make(typed: list[str], says: str) -> None:
    done = subprocess.run(
        ["make", *typed], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert says in done.stderr


def test_the_prompt_takes_help_and_quit(monkeypatch, capsys) -> None:
    lines = iter(["help", "coat", r"\q", "dress"])
    asked = []

    class Prepared:
        def prepare(self) -> None:
            """Be ready."""

    monkeypatch.setattr("apps.search.kept.find", lambda _, given: given)
    monkeypatch.setattr("builtins.input", lambda _: next(lines))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    assert _search_lines(Prepared(), asked.append, asked.append) == 0
    assert asked == [{"search_terms": "coat"}]
    printed = capsys.readouterr()
    assert "min_price, max_price" in printed.out + printed.err


def test_results_keep_what_the_models_declare(world, searcher) -> None:
    """Types, what must not be empty, and who may read them: as dbt builds them."""
    declared = (
        "select attname, format_type(atttypid, atttypmod), attnotnull from pg_attribute"
        " where attrelid = to_regclass(%s) and attnum > 0 order by attnum"
    )
    for model in ("search_results", "search_summary"):
        before = world.rows(declared, f"search.{model}")
        searcher.find({"search_terms": "coat", "search_name": "kept"})
        assert world.rows(declared, f"search.{model}") == before
        assert world.rows(declared, f"search.{model}__kept") == before


def test_results_of_an_earlier_version_are_told_of(world, searcher) -> None:
    world.connection.execute("create table search.search_results__older (search_name text)")
    with pytest.raises(UserError, match="drop those with a name of their own"):
        searcher.find({"search_terms": "coat", "search_name": "older"})
    world.connection.execute("drop table search.search_results__older")


@pytest.mark.parametrize(
    ("target", "schemas"),
    [
        ("analyst", ("search", "alice_search")),
        pytest.param("prod", ("search", "search"), marks=pytest.mark.long),
        pytest.param("dev", ("dev_alice_search", "dev_alice_search"), marks=pytest.mark.long),
    ],
)
def test_results_are_where_dbt_keeps_them(
    world, monkeypatch: pytest.MonkeyPatch, target: str, schemas: tuple[str, str]
) -> None:
    given = {"DBT_TARGET": target, "USER": "alice", "PGUSER": "alice"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert places.schemas() == schemas
    listed = commands.run(
        "dbt.cli.main", "--quiet", "list", "--output", "json", "--output-keys", "name", "schema",
        "--select", "search_documents", "search_results", "--resource-type", "model",
        environment={**world.environment, **given},
    )  # fmt: skip
    found = {one["name"]: one["schema"] for one in map(json.loads, listed.stdout.splitlines())}
    assert (found["search_documents"], found["search_results"]) == schemas


def test_a_target_that_is_none_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBT_TARGET", "analist")
    with pytest.raises(UserError, match='Did you mean "analyst"'):
        places.schemas()
