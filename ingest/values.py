"""What a declared column accepts: a text that has one meaning, which the contract gives it.

PostgreSQL's own input functions take more than a contract means: `now`, `05/11/24`, `NaN`, a time
whose offset is dropped. So a value is compared with the pattern of its column's type first.
Patterns are in the syntax of RE2, and Arrow matches a whole column at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from ingest.contract import Column

# the calendar: its first day is 0001-01-01, its last 9999-12-31
YEAR = r"(?:[1-9]\d{3}|0[1-9]\d\d|00[1-9]\d|000[1-9])"
MONTH, DAY = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
DATE = f"(?:{YEAR}-{MONTH}-{DAY}|{YEAR}{MONTH}{DAY})"
CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?"
ZONE = r"(?: ?(?:[Zz]|UTC|[+-](?:0\d|1[0-5])(?::?[0-5]\d(?::[0-5]\d)?)?))"
MOMENT = f"{DATE}[Tt ]{CLOCK}"
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
FAMILIES = {
    "bool": "boolean", "int": "integer", "int2": "integer", "int4": "integer", "int8": "integer",
    "smallint": "integer", "bigint": "integer", "decimal": "numeric", "real": "float",
    "float4": "float", "float8": "float", "double precision": "float",
    "timestamp without time zone": "timestamp", "timestamp with time zone": "timestamptz",
    "time without time zone": "time", "time with time zone": "timetz",
    "character varying": "varchar", "character": "char", "bpchar": "char",
}  # fmt: skip
# of each family: the pattern of its texts, and what it looks like
FORMS = {
    "boolean": ("(?i)(?:true|false|t|f|yes|no|y|n|1|0)", "true or false"),
    "integer": (r"[+-]?\d+", "a whole number"),
    "numeric": (NUMBER, "a number such as 1234.50"),
    "float": (NUMBER, "a number such as 1234.5"),
    "date": (DATE, "YYYY-MM-DD; declare a format for another"),
    "timestamp": (f"{DATE}(?:[Tt ]{CLOCK})?", "YYYY-MM-DD HH:MM:SS without a zone"),
    "timestamptz": (f"{MOMENT}{ZONE}", "YYYY-MM-DDTHH:MM:SS with Z or an offset"),
    "time": (CLOCK, "HH:MM:SS without a zone"),
    "timetz": (f"{CLOCK}{ZONE}", "HH:MM:SS with an offset"),
    "interval": (
        r"[+-]?P(?:\d+[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])+)?"
        r"|(?:[+-]?\d+ (?:year|mon|day)s? ?)*(?:[+-]?\d+:\d\d(?::\d\d(?:\.\d+)?)?)?",
        "P2DT1H30M or 2 days 01:30:00",
    ),
    "uuid": (r"[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}", "a UUID"),
    "bytea": (r"\\x(?:[0-9a-fA-F]{2})*", r"hexadecimal such as \x00ff"),
}
# what `allow` can add, and to which families
WORDS = {
    "nan": ("[Nn]a[Nn]", {"numeric", "float"}),
    "infinity": (
        "[+-]?[Ii]nf(?:inity)?",
        {"numeric", "float", "date", "timestamp", "timestamptz", "interval"},
    ),
}
# settings that change texts, and the families that they fit
REWRITING = {
    "format": ("date", "timestamp", "timestamptz", "time"),
    "timezone": ("timestamp", "timestamptz"),
    "decimal": ("numeric", "float"),
    "thousands": ("integer", "numeric", "float"),
    "true_values": ("boolean",),
    "false_values": ("boolean",),
}
TYPE = re.compile(r"\s*([a-z_][a-z0-9_ ]*?)\s*(?:\((\d+)(?:\s*,\s*(\d+))?\))?( with\w* time zone)?")


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
    _check(settings)
    kind = column.type.lower().strip()
    is_array = kind.endswith("[]")
    match = TYPE.fullmatch(kind.removesuffix("[]"))
    base = (match[1] + (match[4] or "")) if match else kind
    family = FAMILIES.get(base, base)
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
    for word in listed(column.settings.get("allow", [])):
        if family not in WORDS[word][1]:
            raise ValueError(f"allow: {word} does not fit the type {column.type}")
        pattern = f"{pattern}|{WORDS[word][0]}"
    rewrite = _rewriting(family, column, settings)
    if is_array and pattern:
        element = f"(?:{pattern}|NULL)"
        pattern, hint = rf"\{{(?:{element}(?:,{element})*)?\}}", f"{{…}} with {hint}"
    if pattern:
        pattern = rf"^ *(?:{pattern}) *$"
    nulls = tuple(listed(settings.get("null_values", [])))
    if family == "numeric" and match and match[2] and not rewrite:
        return Meaning(column, pattern, hint, longest, nulls, _without_exponent, "[eE]")
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


def check(columns: list[pa.Array], meanings: list[Meaning | None]) -> Checked:
    """Compare columns with their declared meanings.

    Args:
        columns: texts; null is NULL.
        meanings: of each column; none if it is not declared, and so left out.
    """
    done: list[pa.Array] = []
    reasons: dict[int, list[str]] = {}
    is_rewritten = False
    for texts, meant in zip(columns, meanings, strict=True):
        if meant is None:
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


def _rewriting(
    family: str, column: Column, settings: Mapping[str, Any]
) -> Callable[[str], str] | None:
    """Return what the settings ask to be done with a column's texts."""
    for setting in REWRITING.keys() & column.settings.keys():
        if family not in REWRITING[setting]:
            raise ValueError(f"{setting} does not fit the type {column.type}")
    used = {
        setting: settings[setting]
        for setting, families in REWRITING.items()
        if setting in settings and family in families
    }
    if not used:
        return None
    if family == "boolean":
        words = dict.fromkeys(listed(used.get("true_values", "true")), "true")
        words |= dict.fromkeys(listed(used.get("false_values", "false")), "false")
        return partial(_boolean, words)
    if family in ("integer", "numeric", "float"):
        return partial(_number, str(used.get("decimal", ".")), str(used.get("thousands", "")))
    zone = ZoneInfo(used["timezone"]) if "timezone" in used else None
    return partial(_time, family, listed(used.get("format", [])), zone)


