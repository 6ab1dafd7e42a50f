"""The project's own search, its models and macros, on listings that a benchmark makes up."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg
from dbt.cli.main import dbtRunner

from tools.benchmarks.common import HERE

# tables that stand in for what the listings are made of
SETUP = """
    create schema search;
    create table search.search_current_listings (
        listing_key bigint, product_id text, title text, description text,
        category text, brand text, size text, colour text, condition text,
        listing_status text, currency_code text, channels text[], country_codes text[],
        price numeric, listed_date date, item_listing_count bigint,
        -- each listing an item of its own
        item_key bigint generated always as (listing_key) stored
    );
    create schema marts;
    create table marts.fct_listing_lifecycle (
        product_id text primary key, canonical_product_id text, product_key uuid,
        sale_price numeric, sale_count bigint, observed_days integer, days_to_sell integer,
        is_sold boolean, first_sold_at timestamptz, last_sold_at timestamptz
    );
    create table search.requests (
        search_name text, search_terms text, search_mode text default 'auto',
        categories text[], brands text[], sizes text[], colours text[], conditions text[],
        channels text[], countries text[], min_price numeric, max_price numeric,
        from_date date, to_date date, sort_by text default 'relevance',
        result_limit integer, fold boolean default true
    );
"""
INDEX = ("search_edit_distance", "search_documents", "search_postings", "search_vocabulary",
         "search_trigrams", "search_field_lengths", "search_synonym_terms", "search_ranking",
         "search_listings")  # fmt: skip
ARGUMENTS = (
    "search_terms", "search_mode", "categories", "brands", "sizes", "colours", "conditions",
    "channels", "countries", "min_price", "max_price", "from_date", "to_date", "sort_by",
    "result_limit", "fold",
)  # fmt: skip
# the listings that the rows of `search.requests` ask for, one request after the other
FOUND = f"""
    select asked.search_name, found.*
    from search.requests as asked
    cross join lateral search.search_ranking(
        {", ".join(f"asked.{name}" for name in ARGUMENTS)}
    ) as found
"""


class Engine:
    """A search of its own, in the server that the PG* variables choose."""

    def __init__(self, folder: Path) -> None:
        """Parse the project; what dbt writes goes to a folder."""
        (folder / "profiles.yml").write_text((HERE.parents[1] / "profiles.yml.example").read_text())
        places = {"project-dir": HERE.parents[1], "profiles-dir": folder, "target-path": folder}
        self._places = [text for name, path in places.items() for text in (f"--{name}", str(path))]
        self._manifest: Any = None
        self._manifest = self._dbt("parse")

    def _dbt(self, *arguments: str) -> Any:
        quiet = ("--log-level", "none", "--log-level-file", "none")
        outcome = dbtRunner(self._manifest).invoke([*quiet, *arguments, *self._places])
        if not outcome.success:
            results: Any = outcome.result or ()
            errors = [one.message for one in results if one.status == "error"]
            raise SystemExit(f"dbt {arguments[0]} failed: {outcome.exception or errors}")
        return outcome.result

    def fill(self, columns: str, listings: Iterable[tuple[Any, ...]]) -> None:
        """Make the tables that the index reads, and copy listings into them."""
        copy = f"copy search.search_current_listings ({columns}) from stdin"
        with psycopg.connect(autocommit=True) as connection:
            connection.execute(SETUP)
            with connection.cursor().copy(copy) as rows:
                for listing in listings:
                    rows.write_row(listing)
            connection.execute(
                "insert into marts.fct_listing_lifecycle (product_id, product_key, sale_count)"
                " select product_id, cast(md5(product_id) as uuid), 0"
                " from search.search_current_listings"
            )
            connection.execute(
                "vacuum analyze search.search_current_listings, marts.fct_listing_lifecycle"
            )
        self._dbt("seed", "--select", "search_fields", "search_synonyms")

    def build(self, *names: str, full_refresh: bool = False) -> float:
        """Build models of the index, or all of it; return the seconds of their statements."""
        done = self._dbt(
            "build", *["--full-refresh"] * full_refresh, "--select", *(names or INDEX),
            "--exclude", "resource_type:test", "resource_type:unit_test",
        )  # fmt: skip
        return float(sum(one.execution_time for one in done))

    def compiled(self, template: str) -> str:
        """Return the SQL that dbt makes of a query with macros in it."""
        return str(self._dbt("compile", "--inline", template)[0].node.compiled_code)
