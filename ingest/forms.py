"""What texts of each type look like: patterns in the syntax that RE2 and Python share."""

import re

# any year that PostgreSQL, Python and Arrow can all hold; a calendar may allow fewer
YEAR = r"(?:[1-9]\d{3}|0[1-9]\d\d|00[1-9]\d|000[1-9])"
MONTH, DAY = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
# no month has more days than it can have; whether a year is a leap year, PostgreSQL tells
LONG, SHORT = r"(?:0[13578]|1[02])", r"(?:0[469]|11)"
DAYS = [
    f"{LONG}{sign}{DAY}|{SHORT}{sign}(?:0[1-9]|[12]\\d|30)|02{sign}(?:0[1-9]|[12]\\d)"
    for sign in ("-", "")
]
DATE = f"(?:{YEAR}-(?:{DAYS[0]})|{YEAR}(?:{DAYS[1]}))"
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


def family_of(kind: str) -> str:
    """Return the family of a type, whatever its size: `integer` of `int8`, `numeric` of any."""
    match = TYPE.fullmatch(kind.lower())
    base = (match[1] + (match[4] or "")) if match else kind.lower()
    return FAMILIES.get(base, base)


def within(pattern: str, calendar: list[int]) -> str:
    """Return a pattern that takes only years from the first to the last of a calendar."""
    first, last = calendar
    return pattern.replace(YEAR, f"(?:{'|'.join(f'{year:04}' for year in range(first, last + 1))})")
