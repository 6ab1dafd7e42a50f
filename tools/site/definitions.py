"""Write target/definitions.md: what each metric and each mart's figures mean, from dbt's manifest.

Usage: python -m tools.site.definitions, after dbt has parsed the project.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[2] / "target"
FIGURES = {"bigint", "float8", "integer", "pg_catalog.numeric"}
PREFACE = """# Definitions

What the figures mean, as `models/` declares it; `make docs` writes this page. Amounts are by
currency and are never added up across currencies."""
METRICS = (
    "## Metrics\n\nDefined once, in `models/metrics`, for MetricFlow and the tools that ask it."
)


def page(manifest: dict[str, Any]) -> str:
    """Return the page as Markdown: metrics by label, then marts by team, each with its figures.

    Args:
        manifest: of dbt, with the texts of doc blocks filled in.
    """
    return "\n\n".join(
        [PREFACE, METRICS, *_metrics(manifest["metrics"].values()), *_marts(manifest["nodes"])]
    )


def _metrics(metrics: Iterable[dict[str, Any]]) -> Iterator[str]:
    for one in sorted(metrics, key=lambda metric: metric["label"].lower()):
        made_of = one["type_params"].get("expr") or ", ".join(
            part["name"] for part in one["type_params"].get("input_measures") or []
        )
        formula = f": `{made_of}`" if made_of else ""
        yield f"### {one['label']}\n\n{_line(one)}\n\n`{one['name']}` ({one['type']}){formula}"


def _marts(nodes: dict[str, Any]) -> Iterator[str]:
    marts = [
        node
        for node in nodes.values()
        if node["resource_type"] == "model" and node["fqn"][1] == "marts"
    ]
    for team in sorted({mart["fqn"][2] for mart in marts}):
        yield f"## Marts: {team}"
        for mart in sorted(marts, key=lambda node: node["name"]):
            if mart["fqn"][2] == team:
                yield f"### {mart['name']}\n\n{mart['description'].strip()}"
                figures = [
                    f"- `{column['name']}`: {_line(column)}"
                    for column in mart["columns"].values()
                    if column["data_type"] in FIGURES
                ]
                if figures:
                    yield "\n".join(figures)


def _line(described: dict[str, Any]) -> str:
    return " ".join(described["description"].split())


if __name__ == "__main__":
    manifest = json.loads((TARGET / "manifest.json").read_text())
    (TARGET / "definitions.md").write_text(page(manifest) + "\n")
