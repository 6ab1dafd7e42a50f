"""Names: of the company throughout the project, and of columns as the house style wants them."""

import re
import subprocess
from pathlib import Path

from warehouse import PROJECT
from warehouse.errors import UsageError

NAME, TITLE = "thinkthrift", "ThinkThrift"
SHORT = re.compile(r"[a-z][a-z0-9_]{0,30}")
# what PostgreSQL or sqlfluff takes for a word of SQL where the name of a column stands
RESERVED = frozenset(
    re.findall(
        r"\w+",
        """
        all and any array as asc both case cast check collate column constraint create
        cross current_date default desc distinct do else end except false fetch filter for
        foreign from full grant group having in inner intersect into is join key leading
        left like limit not null offset on only or order outer primary references
        returning right row rows select some table then to trailing true union unique user
        using values when where window with
        """,
    )
)


def tracked() -> list[Path]:
    """Return the text files that git tracks, but for what benchmarks measured."""
    command = ["git", "grep", "-Ilz", "", "--", ".", ":!tools/benchmarks/results"]
    listed = subprocess.check_output(command, cwd=PROJECT, text=True)
    return [PROJECT / name for name in listed.split("\0") if name]


def rename(title: str, short: str) -> list[Path]:
    """Put another company's name in the place of this one's, in every file that git tracks.

    Args:
        title: as it is written, such as `Second Spring`.
        short: as dbt, PostgreSQL and Python write it, such as `second_spring`.

    Returns:
        The files that have changed.

    Raises:
        UsageError: a name cannot be used, or the working tree has changes that are not committed.
    """
    if not SHORT.fullmatch(short):
        raise UsageError(
            f'"{short}" cannot be the short name: dbt and PostgreSQL take 1 to 31 small letters,'
            " digits and underscores, beginning with a letter. Choose one: --short second_spring"
        )
    if not title.strip() or not title.isprintable() or set(title) & set("\"'\\{}<>$`"):
        raise UsageError(
            f'"{title}" cannot be the name: it stands in YAML, SQL and Markdown, so it may have no'
            " quotes, braces, angle brackets, dollars or backslashes."
        )
    if subprocess.check_output(["git", "status", "--porcelain"], cwd=PROJECT, text=True):
        raise UsageError(
            "The working tree has changes. Commit them first, so that this can be undone:"
            " git checkout ."
        )
    changed = []
    for path in tracked():
        text = path.read_text(encoding="utf-8")
        # a host's name has no underscore
        new = text.replace(f"@{NAME}.", f"@{short.replace('_', '-')}.")
        new = new.replace(NAME, short).replace(TITLE, title).replace(NAME.upper(), short.upper())
        if new != text:
            path.write_text(new, encoding="utf-8")
            changed.append(path)
    return changed


def column_name(found: str) -> str:
    """Return a name for a column that a file calls otherwise: small letters and underscores."""
    parted = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", found.strip())
    name = re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_") or "column"
    name = name if name[0].isalpha() else f"column_{name}"
    return f"source_{name}" if name in RESERVED else name


def staged_name(name: str, kind: str) -> str:
    """Return what staging calls a column, by the house style: `_at`, `_date`, `is_`.

    Args:
        name: in the raw table.
        kind: its data type.
    """
    stem = re.sub(r"_(on|at|date|day|time|timestamp)$", "", name)
    if kind.startswith("timestamp"):
        return f"{stem}_at"
    if kind == "date":
        return f"{stem}_date"
    if kind == "boolean" and not name.startswith(("is_", "has_")):
        return f"is_{name}"
    return name
