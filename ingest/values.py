"""What a declared column accepts: a text that has one meaning, which the contract gives it.

PostgreSQL's own input functions take more than a contract means: `now`, `05/11/24`, `NaN`, a time
whose offset is dropped. So a value is compared with the pattern of its column's type first, a whole
column at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from ingest.contract import Column
from ingest.forms import FORMS, TYPE, WORDS, YEAR, family_of, within
from ingest.rewriting import check_settings, listed, rewriting, without_exponent


class Meaning(NamedTuple):
    """What a column accepts, and how it is written for PostgreSQL.

    Attributes:
        column: the declared column.
        pattern: what a whole text must match; none if any will do.
        hint: what such a text looks like.
        longest: how many characters it may have.
        nulls: words that stand for NULL.
        rewrite: gives a text in PostgreSQL's form, or a ValueError; none if it has that form.
        rewritten: what a text has in it that must be rewritten; none if each must.
    """

    column: Column
    pattern: str | None
    hint: str = ""
    longest: int | None = None
    nulls: tuple[str, ...] = ()
    rewrite: Callable[[str], str] | None = None
    rewritten: str | None = None


def meaning(column: Column, defaults: Mapping[str, Any]) -> Meaning:
    """Return what a declared column accepts.

    Args:
        column: the declared column.
        defaults: the table's settings, which hold for those of its columns that they fit.

    Raises:
        ValueError: its settings cannot be understood, or do not fit its type; says why.
    """
    settings = {**defaults, **column.settings}
    check_settings(settings)
    kind = column.type.lower().strip()
    is_array = kind.endswith("[]")
    match = TYPE.fullmatch(kind.removesuffix("[]"))
    family = family_of(kind.removesuffix("[]"))
    pattern, hint = FORMS.get(family, (None, ""))
    longest = None
    if match and match[2] and family in ("varchar", "char"):
        longest = int(match[2])
    if match and match[2] and family == "numeric":
        # what PostgreSQL would round is not what was written
        scale = int(match[3] or 0)
        pattern = (
            rf"[+-]?(?:\d+(?:\.\d{{0,{scale}}}0*)?" + rf"|\.\d{{1,{scale}}}0*" * bool(scale) + ")"
        )
        hint = f"a number with at most {scale} decimals"
    if pattern and (calendar := settings.get("calendar")) and YEAR in pattern:
        pattern = within(pattern, calendar)
        hint += f", from {calendar[0]} to {calendar[1]}"
    for word in listed(column.settings.get("allow", [])):
        if family not in WORDS[word][1]:
            raise ValueError(f"allow: {word} does not fit the type {column.type}")
        pattern = f"{pattern}|{WORDS[word][0]}"
    rewrite = rewriting(family, column, settings)
    if is_array and pattern:
        # of any depth, whose braces PostgreSQL counts
        element = f'"?(?:{pattern}|NULL)"?'
        pattern, hint = rf"\{{(?:{element}|[{{}},])*\}}", f"{{…}} with {hint}"
    if pattern:
        pattern = rf"^ *(?:{pattern}) *$"
    nulls = tuple(listed(settings.get("null_values", [])))
    if family == "numeric" and match and match[2] and not rewrite:
        return Meaning(column, pattern, hint, longest, nulls, without_exponent, "[eE]")
    return Meaning(column, pattern, hint, longest, nulls, rewrite)


class Checked(NamedTuple):
    """Columns whose meaning was checked.

    Attributes:
        columns: the declared ones of the stream's columns, as PostgreSQL is to read them.
        is_rewritten: whether any differs from what was read.
        reasons: by the number of a row that is refused: why.
    """

    columns: list[pa.Array]
    is_rewritten: bool
    reasons: dict[int, list[str]]


def check(columns: list[pa.Array | None], meanings: list[Meaning | None]) -> Checked:
    """Compare columns with their declared meanings.

    Args:
        columns: texts, in which null is NULL; none of which any text will do.
        meanings: of each column; none if it is not declared, and so left out.
    """
    done: list[pa.Array] = []
    reasons: dict[int, list[str]] = {}
    is_rewritten = False
    for texts, meant in zip(columns, meanings, strict=True):
        if meant is None or texts is None:
            continue
        column = texts
        if meant.nulls:
            is_word = pc.is_in(column, value_set=pa.array(meant.nulls, pa.string()))
            column = pc.if_else(is_word, pa.scalar(None, pa.string()), column)
        if meant.rewrite and (not meant.rewritten or _has(column, meant.rewritten)):
            column = _rewritten(column, meant, reasons)
        is_rewritten = is_rewritten or column is not texts
        if meant.pattern:
            _note(pc.match_substring_regex(column, meant.pattern), texts, meant, reasons)
        if meant.longest is not None:
            _note(pc.less_equal(pc.utf8_length(column), meant.longest), texts, meant, reasons)
        done.append(column)
    return Checked(done, is_rewritten, reasons)


def complaint(meant: Meaning, text: str, hint: str = "") -> str:
    """Say that a text is not what its column is declared to be."""
    shown = text if len(text) <= 200 else f"{text[:200]}…"
    tail = f" (expected {hint})" if hint else ""
    return f'{meant.column.source_name} is not {meant.column.type}: "{shown}"{tail}'


def _has(column: pa.Array, pattern: str) -> bool:
    return pc.any(pc.match_substring_regex(column, pattern)).as_py() is True


def _note(
    is_good: pa.Array, texts: pa.Array, meant: Meaning, reasons: dict[int, list[str]]
) -> None:
    """Add a reason for each row whose value is not good; NULL is."""
    if pc.all(is_good).as_py() is not False:
        return
    for row in pc.indices_nonzero(pc.invert(is_good)).to_pylist():
        reasons.setdefault(row, []).append(complaint(meant, texts[row].as_py(), meant.hint))


def _rewritten(texts: pa.Array, meant: Meaning, reasons: dict[int, list[str]]) -> pa.Array:
    """Return a column in PostgreSQL's form; each distinct text is rewritten once."""
    assert meant.rewrite
    coded = texts.dictionary_encode()
    found: list[str | None] = []
    problems: dict[int, str] = {}
    for place, text in enumerate(coded.dictionary.to_pylist()):
        try:
            found.append(meant.rewrite(text))
        except ValueError as error:
            found.append(None)
            problems[place] = complaint(meant, text, str(error))
    if problems:
        is_bad = pc.is_in(coded.indices, value_set=pa.array(list(problems), pa.int32()))
        for row in pc.indices_nonzero(is_bad).to_pylist():
            reasons.setdefault(row, []).append(problems[coded.indices[row].as_py()])
    return pa.array(found, pa.string()).take(coded.indices)
