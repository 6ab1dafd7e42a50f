"""Search by the warehouse's SQL functions, and keep the results where dbt keeps them."""

import time
from functools import cached_property
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.sql import SQL, Composable, Identifier, Placeholder

import warehouse
from apps.reports.macros import Refused, macros
from apps.search import places
from apps.search.found import Found, Row
from apps.search.messages import NOT_BUILT, short
from apps.search.refusals import LONGEST_WAIT, explained
from warehouse.errors import UsageError, UserError

# two of dbt's models: the function behind each, and what of the search stands before its columns
MODELS = {
    "search_results": ("search_listings", ["search_name"]),
    "search_summary": ("search_listing_summary", ["search_name", "search_terms", "search_mode"]),
}
COLUMNS = """
    select array(
        select name from unnest(proargnames, proargmodes) with ordinality as of (name, mode, place)
        where mode = 't' order by place
    )
    from pg_proc where oid = to_regproc(%s)
"""
READERS = """
    select distinct pg_get_userbyid(grantee) from pg_class cross join lateral aclexplode(relacl)
    where pg_class.oid = to_regclass(%s) and grantee not in (0, relowner)
    and privilege_type = 'SELECT'
"""


class Searcher:
    """Searches one after the other, over a connection for each."""

    def find(self, given: dict[str, object]) -> Found:
        """Search, and return what was found, which is left in the warehouse, too.

        Args:
            given: the vars, by their full names; they are checked by the project's macros.

        Raises:
            UsageError: a var is wrong.
            UserError: the warehouse or the index is not ready.
        """
        started = time.monotonic()
        checked = self._checked(given)
        with explained(), warehouse.connect() as connection, connection.transaction():
            connection.execute(SQL("set local lock_timeout = {}").format(LONGEST_WAIT))
            columns, rows = self._fill(connection, "search_results", checked)
            _, [summary] = self._fill(connection, "search_summary", checked)
        rows.sort(key=lambda row: row["search_rank"])
        return Found(columns, rows, summary, time.monotonic() - started)

    def prepare(self) -> None:
        """Reach the warehouse.

        Raises:
            UserError: it does not answer.
        """
        warehouse.connect().close()

    @property
    def index_schema(self) -> str:
        """The schema of the search's functions and index."""
        return self._schemas[0]

    @property
    def results_schema(self) -> str:
        """The schema of the results: an analyst's own, or that of the index."""
        return self._schemas[1]

    @cached_property
    def _schemas(self) -> tuple[str, str]:
        return places.schemas()

    @cached_property
    def _macros(self) -> dict[str, Any]:
        return macros()

    def _checked(self, given: dict[str, object]) -> dict[str, Any]:
        """Return the value of each var, none if it is not given."""
        names, refuse = self._macros["search_var_rules"](), self._macros["refuse"]
        try:
            self._macros["validated_var_names"](given, list(names), refuse)
            checked: dict[str, Any] = self._macros["validated_vars"](
                {**dict.fromkeys(names), **given}, refuse
            )
        except Refused as refused:
            raise UsageError(short(str(refused))) from None
        return checked

    def _fill(
        self, connection: psycopg.Connection, model: str, checked: dict[str, Any]
    ) -> tuple[list[str], list[Row]]:
        """Write what a function finds into the relation of a model; return its columns and rows."""
        name, own = MODELS[model]
        function = Identifier(self.index_schema, name)
        found = connection.execute(COLUMNS, [function.as_string()]).fetchone()
        if found is None:
            raise UserError(NOT_BUILT)
        columns = SQL(", ").join(map(Identifier, found[0]))
        relation = self._relation(connection, model, checked["search_name"])
        types = self._macros["search_argument_types"]()
        values = {**checked, **self._macros["search_argument_values"](checked)}
        arguments = SQL(", ").join(
            SQL("{} => cast({} as {})").format(
                Identifier(argument), Placeholder(argument), SQL(data_type)
            )
            for argument, data_type in types.items()
        )
        connection.execute(SQL("delete from {}").format(relation))
        cursor = connection.cursor(row_factory=dict_row).execute(
            SQL(
                "insert into {} ({}, {}) select {}, {} from {}({}) returning *"
            ).format(
                relation, SQL(", ").join(map(Identifier, own)), columns,
                SQL(", ").join(map(Placeholder, own)), columns, function, arguments,
            ),
            values,
        )  # fmt: skip
        return [column.name for column in cursor.description or ()], cursor.fetchall()

    def _relation(self, connection: psycopg.Connection, model: str, name: str | None) -> Composable:
        """Return the relation of a search's results, which is locked, and made if it is missing."""
        where = (self.results_schema, f"{model}__{name}" if name else model)
        made = Identifier(*where)
        # as a search by plain dbt does; see dbt_project.yml
        place = ".".join(f'"{part}"' for part in (connection.info.dbname, *where))
        connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [place])
        template = Identifier(self.index_schema, model)
        [is_there] = connection.execute(
            "select to_regclass(%s) is not null", [made.as_string()]
        ).fetchone() or [False]
        if not is_there:
            connection.execute(
                SQL("create table {} (like {} including all)").format(made, template)
            )
            if self.results_schema == self.index_schema:
                for (reader,) in connection.execute(READERS, [template.as_string()]).fetchall():
                    connection.execute(
                        SQL("grant select on {} to {}").format(made, Identifier(reader))
                    )
        return made
