"""A search on the page finds what `make search` finds, whatever is typed."""

import pytest

from apps.search.runner import Searcher

TYPED = [
    "denim jaket",
    "denim -blue or coat",
    "O'Neill \"wide leg",
    "'); drop table marts.fct_orders; --",
    "{{ 1 / 0 }} %s %(terms)s",
    "\\ \U0001f45a & | ! :* <->",
]


@pytest.fixture(scope="module")
def searcher() -> Searcher:
    return Searcher()


@pytest.mark.parametrize("words", TYPED)
def test_words_find_the_rows_that_make_search_finds(here, draw, searcher, words: str) -> None:
    theirs = searcher.find({"search_terms": words})

    page = draw("search")
    page.text_input(key="q").input(words).run()

    assert not page.exception
    ours = list(page.dataframe[0].value["product_id"]) if page.dataframe else []
    assert ours == [row["product_id"] for row in theirs.rows]
    if ours:
        assert page.metric[0].value == f"{theirs.summary['found_count']:,}"
    assert here.rows("select count(*) > 0 from marts.fct_orders") == [(True,)]


def test_filters_find_the_rows_that_make_search_finds(here, draw, searcher) -> None:
    theirs = searcher.find(
        {"search_terms": "coat or jacket", "search_category": "Outerwear", "search_max_price": 60,
         "search_sort": "price", "search_limit": 7}
    )  # fmt: skip

    page = draw("search")
    page.text_input(key="q").input("coat or jacket")
    page.multiselect(key="category").select("Outerwear")
    page.number_input(key="max_price").set_value(60.0)
    page.number_input(key="limit").set_value(7)
    page.selectbox(key="sort").select("price").run()

    assert theirs.rows
    shown = list(page.dataframe[0].value["product_id"])
    assert shown == [row["product_id"] for row in theirs.rows]


def test_the_summary_of_a_search_is_that_of_make_search(here, searcher) -> None:
    theirs = searcher.find({"search_terms": "denim jaket", "search_max_price": 60}).summary

    names = [name for name in theirs if name not in ("search_name", "search_terms", "search_mode")]
    [ours] = here.rows(
        f"select {', '.join(names)}"
        " from search.search_listing_summary('denim jaket', max_price => 60)"
    )
    assert ours == tuple(theirs[name] for name in names)


def test_facets_count_all_that_is_found(here) -> None:
    facets = here.rows(
        "select facet_value, item_count from search.search_listing_facets('denim')"
        " where facet = 'brand' order by 1"
    )
    assert len(facets) > 1
    assert facets == here.rows(
        "select brand, count(*) from search.search_listings('denim', result_limit => 100000)"
        " where brand is not null group by 1 order by 1"
    )


def test_a_lowest_price_above_the_highest_is_pointed_out(here, draw) -> None:
    page = draw("search")
    page.number_input(key="min_price").set_value(60.0)
    page.number_input(key="max_price").set_value(20.0).run()

    assert page.warning[0].value == "60.0 is above 20.0. Swap them."


def test_a_character_that_no_database_holds_is_pointed_out(here, draw) -> None:
    page = draw("search")
    page.text_input(key="q").input("denim\x00").run()

    assert "no database holds" in page.warning[0].value


def test_the_newest_listings_are_shown_before_a_search(here, draw, searcher) -> None:
    newest = searcher.find({"search_sort": "newest", "search_limit": 50}).rows

    shown = draw("search").dataframe[0].value

    assert len(newest) == 50
    assert list(shown["product_id"]) == [row["product_id"] for row in newest]
