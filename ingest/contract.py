"""The contract of the raw tables: what the dbt sources' YAML declares, read through dbt."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ingest.settings import (
    LONGEST_NAME,
    MODES,
    OF_COLUMNS,
    PERSONAL,
    POLICIES,
    READERS,
    SETTINGS,
    WRITTEN,
    refuse_unknown,
)  # fmt: skip
from ingest.spreading import declared
from warehouse import PROJECT
from warehouse.errors import UnreachableError, UsageError, UserError, did_you_mean
from warehouse.signals import ended_by_interrupts

if TYPE_CHECKING:
    from dbt.artifacts.resources.v1.components import FreshnessThreshold
    from dbt.contracts.graph.manifest import Manifest
    from dbt.contracts.graph.nodes import SourceDefinition


@dataclass(frozen=True)
class Column:
    """A declared column.

    Attributes:
        name: its name in the raw table.
        type: its PostgreSQL type, as declared.
        source_name: what the source calls it: a name, or for JSON a path.
        settings: how its values are written, where that is not the ordinary way.
        personal: what it says of a person, see `settings.PERSONAL`; empty if it says nothing. Of
            JSON in which people stand as objects: by the names of their members, what these say.
    """

    name: str
    type: str
    source_name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    personal: str | Mapping[str, str] = ""


@dataclass(frozen=True)
class Table:
    """A declared raw table and how it is loaded; the fields are the settings of the same name.

    Attributes:
        source: name of the dbt source.
        file: the YAML file that declares it, for messages.
        key: names of the columns that together are unique; may be empty for `append`.
        max_quarantined: the share of rows read, 0 to 1, above which a load fails.
        undeclared: what columns do that the data has and the contract does not: report, or fail.
        unreachable: what a source does that does not answer: fail, or warn.
        unreachable_hint: what to do then; not used where the environment says where the source is.
        options: settings that the reader alone knows.
        siblings: names of all tables of the source.
        warn_after: how old the last load may be before it counts as late.
        error_after: how old it may be before it counts as stale.
        problem: what is wrong with the declaration; such a table is not loaded, others are.
        distributed_by: the column that on a cluster tells to which node a row goes.
    """

    source: str
    name: str
    schema: str
    file: str
    columns: tuple[Column, ...]
    reader: str
    location: str
    mode: str
    key: tuple[str, ...] = ()
    cursor: str | None = None
    max_quarantined: float = 0.5
    undeclared: str = "report"
    unreachable: str = "fail"
    unreachable_hint: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    siblings: tuple[str, ...] = field(default=(), repr=False)
    warn_after: timedelta | None = None
    error_after: timedelta | None = None
    problem: str = ""
    distributed_by: str = ""

    def __str__(self) -> str:
        return f"{self.source}.{self.name}"

    def variable(self) -> str:
        """Return the environment variable that says where the source is."""
        return variable(self.source)

    def told(self, error: Exception) -> str:
        """Return an error's message; with the hint if the source did not answer."""
        hint = self.unreachable_hint if isinstance(error, UnreachableError) else ""
        return f"{str(error).strip()}\n{hint}".strip()

    def column(self, name: str) -> Column:
        """Return the declared column of that name."""
        return next(column for column in self.columns if column.name == name)

    def takes_any_text(self, column: Column) -> bool:
        """Tell whether any text is right for a column, as it is."""
        is_plain = not column.settings and "null_values" not in self.options
        return is_plain and column.type.lower() in ("text", "varchar", "character varying")

    def checked_places(self, names: list[str]) -> list[int]:
        """Return which of a source's columns are to be looked at; at least the first one."""
        free = {
            column.source_name.strip().casefold()
            for column in self.columns
            if self.takes_any_text(column)
        }
        return [i for i, name in enumerate(names) if name.strip().casefold() not in free] or [0]

    def freshness(self, age: timedelta | None) -> str:
        """Say what dbt's freshness thresholds make of a load of that age."""
        if age is None or (self.error_after and age > self.error_after):
            return "stale"
        return "late" if self.warn_after and age > self.warn_after else "fresh"

    def version(self) -> str:
        """Return a short hash of what decides how rows look: a change loads a file anew."""
        parts = ("columns", "reader", "mode", "key", "options")
        declared = {name: value for name, value in asdict(self).items() if name in parts}
        for column in declared["columns"]:
            del column["personal"]
            if not column["settings"]:
                del column["settings"]
        return hashlib.sha256(json.dumps(declared, sort_keys=True).encode()).hexdigest()[:12]


def variable(source: str) -> str:
    """Return the environment variable that takes the place of a source's declared location."""
    return f"{source.upper()}_LOCATION"


def read_tables(manifest: Manifest | None = None) -> list[Table]:
    """Return every raw table that the project's sources declare, in the order of their names.

    One whose declaration lacks something or holds an unknown setting says so as its `problem`.

    Args:
        manifest: what `parse` gave; it is called if left out.

    Raises:
        UserError: dbt cannot parse the project.
    """
    sources = (manifest or parse()).sources.values()
    nodes = [node for node in sources if "ingest" in (node.source_meta or {})]
    names: dict[str, list[str]] = {}
    for node in nodes:
        names.setdefault(node.source_name, []).append(node.name)
    tables = []
    for node in nodes:
        siblings = tuple(names[node.source_name])
        try:
            tables.append(_table(node, siblings))
        except UsageError as error:
            tables.append(_broken(node, siblings, str(error)))
    return sorted(tables, key=str)


