"""A small world whose listings can be searched, and the ways to it in this process."""

import gc
from collections.abc import Iterator

import psycopg
import pytest
from search.plain import Plain
from world import World

from apps.search.runner import Searcher


@pytest.fixture(scope="session")
def world(_the_world: World) -> World:
    """A small world, loaded; search, reports with vars, and all that they read are built."""
    fresh = _the_world
    fresh.clear()
    fresh.demo("create", "--lines", "900", "--seed", "5")
    fresh.load()
    fresh.dbt(
        "build", "--select", "+tag:search", "resource_type:function",
        "+rpt_top_products", "+rpt_sales_per_user", "+rpt_users_since",
        "--exclude", "resource_type:test", "resource_type:unit_test",
    )  # fmt: skip
    return fresh


@pytest.fixture(scope="module")
def searcher(world: World) -> Iterator[Searcher]:
    """The quick way, in this process, so that hundreds of searches take minutes."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in world.environment.items():
            patch.setenv(name, value)
        patch.delenv("DBT_TARGET", raising=False)
        yield Searcher()


@pytest.fixture(scope="module")
def plain(world: World, searcher: Searcher) -> Plain:
    """Plain dbt, in the environment of `searcher`."""
    made = Plain(world.folder / "plain")
    # else looking for garbage in what dbt holds takes longer than most searches
    gc.collect()
    gc.freeze()
    return made


@pytest.fixture(scope="module")
def unchanged(world: World) -> Iterator[None]:
    """Fail if anything in the database but the results of searches is another afterwards."""
    before = digest(world.connection)
    yield
    assert digest(world.connection) == before


def digest(connection: psycopg.Connection) -> dict[str, object]:
    """Return a checksum of the rows of every table outside of the schema search, and what there is.

    Of search, the result relations and the list of searches are left out, which a search writes.
    """
    found: dict[str, object] = {}
    relations = connection.execute(
        "select pg_namespace.nspname, relname, relkind from pg_class"
        " inner join pg_namespace on pg_namespace.oid = relnamespace"
        " where nspname !~ '^(pg_|information_schema)' and relkind in ('r', 'v', 'm', 'S')"
        " and not (nspname = 'search' and relname ~ '^search(_results|_summary|_facets|es$)')"
        " order by 1, 2"
    ).fetchall()
    for schema, name, kind in relations:
        rows = "count(*), md5(string_agg(md5(relation::text), '' order by md5(relation::text)))"
        query = f'select {rows} from "{schema}"."{name}" as relation'
        found[f"{schema}.{name}"] = kind if kind != "r" else connection.execute(query).fetchone()
    for what, query in {
        "functions": "select count(*), md5(string_agg(prosrc, '' order by oid)) from pg_proc",
        "roles": "select md5(string_agg(rolname, '' order by rolname)) from pg_roles",
        "databases": "select md5(string_agg(datname, '' order by datname)) from pg_database",
        "schemas": "select md5(string_agg(nspname, '' order by nspname)) from pg_namespace"
        " where nspname !~ '^pg_t'",
    }.items():
        found[what] = connection.execute(query).fetchone()
    return found