def listed(setting: str | list[str]) -> list[str]:
    """Return the texts of a setting that is one text or a list of them."""
    return [setting] if isinstance(setting, str) else setting


def _check(settings: Mapping[str, Any]) -> None:
    """Refuse settings that cannot be understood."""
    for name in {"format", "null_values", "true_values", "false_values", "allow"} & settings.keys():
        given = settings[name]
        texts = given if isinstance(given, list) else [given]
        if not texts or not all(isinstance(text, str) for text in texts):
            raise ValueError(f"{name} {given!r} should be a text in quotes, or a list of such")
    if unknown := set(listed(settings.get("allow", []))) - WORDS.keys():
        raise ValueError(f"allow: {min(unknown)!r} is not one of {', '.join(WORDS)}")
    marks = [settings.get("decimal", "."), settings.get("thousands", "")]
    if any(not isinstance(mark, str) or len(mark) > 1 or mark.isalnum() for mark in marks):
        raise ValueError(f"decimal and thousands {marks!r} should be one sign each")
    if not marks[0] or marks[0] == marks[1]:
        raise ValueError("decimal and thousands should be different signs; declare both")
    if "timezone" in settings:
        try:
            ZoneInfo(settings["timezone"])
        except (KeyError, ValueError, TypeError, OSError):
            given = settings["timezone"]
            raise ValueError(f"timezone {given!r} should be one such as Europe/Berlin") from None


def _boolean(words: Mapping[str, str], text: str) -> str:
    if (found := words.get(text.strip())) is None:
        raise ValueError(f"one of {', '.join(words)}")
    return found


def _number(decimal: str, thousands: str, text: str) -> str:
    """Return a number with a point and without marks of thousands."""
    mark, group = re.escape(decimal), re.escape(thousands)
    whole = rf"\d{{1,3}}(?:{group}\d{{3}})+|\d+" if thousands else r"\d+"
    match = re.fullmatch(rf" *([+-]?)({whole})?(?:{mark}(\d*))?([eE][+-]?\d+)? *", text, re.ASCII)
    if not match or not (match[2] or match[3]):
        marks = f'"{decimal}" before decimals' + (
            f', "{thousands}" between thousands' * bool(group)
        )
        raise ValueError(marks)
    digits = (match[2] or "0").replace(thousands, "") if thousands else match[2] or "0"
    return f"{match[1]}{digits}" + (f".{match[3]}" * bool(match[3])) + (match[4] or "")


def _without_exponent(text: str) -> str:
    """Return a number without an exponent, so that its decimals can be counted."""
    match = re.fullmatch(rf" *{NUMBER} *", text, re.ASCII)
    if not match or "e" not in text.lower() or abs(Decimal(text.strip()).adjusted()) > 1000:
        return text
    return f"{Decimal(text.strip()):f}"


def _time(family: str, formats: list[str], zone: ZoneInfo | None, text: str) -> str:
    """Return a date or time in ISO 8601, with an offset if the family has one."""
    found = _parsed(formats, text)
    if family == "date":
        return str(found.date())
    if family == "time":
        return str(found.time())
    if family == "timestamp":
        if found.tzinfo and zone is None:
            raise ValueError("a time without a zone; declare timezone to have it as it is there")
        return str(found.astimezone(zone).replace(tzinfo=None) if found.tzinfo else found)
    if found.tzinfo is None:
        if zone is None:
            raise ValueError("a zone; declare timezone if it is always the same")
        here = found.replace(tzinfo=zone)
        # a time that was skipped when clocks went forward comes back as another
        if here.astimezone(timezone.utc).astimezone(zone).replace(tzinfo=None) != found:
            raise ValueError(f"a time that exists in {zone}")
        found = here
    return str(found.astimezone(timezone.utc))


ISO = re.compile(
    rf" *({YEAR})-?({MONTH})-?({DAY})(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{{1,9}}))?)?)?"
    r"(?: ?(?:([Zz]|UTC)|([+-])(\d\d):?(\d\d)?(?::?(\d\d))?))? *",
    re.ASCII,
)


def _parsed(formats: list[str], text: str) -> datetime:
    """Return the point in time that a text gives, with a zone if it gives one."""
    for form in formats:
        try:
            return datetime.strptime(text.strip(), form)
        except ValueError:
            continue
    if formats:
        raise ValueError(f"format {' or '.join(formats)}")
    match = ISO.fullmatch(text)
    if not match:
        raise ValueError("ISO 8601; declare a format for another")
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    # PostgreSQL rounds to microseconds, too
    nanoseconds = int((match[7] or "").ljust(9, "0"))
    found = datetime(year, month, day, hour, minute, second)
    found += timedelta(microseconds=round(nanoseconds / 1000))
    if match[8]:
        found = found.replace(tzinfo=timezone.utc)
    elif match[9]:
        hours, minutes, seconds = (int(part or 0) for part in match.groups()[9:])
        offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        found = found.replace(tzinfo=timezone(-offset if match[9] == "-" else offset))
    return found
