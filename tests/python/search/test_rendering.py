"""What becomes of an analyst's words on the way to PostgreSQL: the same words, or a refusal."""

import datetime
import re
import unicodedata
from decimal import Decimal

import hostile
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from apps.reports.macros import Refused, macros

MACROS = macros()
NO_LIMIT = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# PostgreSQL's text holds all but NUL; half a surrogate pair is no character
TEXT = some.text(
    some.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60
) | some.text("'\"\\$%{}-;/*\n ea", max_size=30)
ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=40)
    | some.dates() | some.datetimes() | some.binary(max_size=5) | some.sampled_from(hostile.ALL),
    lambda inner: some.lists(inner, max_size=4)
    | some.dictionaries(some.text(max_size=5), inner, max_size=2)
    | some.sets(some.text(max_size=5), max_size=2),
    max_leaves=8,
)  # fmt: skip
NAMES = list(MACROS["search_var_rules"]())


@pytest.fixture(scope="module", params=["on", "off"])
def connection(postgres, request: pytest.FixtureRequest):
    """To a server that reads backslashes between quotes as the standard says, or the old way."""
    options = f"-c standard_conforming_strings={request.param} -c backslash_quote=off"
    with psycopg.connect(
        postgres.conninfo(), autocommit=True, options=options + " -c escape_string_warning=off"
    ) as opened:
        types = MACROS["search_argument_types"]()
        arguments = ", ".join(f"{name} {kind}" for name, kind in types.items())
        opened.execute(
            f"create or replace function asked({arguments}) returns table ({arguments})"
            f" language sql as $$ select {', '.join(f'asked.{name}' for name in types)} $$"
        )
        yield opened


def row_of(connection: psycopg.Connection, values: dict) -> dict:
    """Return the request that the server makes of validated vars."""
    cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
    rows = cursor.execute(f"select * from asked({MACROS['search_arguments'](values)})").fetchall()
    assert len(rows) == 1
    return rows[0]


def request_for(given: dict) -> tuple[dict | None, str]:
    """Return the validated vars and no message, or none and the refusal."""
    try:
        return MACROS["validated_vars"]({**dict.fromkeys(NAMES), **given}, MACROS["refuse"]), ""
    except Refused as refused:
        return None, str(refused)


def steers(message: str) -> bool:
    """Tell whether a message holds what moves a cursor or turns the direction of writing."""
    return any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in message)


@NO_LIMIT
@given(texts=some.lists(TEXT, min_size=1, max_size=20))
def test_the_server_gives_back_exactly_the_text(connection, texts: list[str]) -> None:
    array, first = MACROS["sql_text_array"](texts), MACROS["sql_text"](texts[0])
    assert connection.execute(f"select {array}, {first}").fetchone() == (texts, texts[0])


def test_every_hostile_text_comes_back(connection) -> None:
    array = MACROS["sql_text_array"](hostile.ALL)
    assert connection.execute(f"select {array}").fetchone()[0] == hostile.ALL


@pytest.mark.parametrize("group", hostile.GROUPS)
def test_hostile_texts_are_a_request_as_they_are(connection, group: str) -> None:
    for text in hostile.GROUPS[group]:
        names = {f"search_{name}": text for name in ("terms", *hostile.TEXTS)}
        checked, refusal = request_for(names)
        if text.strip():
            row = row_of(connection, checked)
            assert row["search_terms"] == text
            assert row["brands"] == row["countries"] == [text]
        else:
            assert "blank text" in refusal


@pytest.mark.parametrize("name", hostile.OTHERS)
def test_hostile_texts_are_refused_where_no_text_is_taken(connection, name: str) -> None:
    var, refusals = f"search_{name}", 0
    for text in hostile.ALL:
        checked, refusal = request_for({var: text})
        if checked:  # a few are dates or names by chance
            row = row_of(connection, checked)
            assert text in (checked["search_name"], str(row["from_date"]), str(row["to_date"]))
            assert re.fullmatch("[a-z][a-z0-9_]*|2022-01-31", text)
        else:
            refusals += 1
            assert f"'{var}'" in refusal
            assert not steers(refusal)
    assert refusals >= 0.9 * len(hostile.ALL)


@pytest.mark.parametrize("text", hostile.UNFIT, ids=range(len(hostile.UNFIT)))
def test_unfit_texts_are_refused_everywhere(text: str) -> None:
    for name in NAMES:
        _, refusal = request_for({name: [text] if name == "search_terms" else text})
        assert f"'{name}'" in refusal
        assert len(refusal) < 600
        assert not steers(refusal)


@NO_LIMIT
@given(given_vars=some.dictionaries(some.sampled_from(NAMES), ANYTHING, max_size=5))
def test_anything_is_a_request_or_a_refusal(connection, given_vars: dict) -> None:
    checked, refusal = request_for(given_vars)
    if not checked:
        assert re.match(r"The var 'search_\w+' must", refusal)
        assert "for example" in refusal.lower()
        return
    row = row_of(connection, checked)
    for var, column in {"search_brand": "brands", "search_size": "sizes"}.items():
        value = given_vars.get(var)
        assert row[column] == ([value] if isinstance(value, str) else value)
    assert checked["search_name"] == given_vars.get("search_name")
    assert row["sort_by"] == (given_vars.get("search_sort") or "relevance")


@NO_LIMIT
@given(amount=some.floats(0, 1e9) | some.integers(0, 10**9), day=some.dates())
def test_numbers_and_days_keep_their_value(connection, amount: float, day: datetime.date) -> None:
    checked, _ = request_for({"search_max_price": amount, "search_from": day, "search_limit": 7})
    row = row_of(connection, checked)
    assert row["max_price"] == Decimal(str(amount))
    assert row["from_date"] == day
    assert row["result_limit"] == 7
