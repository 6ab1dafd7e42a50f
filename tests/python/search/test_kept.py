"""Searches by name, what is new in them, and the latest ones."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from subprocess import CompletedProcess

import commands
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.orchestration import summary
from apps.search import kept
from apps.search.request import from_line
from warehouse.errors import UsageError

TOKENS = st.sampled_from(
    ["denim", "jacket", "or", "-blue", '"wide leg"', "max_price=60", "min_price=9.5", "q=a=b",
     'brand="Marc O\'Polo|Zara"', "size=42", 'q="x  y"', "sort=newest", "501", "colour=black"]
)  # fmt: skip


@pytest.fixture
def nothing_kept(world):
    world.connection.execute("drop table if exists search.searches")


def look(searcher, line: str):
    return kept.find(searcher, from_line(line))


def come_anew(world, product: str) -> None:
    """Let a listing be in the index since now."""
    world.connection.execute(
        "update search.search_documents set indexed_at = now() + interval '1 second'"
        " where product_id = %s",
        [product],
    )


@pytest.mark.usefixtures("nothing_kept")
def test_a_saved_search_says_what_is_new_once(world, searcher) -> None:
    found = look(searcher, "jacket limit=20 save=jackets")
    assert look(searcher, "saved=jackets").news.products == []
    new = found.rows[2]["product_id"]
    come_anew(world, new)
    again = look(searcher, "saved=jackets")
    assert again.news.products == [new]
    assert [row["product_id"] for row in again.rows] == [row["product_id"] for row in found.rows]
    assert look(searcher, "saved=jackets").news.products == []


@pytest.mark.usefixtures("nothing_kept")
def test_a_name_is_of_the_search_that_took_it_last(world, searcher) -> None:
    look(searcher, "jacket save=mine")
    look(searcher, "coat max_price=90 save=mine")
    [saved] = kept.searches(searcher, are_saved=True)
    assert (saved.search_name, saved.vars) == ("mine", from_line("coat max_price=90"))
    assert kept.forget(searcher, from_line("forget=mine")) == "mine"
    assert kept.searches(searcher, are_saved=True) == []


@pytest.mark.usefixtures("nothing_kept")
def test_only_the_latest_searches_are_kept(world, searcher, monkeypatch) -> None:
    monkeypatch.setattr(kept, "RECENT", 3)
    for word in ("denim", "wool", "silk", "coat", "hat"):
        look(searcher, word)
    latest = kept.searches(searcher, are_saved=False)
    assert [one.vars["search_terms"] for one in latest] == ["hat", "coat", "silk"]


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("saved=jakets", 'No saved search is called "jakets". Did you mean "jackets"?'),
        ("forget=jakets", 'No saved search is called "jakets". Did you mean "jackets"?'),
        ("saved=jackets max_price=60", "found also: max_price. Leave that out"),
        ("forget=jackets denim", "forget= takes a name alone"),
        ('coat save="My Coats"', 'found "My Coats". Write, for example: save=summer_denim'),
        ("coat save=a__b", 'found "a__b"'),
        ("coat save=x'); drop schema search; --", "save"),
    ],
)
def test_what_cannot_be_is_refused(searcher, line, complaint) -> None:
    look(searcher, "jacket save=jackets")
    asked = kept.forget if "forget" in line else kept.find
    with pytest.raises(UsageError) as refused:
        asked(searcher, from_line(line))
    assert complaint in str(refused.value)


@given(st.lists(TOKENS, min_size=1, max_size=6))
def test_what_was_searched_can_be_typed_again(tokens: list[str]) -> None:
    asked = from_line(" ".join(tokens))
    assert from_line(kept.as_typed(asked)) == asked


def test_the_command_line_saves_lists_and_runs(world) -> None:
    world.connection.execute("drop table if exists search.searches")

    def say(*arguments: str) -> CompletedProcess:
        done = commands.run("apps.search", *arguments, environment=world.environment)
        assert "Traceback" not in done.stdout + done.stderr
        return done

    with ThreadPoolExecutor(2) as pool:  # of which each finds no table yet
        first, second = pool.map(say, ("denim", "wool"))
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "saved=jeans" in say("jeans", "max_price=200", "save=jeans").stderr
    assert "jeans max_price=200" in say("--saved").stdout
    assert {"denim", "wool"} <= set(say("--recent").stdout.split())
    told = json.loads(say("saved=jeans", "--json").stdout)
    assert told["new"]["products"] == []
    assert "New since you looked on" in say("saved=jeans").stdout
    assert say("saved=other").returncode == 2
    assert "Forgot the search jeans" in say("forget=jeans").stdout


def test_the_daily_summary_tells_of_new_listings(world, searcher, monkeypatch) -> None:
    began = datetime.now(timezone.utc)
    assert summary._news(began) == []
    rows = world.rows(
        "select search_name, product_id from search.saved_search_results"
        " order by search_name, search_rank limit 1"
    )
    [(name, product)] = rows
    come_anew(world, product)
    news = {one["search"]: one["products"] for one in summary._news(began)}
    assert news[name] == [product]
    told = summary.Summary("daily", "succeeded", "2026-01-01", 1.0, new=summary._news(began))
    assert f"new for the saved search {name}: 1, {product}" in told.as_text()
    # if all of the index is of this run, nothing is told of
    assert summary._news(datetime(2000, 1, 1, tzinfo=timezone.utc)) == []
