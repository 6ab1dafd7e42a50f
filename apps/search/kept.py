"""The searches that an analyst made lately, and those that were saved under a name.

They stand in the table `searches`, in the schema that the results are in: an analyst's own, or
`search`.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import dict_row
from psycopg.sql import SQL, Composable, Identifier
from psycopg.types.json import Jsonb

import warehouse
from apps.search.found import Found, News
from apps.search.refusals import explained
from apps.search.request import from_line
from warehouse.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from apps.search.runner import Searcher

# how many searches without a name are kept
RECENT = 50
# what the quick way takes besides vars
SAVE, SAVED, FORGET = "search_save", "search_saved", "search_forget"
# as the project's macros say of the var search_name
NAME = re.compile(r"[a-z](?!.*__)[a-z0-9_]{0,30}")
CREATE = """
    create table if not exists {} (
        search_name text unique,
        vars jsonb not null,
        found_count bigint not null,
        indexed_until timestamptz not null,
        searched_by text not null default session_user,
        searched_at timestamptz not null default clock_timestamp()
    )
"""


@dataclass(frozen=True)
class Search:
    """A search that was made: its name, if it was saved, and its vars."""

    search_name: str | None
    vars: dict[str, object]
    found_count: int
    searched_by: str
    searched_at: datetime


def find(searcher: "Searcher", given: dict[str, object]) -> Found:
    """Search as `Searcher.find` does; save the search, or run a saved one, if that is asked for.

    Args:
        searcher: what searches.
        given: vars by their full names, and `search_save` or `search_saved`.

    Raises:
        UsageError: a name is none, or no search has it.
        UserError: see `Searcher.find`.
    """
    asked = {key: value for key, value in given.items() if key not in (SAVE, SAVED)}
    name = next((_name(key, given[key]) for key in (SAVE, SAVED) if key in given), None)
    if SAVED in given and len(given) > 1:
        others = ", ".join(sorted(key.removeprefix("search_") for key in given if key != SAVED))
        raise UsageError(
            f"saved= runs a search as it was saved; found also: {others}. Leave that out, or save"
            f" another search: save={name}"
        )
    with _table(searcher) as (connection, table):
        index = Identifier(searcher.index_schema, "search_documents")
        before = _saved(connection, table, name) if name and SAVED in given else None
        asked = before["vars"] if before else asked
        [state] = connection.execute(
            SQL("select coalesce(max(indexed_at), to_timestamp(0)) as until from {}").format(index)
        )
        found = searcher.find(asked)
        if before:
            found = replace(found, news=_news(connection, index, before, found))
        connection.execute(
            SQL(
                "insert into {} (search_name, vars, found_count, indexed_until)"
                " values (%s, %s, %s, %s) on conflict (search_name) do update set"
                " (vars, found_count, indexed_until, searched_by, searched_at) = (excluded.vars,"
                " excluded.found_count, excluded.indexed_until, excluded.searched_by,"
                " excluded.searched_at)"
            ).format(table),
            [name, Jsonb(asked), found.summary["found_count"], state["until"]],
        )
        connection.execute(
            SQL(
                "delete from {0} where search_name is null and searched_by = session_user"
                " and searched_at < (select searched_at from {0} where search_name is null"
                " and searched_by = session_user order by searched_at desc limit 1 offset {1})"
            ).format(table, RECENT - 1)
        )
    return found


def forget(searcher: "Searcher", given: dict[str, object]) -> str:
    """Remove a saved search; return its name.

    Raises:
        UsageError: there is none of this name, or more than a name is given.
    """
    name = _name(FORGET, given[FORGET])
    if len(given) > 1:
        raise UsageError(f"forget= takes a name alone. Write: forget={name}")
    with _table(searcher) as (connection, table):
        _saved(connection, table, name)
        connection.execute(SQL("delete from {} where search_name = %s").format(table), [name])
    return name


def searches(searcher: "Searcher", are_saved: bool) -> list[Search]:
    """Return the saved searches by name, or one's own without a name, the latest first."""
    with _table(searcher) as (connection, table):
        rows = connection.execute(
            SQL(
                "select search_name, vars, found_count, searched_by, searched_at from {}"
                " where (search_name is not null) = %s"
                " and (search_name is not null or searched_by = session_user)"
                " order by search_name, searched_at desc"
            ).format(table),
            [are_saved],
        ).fetchall()
    return [Search(**row) for row in rows]


def as_typed(given: dict[str, object]) -> str:
    """Return vars as a line of the prompt that asks for the same."""
    parts = []
    for name, value in given.items():
        values = [str(one) for one in value] if isinstance(value, list) else [str(value)]
        if name != "search_terms":
            parts.append(_pair(name.removeprefix("search_"), "|".join(values)))
        elif from_line(values[0]) == {name: values[0]}:
            parts += [values[0], *(_pair("q", one) for one in values[1:])]
        else:
            parts += [_pair("q", one) for one in values]
    return " ".join(parts)


def _pair(name: str, text: str) -> str:
    return f'{name}="{text}"' if re.search(r"\s", text) else f"{name}={text}"


@contextmanager
def _table(searcher: "Searcher") -> Iterator[tuple[psycopg.Connection[dict[str, Any]], Composable]]:
    """Give a connection and the table of searches, which is made if it is missing."""
    table = Identifier(searcher.results_schema, "searches")
    with warehouse.connect() as opened:
        opened.autocommit = True
        connection: psycopg.Connection[Any] = opened
        connection.row_factory = dict_row
        with explained():
            [found] = connection.execute("select to_regclass(%s) as name", [table.as_string()])
            if found["name"] is None:
                with connection.transaction():
                    # two at once would both make it
                    connection.execute(
                        "select pg_advisory_xact_lock(hashtext(%s))", [table.as_string()]
                    )
                    connection.execute(SQL(CREATE).format(table))
            yield connection, table


def _saved(connection: psycopg.Connection[Any], table: Composable, name: str) -> dict[str, Any]:
    """Return the row of a saved search."""
    rows = connection.execute(
        SQL("select * from {} where search_name is not null").format(table)
    ).fetchall()
    for row in rows:
        if row["search_name"] == name:
            return dict(row)
    known = [row["search_name"] for row in rows]
    hint = did_you_mean(name, known) if known else " None is saved yet."
    raise UsageError(f'No saved search is called "{name}".{hint} Save one: save={name}')


def _news(
    connection: psycopg.Connection[Any], index: Composable, before: dict[str, Any], found: Found
) -> News:
    """Return which of the listings shown came into the index since somebody looked."""
    rows = connection.execute(
        # of a listing that changed, earlier versions are in the index, too
        SQL(
            "select product_id from {} where product_id = any (%s) group by product_id"
            " having min(indexed_at) > %s"
        ).format(index),
        [[row["product_id"] for row in found.rows], before["indexed_until"]],
    ).fetchall()
    new = {row["product_id"] for row in rows}
    shown = (row["product_id"] for row in found.rows)
    return News(before["searched_at"], [product for product in shown if product in new])


def _name(key: str, value: object) -> str:
    """Return the name of a saved search.

    Raises:
        UsageError: it is none.
    """
    if isinstance(value, str) and NAME.fullmatch(value):
        return value
    wish = key.removeprefix("search_")
    raise UsageError(
        f"'{wish}' must be a name of 1 to 31 small letters, digits and single underscores,"
        f' beginning with a letter; found "{value}". Write, for example: {wish}=summer_denim'
    )
