"""Searches at the same moment: each answers as it does alone.

SEARCH_ROUNDS says how often all of them search; `make test-long` takes more.
"""

import os
from pathlib import Path
from typing import Any

import commands
import psycopg
import pytest
from search.plain import Plain

from apps.search.runner import Searcher

ROUNDS = int(os.environ.get("SEARCH_ROUNDS", "3"))
SEARCHES: list[dict[str, Any]] = [
    {"search_terms": "denim jacket"},
    {"search_terms": "wool coat", "search_max_price": 150},
    {"search_terms": "dress -winter", "search_limit": 7},
    {"search_brand": ["Zara", "Levi's"], "search_sort": "price"},
    {"search_terms": "denim jaket", "search_mode": "all"},
    {"search_terms": "qqqzzzxxx"},
    {"search_terms": "sneakers or boots", "search_sort": "newest"},
    {"search_category": "Outerwear", "search_limit": 300},
]


def all_at_once(world, way: str) -> list[list[object]]:
    """Return what each search answers in each round, or the error.

    Args:
        world: which is searched.
        way: `quick`, or `dbt`, whose searches all have the same result relation.
    """
    start = commands.CONTEXT.Barrier(len(SEARCHES))
    pipes = [commands.CONTEXT.Pipe() for _ in SEARCHES]
    processes = [
        commands.CONTEXT.Process(
            target=search, args=(way, given, dict(world.environment), start, ours)
        )
        for given, (_, ours) in zip(SEARCHES, pipes, strict=True)
    ]
    for process in processes:
        commands.start(process)
    answers = [theirs.recv() for theirs, _ in pipes]
    for process in processes:
        process.join()
    return answers


def search(way: str, given: dict, environment: dict[str, str], start, answers) -> None:
    """Search in each round, when all others do."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(commands.PROJECT)
    found: list[object] = []
    searcher = Searcher()
    plain = Plain(Path(environment["DBT_TARGET_PATH"]) / str(os.getpid())) if way == "dbt" else None
    for _ in range(ROUNDS):
        start.wait(600)
        try:
            if plain:
                done = plain("run", "--select", "search_results", "search_summary", vars=given)
                found.append(None if done.success else repr(done))
            else:
                answer = searcher.find(given)
                found.append((answer.rows, answer.summary))
        except Exception as error:
            found.append(repr(error))
    answers.send(found)


@pytest.fixture(scope="module")
def alone(searcher) -> list[tuple]:
    """What each search answers when no other is at work."""
    found = [searcher.find(given) for given in SEARCHES]
    return [(one.rows, one.summary) for one in found]


def test_each_search_answers_as_it_does_alone(world, alone) -> None:
    for answers, expected in zip(all_at_once(world, "quick"), alone, strict=True):
        assert answers == [expected] * ROUNDS

    # what they left for others is of one of them, and nothing else is left
    rows = world.rows("select product_id from search.search_results order by search_rank")
    assert rows in [[(row["product_id"],) for row in expected] for expected, _ in alone]
    assert not world.rows("select from pg_class where relname ~ '^search_(results|summary)__[0-9]'")


def test_searches_into_one_relation_do_not_fail_and_do_not_mix(world, alone) -> None:
    assert all_at_once(world, "dbt") == [[None] * ROUNDS] * len(SEARCHES)

    rows = world.rows("select product_id from search.search_results order by search_rank")
    assert rows in [[(row["product_id"],) for row in expected] for expected, _ in alone]


def test_somebody_who_reads_the_last_results_stops_no_search(world, alone, searcher) -> None:
    """And sees them until their transaction has ended."""
    with world._postgres.connect("thinkthrift") as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.autocommit = False
        before = reader.execute("select product_id from search.search_results").fetchall()
        found = searcher.find(SEARCHES[0])
        assert (found.rows, found.summary) == alone[0]
        assert reader.execute("select product_id from search.search_results").fetchall() == before


def test_a_search_does_not_wait_for_a_build(world) -> None:
    world.connection.execute("insert into intermediate.dbt_runs (run_id) values ('of another')")
    try:
        world.dbt("run", "--select", "search_results", "search_summary")
        assert world.rows("select run_id from intermediate.dbt_runs") == [("of another",)]
    finally:
        world.connection.execute("delete from intermediate.dbt_runs")
