"""What a source is part of: what goes with it, what has to be changed, and what speaks of it."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dbt.contracts.graph.nodes import ModelNode, SnapshotNode

from warehouse import PROJECT
from warehouse.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

# what a source, or a model made of it, can be read by
KINDS = ("model", "snapshot")
# folders and files that dbt reads, and those of tests
BUILT = ("models/", "seeds/", "snapshots/", "macros/", "functions/", "analyses/", "dbt_project.yml")
TESTED = ("tests/", "tools/benchmarks/")


@dataclass
class Uses:
    """Where a source is used.

    Attributes:
        gone: models and snapshots that are made of this source alone, with their files.
        emptied: files of models whose rows come from this source alone, though they look up others.
        changed: files of models that also read others, with the names they read of what goes.
        mentions: other files that dbt reads, those of tests, and the rest, each with the names that
            stand in it.
    """

    gone: dict[str, str] = field(default_factory=dict)
    emptied: dict[str, list[str]] = field(default_factory=dict)
    changed: dict[str, list[str]] = field(default_factory=dict)
    mentions: dict[str, dict[str, list[str]]] = field(
        default_factory=lambda: {kind: {} for kind in ("built", "tested", "other")}
    )


def uses(manifest: Manifest, source: str) -> Uses:
    """Return where a source is used.

    Raises:
        UsageError: there is no such source.
    """
    sources = {node.source_name for node in manifest.sources.values()}
    if source not in sources:
        raise UsageError(f'There is no source "{source}".{did_you_mean(source, sources)}')
    nodes = {
        key: node
        for key, node in manifest.nodes.items()
        if isinstance(node, ModelNode | SnapshotNode)
    }
    gone = {key for key, node in manifest.sources.items() if node.source_name == source}
    size = 0
    while size != len(gone):
        size = len(gone)
        gone |= {
            key
            for key, node in nodes.items()
            if (read := _read(node.depends_on.nodes)) and read <= gone
        }
    emptied = {
        key
        for key, node in nodes.items()
        if (read := set(filter(_brings_rows, node.depends_on.nodes)))
        and key not in gone
        and read <= gone
    }
    found = Uses()
    for key, node in nodes.items():
        if key in gone:
            found.gone[node.name] = node.original_file_path
        elif touched := _read(node.depends_on.nodes) & (gone | emptied):
            kind = found.emptied if key in emptied else found.changed
            kind[node.original_file_path] = sorted(one.split(".")[-1] for one in touched)
    pattern = _names(source, list(found.gone))
    listed = subprocess.run(
        ["git", "grep", "-Ilw", "-i", "-E", "|".join([source, *found.gone]), "--", "."],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    known = {*found.gone.values(), *found.changed, *found.emptied}
    for name in listed.stdout.split():
        if name in known or f"staging/{source}/" in name or "/results/" in name:
            continue
        if said := pattern.findall((PROJECT / name).read_text(encoding="utf-8")):
            place = "built" if name.startswith(BUILT) else "other"
            place = "tested" if name.startswith(TESTED) else place
            found.mentions[place][name] = sorted({one.lower() for one in said})
    return found


def _names(source: str, models: list[str]) -> re.Pattern[str]:
    """Return a pattern of names; a source's can be a word of plain text, which does not count."""
    word = re.escape(source)
    as_name = (
        rf"(?<=['\"`/]){word}\b", rf"(?<![.\w]){word}(?=['\"`/:]|\.\w)", rf"\braw_{word}\b",
        rf"\b{word}_location\b", rf"(?<=[\[(]){word}\b", rf"\b{word}(?=[\])])",
    )  # fmt: skip
    return re.compile("|".join([*as_name, *(rf"\b{re.escape(one)}\b" for one in models)]), re.I)


def _brings_rows(unique_id: str) -> bool:
    """Tell whether rows come from a node, which else is looked up for them."""
    kind, *_, name = unique_id.split(".")
    return kind in ("source", "snapshot") or name.startswith("stg_")


def _read(parents: list[str]) -> set[str]:
    """Return the sources, models and snapshots among what a node depends on."""
    return {one for one in parents if one.split(".")[0] in ("source", *KINDS)}
