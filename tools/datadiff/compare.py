"""The rows of one relation in both versions, compared by its key in one pass in PostgreSQL."""

from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.sql import SQL, Composable, Identifier, Literal

# when a build wrote the row: the one column that differs although nothing has changed
BUILD_TIME = "built_at"
EXAMPLES = 3


@dataclass
class Difference:
    """What differs in one relation.

    Attributes:
        rows: how many rows the base and the checkout have.
        added, removed, changed: how many keys are new, gone, or have another value somewhere.
        columns: how many rows differ, by column.
        types: a column to its type before and after; None where it is not there.
        examples: rows of text, the first of them headings, by what they show.
        key: the columns that identify a row; none if the relation names no key.
    """

    key: list[str]
    rows: tuple[int, int] = (0, 0)
    added: int = 0
    removed: int = 0
    changed: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    types: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    examples: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.types)


def key_of(unique_id: str, manifest: dict[str, Any]) -> list[str]:
    """Return the columns that a model's constraints or tests say are its key.

    Args:
        unique_id: of the model.
        manifest: dbt's manifest of the version.
    """
    node = manifest["nodes"][unique_id]
    for constraint in node.get("constraints", []):
        if constraint["type"] == "primary_key" and constraint.get("columns"):
            return list(constraint["columns"])
    for name, column in node["columns"].items():
        if any(one["type"] == "primary_key" for one in column.get("constraints", [])):
            return [name]
    wide: list[str] = []
    for test in manifest["nodes"].values():
        about = test.get("test_metadata")
        if not about or test.get("attached_node") != unique_id or test["config"].get("where"):
            continue
        if about["name"] == "unique":
            return [test["column_name"]]
        if about["name"] == "unique_combination_of_columns":
            wide = wide or about["kwargs"]["combination_of_columns"]
    return wide


def columns_of(connection: psycopg.Connection, relation: tuple[str, str]) -> dict[str, str]:
    """Return the type of each column of a relation, in its order; empty if there is none."""
    rows = connection.execute(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute"
        " where attrelid = to_regclass(format('%%I.%%I', %s::text, %s::text))"
        " and attnum > 0 and not attisdropped order by attnum",
        relation,
    )
    return dict(rows.fetchall())


def compare(
    connection: psycopg.Connection,
    base: tuple[str, str],
    head: tuple[str, str],
    key: list[str],
) -> Difference:
    """Compare a relation of the base with the checkout's.

    Args:
        connection: to the warehouse.
        base: schema and name of the base's relation.
        head: schema and name of the checkout's.
        key: the columns that identify a row; without one whole rows are compared.
    """
    before, after = columns_of(connection, base), columns_of(connection, head)
    shared = [name for name in after if name in before and name != BUILD_TIME]
    result = Difference(key if set(key) <= set(shared) else [])
    result.types = {
        name: (before.get(name), after.get(name))
        for name in [*after, *(name for name in before if name not in after)]
        if before.get(name) != after.get(name)
    }
    tables: dict[str, Composable] = {"base": Identifier(*base), "head": Identifier(*head)}
    counting = SQL("select (select count(*) from {base}), (select count(*) from {head})")
    [(old_count, new_count)] = connection.execute(counting.format(**tables))
    result.rows = (old_count, new_count)
    if result.key:
        _by_key(connection, tables, shared, before, after, result)
    elif shared:
        _by_row(connection, tables, shared, result)
    return result


def _by_key(
    connection: psycopg.Connection,
    tables: dict[str, Composable],
    shared: list[str],
    before: dict[str, str],
    after: dict[str, str],
    result: Difference,
) -> None:
    """Join both by the key; count by what has become of each row, and take some to show."""
    others = [name for name in shared if name not in result.key]

    def value(side: str, name: str) -> Composable:
        plain = SQL("{}.{}").format(Identifier(side), Identifier(name))
        same = before[name] == after[name] and after[name] not in ("json", "xml", "point")
        return plain if same else SQL("{}::text").format(plain)

    differs = {
        name: SQL("{} is distinct from {}").format(value("base", name), value("head", name))
        for name in others
    }
    on = SQL(" and ").join(
        SQL("{} = {}").format(value("base", name), value("head", name)) for name in result.key
    )
    joined = SQL("{base} as base full join {head} as head on {on}").format(on=on, **tables)
    first = Identifier(result.key[0])
    added, removed = SQL("base.{} is null").format(first), SQL("head.{} is null").format(first)
    both = SQL("base.{0} is not null and head.{0} is not null").format(first)
    changed = SQL("{} and ({})").format(both, SQL(" or ").join([*differs.values(), SQL("false")]))
    counted = [added, removed, changed]
    counted += [SQL("{} and {}").format(both, one) for one in differs.values()]
    [counts] = connection.execute(
        SQL("select {} from {}").format(
            SQL(", ").join(SQL("count(*) filter (where {})").format(one) for one in counted), joined
        )
    )
    result.added, result.removed, result.changed = counts[:3]
    result.columns = {name: n for name, n in zip(differs, counts[3:], strict=True) if n}

    def show(title: str, columns: dict[str, Composable], condition: Composable) -> None:
        values = SQL(", ").join(SQL("{}::text").format(one) for one in columns.values())
        chosen = SQL("select {} from {} where {} order by 1 limit {}").format(
            values, joined, condition, Literal(EXAMPLES)
        )
        result.examples[title] = [tuple(columns), *connection.execute(chosen).fetchall()]

    keys = {
        name: SQL("coalesce({}, {})").format(value("head", name), value("base", name))
        for name in result.key
    }
    for name in result.columns:
        values = {"before": value("base", name), "after": value("head", name)}
        show(name, {**keys, **values}, SQL("{} and {}").format(both, differs[name]))
    if result.added:
        show("added", {name: value("head", name) for name in shared[:8]}, added)
    if result.removed:
        show("removed", {name: value("base", name) for name in shared[:8]}, removed)


def _by_row(
    connection: psycopg.Connection,
    tables: dict[str, Composable],
    shared: list[str],
    result: Difference,
) -> None:
    """Count the whole rows that only one of them has, and show some."""
    columns = SQL(", ").join(SQL("{}::text").format(Identifier(name)) for name in shared)
    for title, one, other in (("added", "head", "base"), ("removed", "base", "head")):
        only = SQL("select {} from {} except all select {} from {}").format(
            columns, tables[one], columns, tables[other]
        )
        [(count,)] = connection.execute(SQL("select count(*) from ({}) as rows").format(only))
        setattr(result, title, count)
        if count:
            rows = connection.execute(SQL("{} limit {}").format(only, Literal(EXAMPLES))).fetchall()
            result.examples[title] = [tuple(shared[:8]), *(row[:8] for row in rows)]
