"""Pages that are made from what the project holds already; MkDocs calls what begins with `on_`."""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

PROJECT = Path(__file__).resolve().parents[2]
TARGET = PROJECT / "target"
# where a file of the project is found in the site
PLACES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "DECISIONS.md": "decisions.md",
}
MADE = {
    "definitions.md": TARGET / "definitions.md",
    "dbt/index.html": TARGET / "static_index.html",
    "lineage/index.html": TARGET / "lineage" / "index.html",
    "icon.svg": PROJECT / "apps" / "dashboard" / "icon.svg",
}
PICTURE = re.compile(r"```mermaid\n.*?```", re.DOTALL)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add README and its like, the definitions, dbt's page, the lineage and the icon.

    Args:
        files: those in docs/.
        config: of MkDocs.
    """
    for name, place in PLACES.items():
        files.append(File.generated(config, place, content=_page((PROJECT / name).read_text())))
    for place, made in MADE.items():
        files.append(File.generated(config, place, abs_src_path=str(made)))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Return a page of docs/ with its links to README and its like, which lie above it in git.

    Args:
        markdown: what the page holds.
    """
    for name, place in PLACES.items():
        markdown = markdown.replace(f"](../{name}", f"]({place}")
    return markdown


def _page(text: str) -> str:
    """Return a page of the project's folder as one of docs/: links and picture fit there."""
    text = text.replace("](docs/", "](")
    for name, place in PLACES.items():
        text = text.replace(f"]({name}", f"]({place}")
    return PICTURE.sub("[The lineage of each model and column](lineage/index.html).", text)
