"""YAML and Python, which cannot ask a macro, list the same filters as the macro search_filters."""

import csv
from pathlib import Path

import pytest
import yaml

from apps.reports.macros import macros
from apps.search import __main__ as quick
from apps.search import request

PROJECT = Path(__file__).parents[3]
FILTERS = macros()["search_filters"]()
# columns of a request around the filters
BEFORE, AFTER = ["search_terms", "search_mode"], ["sort_by", "result_limit", "fold"]


def test_the_functions_take_them_as_arguments() -> None:
    """With their types, in their order."""
    functions = yaml.safe_load((PROJECT / "functions/_functions.yml").read_text())["functions"]
    for function in functions:
        if function["name"].startswith("search_listing"):
            given = {one["name"]: one["data_type"] for one in function["arguments"]}
            assert list(given) == [*BEFORE, *FILTERS, *AFTER]
            assert {name: given[name] for name in FILTERS} == {
                name: one["type"] for name, one in FILTERS.items()
            }


def test_the_seed_of_saved_searches_has_a_column_for_each() -> None:
    """So that a saved search can say what an analyst can."""
    with (PROJECT / "seeds/saved_searches.csv").open() as seed:
        assert set(next(csv.reader(seed))) == {"search_name", *BEFORE, *FILTERS, *AFTER}


def test_each_has_a_var_with_a_default() -> None:
    """In dbt_project.yml, where analysts look for what they may set."""
    declared = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]
    assert {one["var"] for one in FILTERS.values()} <= set(declared)


def test_the_quick_way_explains_each_and_reads_numbers() -> None:
    """By the name without search_."""
    for one in FILTERS.values():
        short = one["var"].removeprefix("search_")
        assert short in quick.FILTERS
        assert (one["type"] == "numeric") == (short in set(request.NUMBERS) - {"limit"})


def test_the_dashboard_offers_each_list() -> None:
    """Amounts and days have widgets of their own."""
    pytest.importorskip("streamlit", reason="the dashboard's packages are installed by make test")
    from apps.dashboard.views import search as page

    assert list(page.FILTERS) == [name for name, one in FILTERS.items() if one["type"] == "text[]"]
