"""No personal value of any source is found by reading all that an analyst or a dashboard can."""

from collections.abc import Callable

import psycopg
import pytest
from access.planted import bare
from world import World

# the catalog of the server included: statistics, texts of functions and views, comments
READABLE = """
select oid::regclass::text from pg_class
where relkind in ('r', 'p', 'v', 'm', 'f') and has_any_column_privilege(oid, 'select')
    and has_schema_privilege(relnamespace, 'usage')
"""


def read(connection: psycopg.Connection) -> dict[str, str]:
    """Return all that a connection can read, by relation."""
    texts = {}
    for (relation,) in connection.execute(READABLE).fetchall():
        query = f"copy (select row_text::text from {relation} as row_text) to stdout"
        try:
            with connection.transaction(), connection.cursor().copy(query) as rows:
                texts[relation] = b"".join(rows).decode()
        except psycopg.Error:
            # views of the server that call what only superusers may
            if not relation.startswith(("pg_", "information_schema")):
                raise
    return texts


def test_the_values_are_in_the_warehouse(world: World, planted: list[str]) -> None:
    tables = world.rows(
        "select oid::regclass::text from pg_class where relkind = 'r'"
        " and relnamespace::regnamespace::text ~ '^raw_|^personal'"
    )
    texts = [
        bare(world.rows(f"select string_agg(held::text, ' ') from {table} as held")[0][0] or "")
        for (table,) in tables
    ]

    assert len(planted) == len(set(planted)) >= 40
    assert not [value for value in planted if not any(value in text for text in texts)]


@pytest.mark.parametrize("user", ["alice", "dashboard"])
def test_none_is_found(connect: Callable, planted: list[str], user: str) -> None:
    texts = {name: bare(text) for name, text in read(connect(user)).items()}

    assert {"marts.fct_order_lines", "search.search_documents", "pg_stats", "pg_proc"} <= set(texts)
    found = {name: value for name, text in texts.items() for value in planted if value in text}
    assert not found


def test_those_who_may_find_them(connect: Callable, planted: list[str]) -> None:
    """Otherwise the test above would show nothing."""
    text = bare("".join(read(connect("carol")).values()))

    assert sum(value in text for value in planted) > 20
