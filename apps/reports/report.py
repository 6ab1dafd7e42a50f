"""A report with vars of one's own: which there are, what they take, and their rows."""

import re
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import psycopg
import yaml
from psycopg import errors as pg
from psycopg.sql import SQL, Identifier, Placeholder

import warehouse
from apps.reports.macros import Refused, macros
from apps.reports.messages import as_typed
from warehouse.errors import UsageError, UserError

SCHEMA, PREFIX = "marts", "rpt_"
# a report with vars is a function beside its table, whose name begins with PREFIX
QUERY = """
    select relname, proargnames[:pronargs], obj_description(pg_proc.oid, 'pg_proc')
    from pg_proc
    inner join pg_class on %s || proname = relname and pronamespace = relnamespace
    where pronamespace = to_regnamespace(%s)
    order by relname
"""
NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
NUMBERS = {"count", "amount"}


@dataclass(frozen=True)
class Report:
    """A report, the vars that it reads in their order, and what it lists."""

    name: str
    variables: list[str]
    description: str


@dataclass(frozen=True)
class Answer:
    """The rows of a report in its order, and the value of each var that it read."""

    report: Report
    columns: list[str]
    rows: list[dict[str, Any]]
    values: dict[str, object]
    seconds: float


class Reports:
    """The reports of the warehouse that is reached when the first one is asked for."""

    def named(self, name: str) -> Report:
        """Return the report of that name.

        Raises:
            UsageError: there is none; the message has the nearest name.
            UserError: the warehouse does not answer, or has no reports.
        """
        known = self.all()
        if name not in known:
            if name.startswith(PREFIX) and self._is_table(name):
                raise UsageError(
                    f"The report {name} takes no variables, so it is not shown here. Read its"
                    f" table: dbt show --inline 'select * from {SCHEMA}.{name}' --limit 10"
                )
            raise UsageError(
                f"There is no report '{self._macros['printable_text'](name)}'. Did you mean"
                f" '{self._macros['nearest_name'](name, list(known))}'?"
                f" There are: {', '.join(known)}."
            )
        return known[name]

    def _is_table(self, name: str) -> bool:
        """Return whether there is a relation of that name."""
        place = Identifier(SCHEMA, name).as_string()
        with warehouse.connect() as connection:
            row = connection.execute("select to_regclass(%s) is not null", [place]).fetchone()
        return bool(row and row[0])

    def all(self) -> dict[str, Report]:
        """Return the reports by name."""
        with warehouse.connect() as connection:
            rows = connection.execute(QUERY, [PREFIX, SCHEMA]).fetchall()
        if not rows:
            raise UserError(
                "The warehouse has no reports with vars yet. Make them: dbt build, or make build;"
                " in a new checkout: make demo"
            )
        return {name: Report(name, variables, text or "") for name, variables, text in rows}

    def ask(self, report: Report, given: dict[str, str]) -> Answer:
        """Check the vars as plain dbt does, and return the report's rows.

        Args:
            report: one of `all`.
            given: what was typed, by the name of the var.

        Raises:
            UsageError: a var is wrong, or is not one of the report's.
            UserError: the warehouse does not answer.
        """
        started = time.monotonic()
        values = self.checked(report, given)
        arguments = (SQL("{} => {}").format(Identifier(one), Placeholder(one)) for one in values)
        query = SQL("select * from {}({})").format(
            Identifier(SCHEMA, report.name.removeprefix(PREFIX)), SQL(", ").join(arguments)
        )
        with warehouse.connect() as connection:
            connection.read_only = True
            try:
                cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
                rows = cursor.execute(query, values).fetchall()
            except (pg.UndefinedTable, pg.UndefinedFunction, pg.InsufficientPrivilege) as error:
                raise UserError(
                    f"Could not read {report.name}: {error.diag.message_primary}. Build it and what"
                    f" it reads: dbt build --select +{report.name}; for rights see docs/access.md"
                ) from None
        columns = [column.name for column in cursor.description or ()]
        return Answer(report, columns, rows, values, time.monotonic() - started)

    def checked(self, report: Report, given: dict[str, str]) -> dict[str, object]:
        """Return the value of each var of a report; see `ask`."""
        refuse = self._macros["refuse"]
        try:
            self._macros["validated_read_vars"](given, report.variables, report.name, refuse)
            values = {
                name: self._typed(name, given[name]) if name in given else self.defaults[name]
                for name in report.variables
            }
            checked: dict[str, object] = self._macros["validated_vars"](values, refuse)
        except Refused as refused:
            raise UsageError(as_typed(str(refused))) from None
        return checked

    def rule(self, name: str) -> tuple[str, str]:
        """Return what a var means, and what it must be."""
        rule = self.rules[name]
        return rule["means"], self._macros["described_rule"](rule)

    @cached_property
    def rules(self) -> dict[str, dict[str, Any]]:
        """The rule of each var, by its name."""
        rules: dict[str, dict[str, Any]] = self._macros["var_rules"]()
        return rules

    @cached_property
    def defaults(self) -> dict[str, object]:
        """The value of each var that is not given."""
        project = yaml.safe_load((warehouse.PROJECT / "dbt_project.yml").read_text())
        declared: dict[str, object] = project["vars"]
        return declared

    @cached_property
    def _macros(self) -> dict[str, Any]:
        return macros()

    def _typed(self, name: str, text: str) -> object:
        """Return a number where one is meant and given, otherwise the text."""
        if self.rules[name]["kind"] in NUMBERS and NUMBER.fullmatch(text):
            return float(text) if "." in text else int(text)
        return text
