"""Lengths of fields are measured by the index, and weighed by anew once they have changed."""

from collections.abc import Iterator

import psycopg
import pytest

from tools.benchmarks.search import index
from tools.benchmarks.search_engine import Engine

POSTINGS = "select term, listing_key, impact from search.search_postings order by 1, 2"
LENGTHS = (
    "select field, document_count, filled_count, word_count, typical_length"
    " from search.search_field_lengths order by field"
)
WRITERS = "select listing_key, xmin::text from search.search_postings order by term, listing_key"
LONGER = "update search.search_current_listings set description = description || ' as good as new'"


@pytest.fixture
def engine(postgres, tmp_path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The search's own models over forty listings of three and four words, and none of a brand."""
    postgres.create("lengths")
    for name, value in postgres.environment("lengths").items():
        monkeypatch.setenv(name, value)
    engine = Engine(tmp_path)
    texts = ({"title": "denim jacket", "description": f"worn once{' only' * (n % 2)}"}
             for n in range(40))  # fmt: skip
    index(engine, dict(enumerate(texts, 1)))
    return engine


def _rows(query: str) -> list[tuple]:
    with psycopg.connect() as connection:
        return connection.execute(query).fetchall()


def _change(statement: str) -> None:
    with psycopg.connect() as connection:
        connection.execute(statement)


def test_postings_are_weighed_anew_only_when_lengths_have_changed(engine: Engine) -> None:
    before = {tuple(row) for row in _rows(WRITERS)}
    _change(f"{LONGER} where listing_key = 1")
    engine.build()
    kept = {row for row in before if row[0] != 1}
    assert kept < set(_rows(WRITERS))

    _change(f"{LONGER} where listing_key > 20")
    engine.build()
    assert not before & set(_rows(WRITERS))

    grown = _rows(POSTINGS), _rows(LENGTHS)
    engine.build(full_refresh=True)
    assert (_rows(POSTINGS), _rows(LENGTHS)) == grown


def test_lengths_that_listings_leave_behind_are_measured(engine: Engine) -> None:
    _change(f"{LONGER} where listing_key > 20")
    engine.build()
    _change("delete from search.search_current_listings where listing_key > 20")
    engine.build()
    grown = _rows(POSTINGS), _rows(LENGTHS)
    engine.build(full_refresh=True)
    assert (_rows(POSTINGS), _rows(LENGTHS)) == grown
