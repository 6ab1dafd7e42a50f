"""Where a person can stand: patterns for what identifies them, and the search of all tables."""

import re
from collections.abc import Iterable
from dataclasses import replace

from psycopg import Connection
from psycopg.sql import SQL, Composable, Identifier, Literal

from ingest.contract import Table
from ingest.personal import CALLING_CODE

Identifiers = set[tuple[str, str]]
# what may stand between two digits of a telephone number
BETWEEN = r"[^[:alnum:]]{0,3}"
# names of columns in which records of people stand
PEOPLE = re.compile("customer|record|identity|person|match")
TEXTS = ("text", "varchar", "bpchar", "json", "jsonb", "xml", "name", "citext", "_text", "_varchar")
COLUMNS = """
select nspname, relname, array_agg(attname::text order by attnum)
from pg_attribute
inner join pg_class on pg_class.oid = attrelid
inner join pg_namespace on pg_namespace.oid = relnamespace
where
    relkind in ('r', 'm') and attnum > 0 and not attisdropped
    and nspname not in ('pg_catalog', 'information_schema') and nspname !~ '^pg_(toast|temp)'
    and atttypid in (select oid from pg_type where typname = any (%s))
group by nspname, relname
order by nspname, relname
"""
STATISTICS = """
select schemaname, tablename, attname from pg_stats
where lower(concat(most_common_vals, histogram_bounds, most_common_elems)) ~ %s
order by 1, 2, 3
"""


def pattern(identifiers: Iterable[tuple[str, str]]) -> str:
    """Return a regular expression of PostgreSQL for identifiers in a text of small letters.

    Addresses and numbers are found anywhere, however these are spaced; a username or the number of
    an account only where it is all of a value, or of one in JSON: it can be an ordinary word.
    """
    return "|".join(_pattern(kind, value) for kind, value in sorted(identifiers)) or "a^"


def _pattern(kind: str, value: str) -> str:
    if kind == "email":
        return rf"(^|[^[:alnum:]._%+-]){_plain(value)}($|[^[:alnum:]_.-]|[.]($|[^[:alnum:]]))"
    if kind == "phone":
        national = value.removeprefix(f"+{CALLING_CODE}").removeprefix("+")
        return rf"(^|[^0-9]|0|{CALLING_CODE}){BETWEEN.join(national)}($|[^0-9])"
    if kind == "account":
        source, _, number = value.partition(":")
        texts = _plain(value) if number.isdigit() else f"({_plain(source)}:)?{_plain(number)}"
        return rf"(^|\")[[:space:]]*{texts}[[:space:]]*($|\")"
    return rf"(^|\")[[:space:]]*{_plain(value)}[[:space:]]*($|\")"


def _plain(text: str) -> str:
    """Return a text as a regular expression of PostgreSQL that matches it alone."""
    return re.sub(r"([^\w\s])", r"[\1]", text).replace("[\\]", r"\\").replace("[^]", r"\^")


def condition(table: Table, identifiers: Identifiers) -> Composable:
    """Return, as SQL, which rows of a declared table may be of those who are known by these."""
    found = SQL("lower(cast({} as text)) ~ {}")
    numbers = [
        value.partition(":")[2]
        for kind, value in identifiers
        if kind == "account" and value.startswith(f"{table.source}:")
    ]
    tests = [
        # a number alone tells an account only in such a column
        SQL("lower(trim(cast({} as text))) = any ({})").format(
            Identifier(column.name), Literal(numbers)
        )
        if column.personal == "account"
        else found.format(Identifier(column.name), Literal(pattern(identifiers)))
        for column in table.columns
        if column.personal in ("email", "phone", "username", "account")
        or isinstance(column.personal, dict)
    ]
    return SQL("({})").format(SQL(" or ").join(tests))


def search(
    connection: Connection, declared: list[Table], identifiers: Identifiers
) -> dict[str, int]:
    """Return in which columns of the database an identifier stands, statistics included.

    Each comes with the number of its rows in which it does.

    The number of an account, such as 123, is an ordinary number elsewhere than in declared columns;
    records, such as shop:123, are looked for in columns that are named for people.

    Args:
        connection: of somebody who may read every table.
        declared: raw tables and snapshots, as far as there are any.
        identifiers: kinds and normalised values.
    """
    accounts = {each for each in identifiers if each[0] == "account"}
    numbers = {each for each in accounts if each[1].partition(":")[2].isdigit()}
    wanted, everywhere = pattern(identifiers), pattern(identifiers - numbers)
    found: dict[str, int] = {}
    for table in declared:
        for column in (each for each in table.columns if each.personal == "account"):
            [(count,)] = connection.execute(
                SQL("select count(*) from {} where {}").format(
                    Identifier(table.schema, table.name),
                    condition(replace(table, columns=(column,)), accounts),
                )
            )
            found[f"{table.schema}.{table.name}.{column.name}"] = count
    for schema, name, columns in connection.execute(COLUMNS, [list(TEXTS)]).fetchall():
        counts = SQL(", ").join(
            SQL("count(*) filter (where lower(cast({} as text)) ~ {})").format(
                Identifier(column), Literal(wanted if PEOPLE.search(column) else everywhere)
            )
            for column in columns
        )
        query = SQL("select {} from {}").format(counts, Identifier(schema, name))
        [counted] = connection.execute(query).fetchall()
        for column, count in zip(columns, counted, strict=True):
            found[f"{schema}.{name}.{column}"] = count or found.get(f"{schema}.{name}.{column}", 0)
    for names in connection.execute(STATISTICS, [everywhere]).fetchall():
        found[f"statistics of {'.'.join(names)}"] = 1
    return {place: count for place, count in found.items() if count}