def select(tables: list[Table], wanted: list[str]) -> list[Table]:
    """Return the tables named by `SOURCE` or `SOURCE.TABLE`; all of them if none is named.

    Raises:
        UsageError: a name is unknown; the message offers the nearest one.
    """
    known = {str(table) for table in tables} | {table.source for table in tables}
    for name in wanted:
        if name not in known:
            hint = did_you_mean(name, known, otherwise="")
            sources = ", ".join(sorted({table.source for table in tables}))
            raise UsageError(f'No source or table is called "{name}".{hint} Sources: {sources}.')
    return [table for table in tables if not wanted or {str(table), table.source} & set(wanted)]


def parse() -> Manifest:
    """Return the manifest that dbt makes of the project.

    Raises:
        UserError: dbt cannot parse it.
    """
    place = ["--project-dir", str(PROJECT)]
    if not os.environ.get("DBT_PROFILES_DIR"):
        place += ["--profiles-dir", str(PROJECT)]
    # no manifest.json: several programs may do this at once
    quiet = ["--quiet", "--log-level", "none", "--no-write-json"]
    with ended_by_interrupts():
        # importing dbt takes a second, which `--help` need not wait for
        from dbt.cli.main import dbtRunner

        result = dbtRunner().invoke([*quiet, "parse", *place])
    if not result.success:
        raise UserError(
            f"dbt cannot read the project, so no contract is known: {result.exception}\n"
            "If packages or profiles.yml are missing, run: make setup"
        )
    manifest: Manifest = result.result  # type: ignore[assignment]  # what `parse` gives
    return manifest


def _table(node: SourceDefinition, siblings: tuple[str, ...]) -> Table:
    """Return the table that a source node of dbt's manifest declares, checked."""
    name = f"{node.source_name}.{node.name}"

    def refuse(problem: str) -> UsageError:
        return UsageError(f"{node.original_file_path}: {name}: {problem}")

    settings = {**node.source_meta["ingest"], **node.config.meta.get("ingest", {})}
    # read here and not by dbt, which would write a password in it into its files
    if elsewhere := os.environ.get(variable(node.source_name)):
        settings |= {"location": elsewhere, "unreachable_hint": ""}
    for setting in ("reader", "location", "mode"):
        if not settings.get(setting):
            raise refuse(f'meta.ingest lacks "{setting}".')
    allowed = {**POLICIES, "mode": MODES, "reader": tuple(READERS)}
    for setting in allowed.keys() & settings.keys():
        if settings[setting] not in allowed[setting]:
            raise refuse(
                f'{setting} "{settings[setting]}" is not one of {", ".join(allowed[setting])}.'
            )
    own = READERS[settings["reader"]].settings | WRITTEN
    refuse_unknown("meta.ingest", settings, SETTINGS | own, refuse)
    columns = []
    for column in node.columns.values():
        if not column.data_type:
            raise refuse(f'column "{column.name}" lacks a data_type.')
        given = dict(column.config.meta.get("ingest", {}))
        refuse_unknown(f'column "{column.name}"', given, OF_COLUMNS, refuse)
        source_name = given.pop("path", None) or given.pop("name", None) or column.name
        personal = column.config.meta.get("personal", "")
        says = personal.values() if isinstance(personal, dict) else [personal]
        if unknown := set(says) - {"", *PERSONAL}:
            raise refuse(
                f'column "{column.name}": personal "{min(map(str, unknown))}" is not one of'
                f" {', '.join(PERSONAL)}."
            )
        columns.append(Column(column.name, column.data_type, source_name, given, personal))
    for known in (node.schema, node.name, *node.columns):
        if len(known.encode()) > LONGEST_NAME:
            raise refuse(
                f'the name "{known}" has {len(known.encode())} bytes, of which PostgreSQL keeps'
                f" {LONGEST_NAME}. Give it a shorter one; `meta.ingest.name` takes a column's name"
                " in the source."
            )
    if settings["reader"] == "live":
        settings["mode"] = "merge"  # changes come one by one, by key
    key = settings.pop("key", ())
    key = (key,) if isinstance(key, str) else tuple(key)
    for used in [*key, *filter(None, [settings.get("cursor")])]:
        if used not in node.columns:
            raise refuse(f'key or cursor "{used}" is not a declared column.')
    if settings["mode"] == "merge" and not key:
        raise refuse("mode merge needs a key.")
    if settings["mode"] == "append" and key:
        raise refuse("mode append keeps every row and has no key; use merge, or leave the key out.")
    share = settings.get("max_quarantined", Table.max_quarantined)
    if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 <= share <= 1:
        raise refuse(f'max_quarantined "{share}" is not a share from 0 to 1.')
    if (calendar := node.config.meta.get("calendar")) and "calendar" not in settings:
        settings["calendar"] = calendar  # of the whole project
    options = {setting: settings.pop(setting) for setting in own & settings.keys()}
    return Table(
        source=node.source_name, name=node.name, schema=node.schema, file=node.original_file_path,
        columns=tuple(columns), key=key, siblings=siblings, options=options,
        distributed_by=declared(node, settings, key, refuse),
        warn_after=_span(node.freshness, "warn_after"),
        error_after=_span(node.freshness, "error_after"), **settings,
    )  # fmt: skip


def _broken(node: SourceDefinition, siblings: tuple[str, ...], problem: str) -> Table:
    """Return a table whose declaration is wrong, by which it is known and reported."""
    return Table(
        node.source_name, node.name, node.schema, node.original_file_path, (),
        reader="csv", location="", mode="merge", siblings=siblings, problem=problem,
    )  # fmt: skip


def _span(freshness: FreshnessThreshold | None, name: str) -> timedelta | None:
    """Return one of dbt's freshness thresholds."""
    threshold = getattr(freshness, name, None)
    if not threshold or not threshold.count:
        return None
    return timedelta(**{f"{threshold.period.value}s": threshold.count})
