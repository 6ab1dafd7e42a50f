"""Hostile texts by the quick way and by plain dbt: right results or a refusal, and no harm done.

HOSTILE_EVERY=1 types every text by itself; without it, one of eight is, and all of them together.
"""

import json
import os
import re
import subprocess
import sys
from itertools import cycle

import hostile
import psycopg
import pytest
import yaml
from world import PROJECT

from apps.reports.macros import macros
from warehouse.errors import UsageError

pytestmark = pytest.mark.usefixtures("unchanged")
EVERY = int(os.environ.get("HOSTILE_EVERY", "8"))
FIT = [text for text in hostile.ALL if text.strip()]
MACROS = macros()
# of search_results, what makes a result
RESULT = ("search_rank", "product_id", "title", "score", "snippet")


def listed(world, terms: str, **filters: object) -> list[tuple]:
    """Search by the SQL function; the driver sends the text apart from the statement."""
    arguments = "".join(f", {name} => %({name})s" for name in filters)
    with psycopg.connect(world.connection.info.dsn, password=world.connection.info.password) as own:
        return own.execute(
            f"select {', '.join(RESULT)} from search.search_listings(%(terms)s{arguments})"
            " order by search_rank",
            {"terms": terms, **filters},
        ).fetchall()


def found_by(searcher, **given: object) -> list[tuple]:
    """Search by the quick way."""
    found = searcher.find({f"search_{name}": value for name, value in given.items()})
    return [tuple(row[name] for name in RESULT) for row in found.rows]


@pytest.mark.parametrize("group", hostile.GROUPS)
def test_a_hostile_text_finds_what_its_words_find(world, searcher, group: str) -> None:
    texts = [text for text in hostile.GROUPS[group] if text.strip()]
    for text in texts[::EVERY]:
        expected = listed(world, text, result_limit=20)
        assert found_by(searcher, terms=text, limit=20) == expected, ascii(text)


def test_every_word_there_is_can_be_searched_for_at_once(world) -> None:
    words = [word for (word,) in world.rows("select word from search.search_vocabulary")]
    assert len(words) > 100
    assert listed(world, " ".join(words), search_mode="any", result_limit=5)
    assert listed(world, " ".join(words), search_mode="all") == []


def test_hostile_texts_together_find_what_their_words_find(world, searcher) -> None:
    joined = MACROS["joined_search_terms"]
    for first in range(0, len(FIT), 16):
        texts = FIT[first : first + 16]
        expected = listed(world, joined(texts), result_limit=20)
        assert found_by(searcher, terms=texts, limit=20) == expected, ascii(texts)


def test_hostile_texts_as_filters_let_nothing_through(searcher) -> None:
    for first in range(0, len(FIT), 99):
        batch = FIT[first : first + 99]
        assert found_by(searcher, **dict.fromkeys(hostile.TEXTS, batch)) == []


@pytest.mark.parametrize("name", hostile.TEXTS)
def test_hostile_texts_beside_a_filter_change_nothing(world, searcher, name: str) -> None:
    known = world.rows(
        "select brand, category, size, colour, condition, channels[1], country_codes[1]"
        " from search.search_current_listings as listing where country_codes <> '{}'"
        " and num_nulls(brand, category, size, colour, condition, channels[1]) = 0 limit 1"
    )[0]
    order = ("brand", "category", "size", "colour", "condition", "channel", "country")
    value = dict(zip(order, known, strict=True))[name]

    alone = found_by(searcher, **{name: value})
    assert alone
    assert found_by(searcher, **{name: [*FIT[::3], value]}) == alone


@pytest.mark.parametrize("name", hostile.OTHERS)
def test_hostile_texts_are_refused_where_no_text_is_taken(searcher, name: str) -> None:
    place = hostile.OTHERS.index(name)
    texts = [text for text in hostile.ALL if not re.fullmatch("[a-z_]+|2022-01-31", text)]
    for text in texts[place :: 6 * len(hostile.OTHERS)]:
        with pytest.raises(UsageError, match=f"The var '{name}' must"):
            searcher.find({f"search_{name}": text})


def test_unfit_texts_are_refused(searcher) -> None:
    for name, text in zip(cycle(["terms", *hostile.TEXTS]), hostile.UNFIT):
        with pytest.raises(UsageError, match="must be text"):
            searcher.find({f"search_{name}": text})


@pytest.mark.parametrize(("typed", "says"), hostile.VARS)
def test_what_yaml_makes_of_vars_is_refused_with_a_remedy(plain, typed: str, says: str) -> None:
    done = plain("run", "-s", "search_results", "--vars", typed)

    assert not done.success
    assert says in str(done.exception)
    assert "Did you mean" in str(done.exception) or "example: --vars '{" in str(done.exception)


def test_plain_dbt_takes_all_hostile_texts_at_once(world) -> None:
    given = {"search_terms": FIT[:99], "search_limit": 20}
    given |= {f"search_{name}": FIT[-99:] for name in hostile.TEXTS}
    typed = yaml.safe_dump(given, allow_unicode=False, width=10_000)
    world.dbt("run", "--select", "search_results", "--vars", typed)

    assert world.rows("select count(*) from search.search_results") == [(0,)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("'; drop table marts.dim_products; --", marks=pytest.mark.long),
        '{{ 1 / 0 }} "$$ \\',
    ],
)
def test_plain_dbt_finds_what_the_quick_way_finds(world, searcher, text: str) -> None:
    given = {"search_terms": [text, "denim jaket"], "search_mode": "any", "search_limit": 20}
    world.dbt("run", "--select", "search_results", "--vars", json.dumps(given))
    plain = world.rows("select * from search.search_results order by search_rank")

    quick = searcher.find(given).rows
    assert len(plain) == 20
    assert [tuple(row.values()) for row in quick] == plain


def test_plain_dbt_refuses_without_a_traceback(world) -> None:
    said = world.dbt("run", "-s", "search_results", "--vars", "{search_maxprice: 60}", expect=2)
    assert "Did you mean 'search_max_price'?" in said


def test_an_interactive_session_survives_every_line(world) -> None:
    lines = [text for text in hostile.ALL if len(text.splitlines()) == 1 and text.strip()]
    lines = lines[::EVERY]
    done = subprocess.run(
        [sys.executable, "-m", "apps.search", "--json"],
        input="\n".join([*lines, "denim limit=1", ""]),
        cwd=PROJECT,
        env=world.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 2)
    assert '"results": [\n    {\n' in done.stdout[-3000:]
