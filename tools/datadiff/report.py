"""What was found, as Markdown: the figures first, then what they are made of."""

from dataclasses import dataclass, field
from typing import Any

from tools.datadiff.compare import Difference

# a comment on a pull request holds 65,536 characters
LONGEST = 60_000
CELL = 60


@dataclass
class Findings:
    """All that a change does.

    Attributes:
        base: the commit compared with.
        differences: by the relation's name, for those that both versions have.
        new, gone: relations that one version has; the new ones with their number of rows.
        seconds: a relation to the seconds that each version took to build it.
        exposures: what reads the changed rows, to the relations by which it does.
        tests: the data tests of the checkout, by dbt's status.
        snapshots: snapshots that the change reaches, which are not built again.
    """

    base: str
    differences: dict[str, Difference] = field(default_factory=dict)
    new: dict[str, int] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    seconds: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    exposures: dict[str, list[str]] = field(default_factory=dict)
    tests: dict[str, list[str]] = field(default_factory=dict)
    snapshots: list[str] = field(default_factory=list)

    @property
    def failed(self) -> list[str]:
        """Return the names of the tests that failed or could not run."""
        return [*self.tests.get("fail", []), *self.tests.get("error", [])]


def markdown(found: Findings) -> str:
    """Return the report, at most as long as a comment may be."""
    parts = [f"## What the change does to the data\n\nCompared with `{found.base}`."]
    differing = {name: one for name, one in found.differences.items() if one}
    if not (found.differences or found.new or found.gone):
        parts.append("No model, and nothing that models are made of, has changed.")
    if differing:
        parts.append(_summary(differing))
    same = sorted(set(found.differences) - set(differing))
    if same:
        parts.append(f"Built again, and the same rows: {_names(same)}.")
    parts += [f"New: `{name}`, {rows:,} rows." for name, rows in found.new.items()]
    parts += [f"Gone: `{name}`." for name in found.gone]
    parts += [
        f"Reached but not compared: `{name}`. A snapshot keeps the versions it has; what changes"
        " shows in those still to come."
        for name in found.snapshots
    ]
    parts += [_tests(found), _exposures(found), _slower(found)]
    parts += [_details(name, one) for name, one in differing.items()]
    text, left_out = "", 0
    for part in filter(None, parts):
        if len(text) + len(part) > LONGEST:
            left_out += 1
        else:
            text += f"{part}\n\n"
    if left_out:
        text += f"{left_out} parts are left out, as a comment may be no longer: run `make diff`.\n"
    return text.rstrip() + "\n"


def _summary(differing: dict[str, Difference]) -> str:
    rows = [
        (
            f"`{name}`", f"{one.rows[1]:,}", f"{one.added:,}", f"{one.removed:,}",
            f"{one.changed:,}" if one.key else "no key",
            ", ".join(f"`{column}` {count:,}" for column, count in one.columns.items()),
            "; ".join(_retyped(column, *types) for column, types in one.types.items()),
        )
        for name, one in differing.items()
    ]  # fmt: skip
    headings = ("relation", "rows", "added", "removed", "changed", "rows by column", "columns")
    return _table([headings, *rows])


def _retyped(column: str, before: str | None, after: str | None) -> str:
    if before is None:
        return f"`{column}` is new ({after})"
    if after is None:
        return f"`{column}` is gone ({before})"
    return f"`{column}` was {before}, is {after}"


def _tests(found: Findings) -> str:
    if not found.tests:
        return ""
    counts = ", ".join(f"{len(names)} {status}" for status, names in sorted(found.tests.items()))
    failed = "".join(f"\n- `{name}`" for name in found.failed)
    return f"**Tests** of what was built: {counts}.{failed}"


def _exposures(found: Findings) -> str:
    lines = [f"\n- {name}, by {_names(by)}" for name, by in found.exposures.items()]
    return f"**Read by**{''.join(lines)}" if lines else ""


def _slower(found: Findings) -> str:
    """Name what takes longer or shorter by more than chance: half as long again, and a second."""
    lines = [
        f"\n- `{name}`: {before:.1f} s, now {after:.1f} s"
        for name, (before, after) in found.seconds.items()
        if before and after and abs(after - before) > 1
        if max(before, after) > 1.5 * min(before, after)
    ]
    return f"**Run time**{''.join(lines)}" if lines else ""


def _details(name: str, one: Difference) -> str:
    tables = [f"`{title}`\n\n{_table(rows)}" for title, rows in one.examples.items()]
    if not tables:
        return ""
    inside = "\n\n".join(tables)
    return f"<details><summary>{name}: examples</summary>\n\n{inside}\n\n</details>"


def _names(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(rows: list[tuple[Any, ...]]) -> str:
    cells = [[_cell(value) for value in row] for row in rows]
    lines = [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def _cell(value: object) -> str:
    """Return a value as one short cell; what it holds cannot end the cell or be markup."""
    if value is None:
        return "*null*"
    text = " ".join(str(value).split())
    text = text if len(text) <= CELL or text[:1] == "`" else f"{text[: CELL - 1]}…"
    return text.replace("|", "\\|").replace("<", "&lt;").replace("@", "@\u200b")
