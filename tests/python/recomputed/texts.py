"""Values as their descriptions want them: addresses, numbers, codes, names of a seed, days."""

import csv
import re
from bisect import bisect_right
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import floor
from pathlib import Path
from zoneinfo import ZoneInfo

SEEDS = Path(__file__).resolve().parents[3] / "seeds"
# what people write where they know nothing
UNKNOWN = {"", "-", "n/a", "na", "none", "null", "unknown"}
NO_CURRENCY, MARKETPLACE_CURRENCY, REPORTING_CURRENCY = "XXX", "EUR", "EUR"
COMPANY_ZONE = "Europe/Berlin"
# a store that the tests move to where the day ends in the middle of the demo's business hours
MOVED = {"BER01": "Australia/Sydney"}


def day(moment: datetime, store: str | None) -> date:
    """Return the day on which something happened; `store` is empty for what is sold online."""
    return moment.astimezone(ZoneInfo(zones().get(store or "", COMPANY_ZONE))).date()


@cache
def zones() -> dict[str, str]:
    """Return the time zone of each store."""
    with (SEEDS / "stores.csv").open(newline="", encoding="utf-8") as seed:
        return {row["store_id"]: row["time_zone"] for row in csv.DictReader(seed)} | MOVED


def cents(amount: Decimal | Fraction) -> Fraction:
    """Return an amount in whole cents, halves away from zero."""
    rounded = floor(abs(Fraction(amount)) * 100 + Fraction(1, 2))
    return Fraction(rounded if amount > 0 else -rounded, 100)


def midnight(of: date) -> datetime:
    """Return the moment at which a day without a clock begins."""
    return datetime(of.year, of.month, of.day, tzinfo=timezone.utc)


def month(of: date) -> date:
    return of.replace(day=1)


def months_later(first: date, count: int) -> date:
    """Return the first day of the month that is `count` months after that of `first`."""
    number = first.year * 12 + first.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def months_between(first: date, last: date) -> int:
    """Return how many months after that of `first` the month of `last` is."""
    return (last.year - first.year) * 12 + last.month - first.month


def months_before(of: date, count: int) -> date:
    """Return the same day so many months before, or the last one of that month if it is shorter."""
    first = months_later(of, -count)
    last = months_later(first, 1) - timedelta(days=1)
    return min(first + timedelta(days=of.day - 1), last)


def week(of: date) -> date:
    """Return the Monday of a day's week."""
    return of - timedelta(days=of.weekday())


def cleaned(text: str | None) -> str | None:
    """Return text without blanks around it; nothing if nothing is left."""
    return (text or "").strip() or None


def words(text: str | None) -> str:
    """Return the words of a text, case and punctuation apart."""
    parted = re.sub(r"[-/,]", " ", (text or "").lower())
    return " ".join(re.sub(r"[^\w\s]|_", "", parted).split())


def email(text: str | None) -> str | None:
    """Return the first address in a text, in lower case."""
    found = re.search(r"[^\s<>@,;:\"()]+@[^\s<>@,;:\"()]+", text or "")
    return found[0].lower() if found else None


def phone(text: str | None) -> str | None:
    """Return a telephone number as E.164 writes it, German where it names no country."""
    written = (text or "").replace("(0)", "").strip()
    digits = re.sub(r"\D", "", written)
    if not written.startswith("+"):
        digits = digits[2:] if digits.startswith("00") else "49" + digits.removeprefix("0")
    return f"+{digits}" if 7 <= len(digits) <= 15 else None


def currency(text: str | None) -> str:
    return (cleaned(text) or NO_CURRENCY).upper()


def in_reporting_currency(
    amount: Decimal | Fraction, currency_code: str, of: date
) -> Fraction | None:
    """Return an amount by the last rate on or before a day; nothing if there is none."""
    if currency_code == REPORTING_CURRENCY:
        return Fraction(amount)
    rates = _rates(currency_code)
    place = bisect_right(rates, of.isoformat(), key=lambda rate: rate[0])
    return Fraction(amount) / rates[place - 1][1] if place else None


@cache
def _rates(currency_code: str) -> list[tuple[str, Fraction]]:
    return sorted(
        (row["rate_date"], Fraction(row["units_per_base"]))
        for row in seed("exchange_rates")
        if (row["base_currency_code"], row["currency_code"]) == (REPORTING_CURRENCY, currency_code)
    )


@cache
def seed(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a seed."""
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def is_of(row: dict[str, str], of: date) -> bool:
    """Say whether a row of a seed holds on a day."""
    return row["valid_from"] <= of.isoformat() < row["valid_to"]


@cache
def _categories() -> dict[str, str]:
    return {row["category_variant"]: row["category"] for row in seed("category_names")}


def category(text: str | None) -> str | None:
    """Return the standard category; names that the seed does not know are kept, with capitals."""
    spelled = " ".join((text or "").lower().split())
    if spelled in UNKNOWN:
        return None
    return _categories().get(spelled) or spelled.title()


def country(text: str | None) -> str | None:
    """Return the code of a country; spellings that the seed does not know are kept."""
    names = {row["country_variant"]: row["country_code"] for row in seed("country_names")}
    spelled = (text or "").strip()
    return None if spelled.lower() in UNKNOWN else names.get(spelled.lower(), spelled)


def by(amount: Decimal | Fraction | int, divisor: Decimal | Fraction | int) -> Fraction | None:
    """Divide exactly; nothing if there is nothing to divide by."""
    return Fraction(amount) / Fraction(divisor) if divisor else None
