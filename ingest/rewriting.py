"""Texts that a source writes in a declared way of its own, rewritten as PostgreSQL reads them."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from ingest.contract import Column
from ingest.forms import DAY, MONTH, NUMBER, REWRITING, WORDS, YEAR


def rewriting(
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


def check_settings(settings: Mapping[str, Any]) -> None:
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
    calendar = settings.get("calendar", [1, 9999])
    is_pair = isinstance(calendar, list) and [type(year) for year in calendar] == [int, int]
    if not is_pair or not 1 <= calendar[0] <= calendar[1] <= 9999:
        raise ValueError(f"calendar {calendar!r} should be the first and last year, 1 to 9999")
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


def without_exponent(text: str) -> str:
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
