"""A new mart: a model that sums up one of the shared marts, with its contract, tests and owner."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dbt.contracts.graph.nodes import GenericTestNode, ModelNode

from tools.fork.names import SHORT
from tools.fork.templates import rendered
from warehouse import PROJECT
from warehouse.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

MART = re.compile(r"(dim|fct|rpt)_[a-z][a-z_]*")
# the contract's order of columns: texts, numbers, booleans, dates, timestamps; keys stand first
ORDER = ("text", "bigint", "integer", "pg_catalog.numeric", "boolean", "date", "timestamptz")
SUMS = {"integer": "bigint", "bigint": "bigint", "pg_catalog.numeric": "pg_catalog.numeric"}


@dataclass(frozen=True)
class Described:
    """A column of the new mart."""

    name: str
    data_type: str
    description: str
    is_filled: bool
    refers_to: tuple[str, str] | None = None


def scaffold(
    manifest: Manifest, team: str, name: str, upstream: str, by: list[str], sums: list[str],
    has_period: bool,
) -> list[Path]:  # fmt: skip
    """Write a mart that has a row for each combination of some columns; return the files written.

    Args:
        manifest: of dbt.
        team: the group that owns it, and the folder in models/marts; made if it is not there.
        name: of the model, such as `rpt_returns_by_store`.
        upstream: the mart that it reads.
        by: the columns of that mart that are its key.
        sums: numbers of that mart that are added up.
        has_period: whether it takes the vars start_date and end_date, by the first date in `by`.

    Raises:
        UsageError: a name cannot be used or is taken; says what can be.
    """
    models = {node.name: node for node in manifest.nodes.values() if isinstance(node, ModelNode)}
    if not SHORT.fullmatch(team):
        raise UsageError(f'"{team}" cannot be a team\'s name: small letters and underscores only.')
    if not MART.fullmatch(name) or name in models:
        why = "is there already" if name in models else "is not called dim_, fct_ or rpt_…"
        raise UsageError(f"The model {name} {why}. Choose another name.")
    read = _upstream(models, upstream)
    key = [_column(read, one, "--by") for one in by]
    if not key:
        raise UsageError("Name at least one column that tells the rows apart: --by channel")
    numbers = [_column(read, one, "--sum") for one in sums]
    for column in numbers:
        if read.columns[column].data_type not in SUMS:
            raise UsageError(f"--sum {column}: it is {read.columns[column].data_type}, no number.")
    for column in key:
        if not _is_filled(read, column):
            raise UsageError(
                f"--by {column}: it can be empty in {upstream}, and a key cannot. Take another, or"
                f" write the model by hand with coalesce({column}, …)."
            )
    dates = [column for column in key if read.columns[column].data_type == "date"]
    if has_period and not name.startswith("rpt_"):
        raise UsageError("--period makes a report, so the name begins with rpt_.")
    if has_period and not dates:
        raise UsageError("--period needs a date among the columns of --by, such as order_date.")
    folder = PROJECT / "models" / "marts" / team
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    described = [_described(manifest, read, column) for column in key]
    summed = [_described(manifest, read, column, is_summed=True) for column in numbers]
    days = [one for one in described if one.data_type in ("date", "timestamptz")]
    texts = [one for one in described if one not in days]
    texts.sort(key=lambda one: ORDER.index(one.data_type))
    count = Described("row_count", "bigint", f"Rows of {upstream}.", True)
    totals = {
        one.name: f"cast(sum({one.name}) as bigint)" if one.data_type == "bigint"
        else f"sum({one.name})" for one in summed
    }  # fmt: skip
    shared = {
        "expressions": [
            *(one.name for one in texts), "cast(count(*) as bigint) as row_count",
            *(f"{total} as {one}" for one, total in totals.items()), *(one.name for one in days),
        ],
        "name": name, "upstream": upstream, "entity": upstream.split("_", 1)[1], "texts": texts,
        "days": days, "columns": [*texts, count, *summed, *days],
        "period": dates[0] if has_period else None, "group": team if is_new else None,
    }  # fmt: skip
    written = {
        folder / f"{name}.sql": rendered("mart.sql", **shared),
        folder / f"_{team}__{name.split('_', 1)[1]}.yml": rendered("mart.yml", **shared),
    }
    groups = PROJECT / "models" / "_groups.yml"
    if is_new and team not in {group.name for group in manifest.groups.values()}:
        title, host = team.replace("_", " ").capitalize(), team.replace("_", "-")
        written[groups] = groups.read_text() + (
            f'  - name: {team}\n    description: ""  # what the team owns\n'
            f"    owner: {{name: {title}, email: {host}@example.com}}\n"
        )
    for path, text in written.items():
        path.write_text(text, encoding="utf-8")
    return list(written)


def _described(
    manifest: Manifest, read: ModelNode, column: str, is_summed: bool = False
) -> Described:
    """Return what the contract of the mart that is read says of a column."""
    found = read.columns[column]
    if is_summed:
        return Described(column, SUMS[str(found.data_type)], f"Sum. {found.description}", False)
    refers_to = None
    for node in manifest.nodes.values():
        if isinstance(node, GenericTestNode) and node.attached_node == read.unique_id:
            told = node.test_metadata
            if node.column_name == column and told.name == "relationships":
                refers_to = told.kwargs["to"], told.kwargs["field"]
    return Described(column, str(found.data_type), found.description, True, refers_to)


def _upstream(models: dict[str, ModelNode], name: str) -> ModelNode:
    """Return a mart by its name."""
    marts = {one: node for one, node in models.items() if node.fqn[1] == "marts"}
    if name in marts:
        return marts[name]
    if name in models:
        raise UsageError(
            f"A mart may read marts only, and {name} is {models[name].fqn[1]}. What it has that no"
            " mart has belongs into a mart in models/marts/core first; CONTRIBUTING.md says how."
        )
    raise UsageError(f'There is no mart "{name}".{did_you_mean(name, marts)}')


def _column(read: ModelNode, name: str, option: str) -> str:
    """Return a column of a mart that can be used."""
    if name not in read.columns:
        raise UsageError(
            f"{option} {name}: {read.name} has no such column.{did_you_mean(name, read.columns)}"
        )
    if read.columns[name].data_type not in ORDER:
        raise UsageError(
            f"{option} {name}: {read.columns[name].data_type} is no kind for a report."
        )
    return name


def _is_filled(read: ModelNode, column: str) -> bool:
    """Tell whether a mart's contract says that a column is never empty."""
    kinds = {constraint.type.value for constraint in read.columns[column].constraints}
    keys = [one.columns for one in read.constraints if one.type.value == "primary_key"]
    return "not_null" in kinds or any(column in columns for columns in keys)
