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


@dataclass
class Uses:
    """Where a source is used.

    Attributes:
        gone: models and snapshots that are made of this source alone, with their files.
        changed: files of models that also read others, with the names they read of what goes.
        mentions: other files, with the words that stand in them.
    """

    gone: dict[str, str] = field(default_factory=dict)
    changed: dict[str, list[str]] = field(default_factory=dict)
    mentions: dict[str, list[str]] = field(default_factory=dict)


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
    found = Uses()
    for key, node in nodes.items():
        if key in gone:
            found.gone[node.name] = node.original_file_path
        elif touched := _read(node.depends_on.nodes) & gone:
            found.changed[node.original_file_path] = sorted(one.split(".")[-1] for one in touched)
    words = [source, *found.gone]
    pattern = r"\b(" + "|".join(map(re.escape, words)) + r")\b"
    listed = subprocess.run(
        ["git", "grep", "-Iwl", "-E", "|".join(map(re.escape, words)), "--", "."],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    for name in listed.stdout.split():
        if name in found.gone.values() or f"staging/{source}/" in name or "/results/" in name:
            continue
        said = re.findall(pattern, (PROJECT / name).read_text(encoding="utf-8"))
        if said and name not in found.changed:
            found.mentions[name] = sorted(set(said))
    return found


def _read(parents: list[str]) -> set[str]:
    """Return the sources, models and snapshots among what a node depends on."""
    return {one for one in parents if one.split(".")[0] in ("source", *KINDS)}
