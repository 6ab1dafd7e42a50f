"""Who is meant: all that one person is known by, from any of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from psycopg import Connection
from psycopg.sql import SQL, Identifier

from apps.erasure.places import Identifiers, condition, pattern
from ingest.contract import Table
from ingest.personal import Judge, normalised
from warehouse.errors import UserError

Relation = tuple[str, str]


@dataclass
class Person:
    """Whom to forget.

    Attributes:
        identifiers: kinds and normalised values that are of nobody else.
        shared: those that others are known by, too, who keep them.
        records: what the last build knew of them.
    """

    identifiers: Identifiers = field(default_factory=set)
    shared: Identifiers = field(default_factory=set)
    records: set[str] = field(default_factory=set)

    def known(self, kind: str, value: str) -> bool:
        """Tell whether they have this."""
        return (kind, value) in self.identifiers


def given(tables: list[Table], text: str) -> Identifiers:
    """Return what an identifier can be, as it was typed: an address, a number, a name, a record.

    A record is told as in the column `customer_record_id`, such as `shop:123`.
    """
    source, _, rest = text.strip().partition(":")
    is_record = rest and source in {table.source for table in tables}
    value = rest if is_record else text
    for kind in ("email", "phone"):
        if found := normalised(kind, value, ""):
            return {(kind, found)}
    if is_record:
        return {("account", normalised("account", rest, source))}
    numbers = {
        ("account", normalised("account", text, table.source))
        for table in tables
        for column in table.columns
        # a loyalty number is told by itself; other numbers could be of any source
        if column.personal == "account" and column.type == "text"
    }
    return {("username", normalised("username", text, "")), *numbers}


def find(
    connection: Connection, tables: list[Table], unified: Relation, typed: list[str]
) -> Person:
    """Return the person who is known by all of these.

    Args:
        connection: of somebody who may read raw tables and what is built.
        tables: what holds personal data and is declared: raw tables and snapshots.
        unified: where dbt matches the records of people, if it is built.
        typed: identifiers.

    Raises:
        UserError: an identifier is of several people.
    """
    person = Person()
    for text in typed:
        person.identifiers |= given(tables, text)
    [(is_built,)] = connection.execute(
        "select to_regclass(%s) is not null", [Identifier(*unified).as_string()]
    )
    if is_built:
        _from_build(connection, unified, person, tables, typed)
    if not person.records:
        _by_phone(connection, tables, person)
    while _from_rows(connection, tables, person):
        pass
    return person


def _by_phone(connection: Connection, tables: list[Table], person: Person) -> None:
    """Add the address that is given with a telephone number, of which no build knows."""
    for phone in [each for each in person.identifiers if each[0] == "phone"]:
        emails = {
            each
            for table in tables
            for row in _rows(connection, table, {phone})
            if phone in (stated := list(Judge(table, person.known).stated(row)))
            for each in stated
            if each[0] == "email"
        }
        if len(emails) > 1 and not emails & person.identifiers:
            raise UserError(
                f"{len(emails)} addresses are given with {phone[1]}. Nothing was changed. Name the"
                " person by one of them:\n" + "\n".join(f"  {value}" for _, value in sorted(emails))
            )
        if len(emails) == 1:
            person.identifiers |= emails


def _from_build(
    connection: Connection,
    unified: Relation,
    person: Person,
    tables: list[Table],
    typed: list[str],
) -> None:
    """Add what the last build knew of the person."""
    place = Identifier(*unified)
    having = SQL(
        "(lower(email) ~ %(pattern)s or phone = any (%(phone)s) or lower(username) = any"
        " (%(username)s) or lower(customer_record_id) = any (%(account)s))"
    )
    keys: set[str] = set()
    for text in typed:
        found = connection.execute(
            SQL("select customer_key::text, min(customer_record_id) from {} where {}").format(
                place, having
            )
            + SQL(" group by customer_key order by 2"),
            _values(given(tables, text)),
        ).fetchall()
        if len(found) > 1:
            raise UserError(
                f'{len(found)} people are known by "{text}". Nothing was changed. Name the one'
                " by an identifier of theirs alone, such as a record:\n"
                + "\n".join(f"  {record}" for _, record in found)
            )
        keys |= {key for key, _ in found}
    rows = connection.execute(
        SQL(
            "select customer_record_id, email, phone, username from {} where customer_key::text"
            " = any (%s)"
        ).format(place),
        [list(keys)],
    ).fetchall()
    accounts = {
        table.source for table in tables for column in table.columns if column.personal == "account"
    }
    for record, email, phone, username in rows:
        person.records.add(record)
        source, _, number = record.partition(":")
        stated = {"email": email, "phone": phone, "username": username}
        if source in accounts and "@" not in number and not number.startswith("+"):
            person.identifiers.add(("account", normalised("account", number, source)))
        person.identifiers |= {
            (kind, value)
            for kind, text in stated.items()
            if text and (value := normalised(kind, text, source))
        }
    for identifier in sorted(person.identifiers):
        others = connection.execute(
            SQL("select from {} where {} and customer_key::text <> all (%(keys)s) limit 1").format(
                place, having
            ),
            {**_values({identifier}), "keys": list(keys)},
        ).fetchone()
        # a sale under a former address of theirs is of another person to the build, not to us
        if others is not None and keys:
            person.identifiers.discard(identifier)
            person.shared.add(identifier)


def _values(identifiers: Iterable[tuple[str, str]]) -> dict[str, object]:
    """Return the parameters of a search of the build."""
    by_kind: dict[str, list[str]] = {"email": [], "phone": [], "username": [], "account": []}
    for kind, value in identifiers:
        by_kind[kind].append(value)
    emails = [("email", value) for value in by_kind.pop("email")]
    return {"pattern": pattern(emails), **by_kind}


def _from_rows(connection: Connection, tables: list[Table], person: Person) -> bool:
    """Add what rows of the person say of them; tell whether anything is new."""
    stated: Identifiers = set()
    for table in tables:
        judge = Judge(table, person.known)
        for row in _rows(connection, table, person.identifiers):
            if judge.owns(row):
                kinds = (
                    ("email", "phone", "username", "account") if judge.is_of_people else ("phone",)
                )
                stated |= {each for each in judge.stated(row) if each[0] in kinds}
    new = stated - person.identifiers - person.shared
    person.identifiers |= new
    for phone in {each for each in person.identifiers if each[0] == "phone"}:
        if _is_shared(connection, tables, person, phone):
            person.identifiers.discard(phone)
            person.shared.add(phone)
            new.discard(phone)
    return bool(new)


def _is_shared(
    connection: Connection, tables: list[Table], person: Person, phone: tuple[str, str]
) -> bool:
    """Tell whether a telephone number stands in a row of somebody else."""
    for table in tables:
        judge = Judge(table, person.known)
        for row in _rows(connection, table, {phone}):
            if phone in judge.stated(row) and not judge.owns(row):
                return True
    return False


def _rows(
    connection: Connection, table: Table, identifiers: Identifiers
) -> list[dict[str, str | None]]:
    """Return the personal columns, as text, of the rows that may be of the person."""
    names = [column.name for column in table.columns if column.personal]
    found = connection.execute(
        SQL("select distinct {} from {} where {}").format(
            SQL(", ").join(SQL("cast({} as text)").format(Identifier(name)) for name in names),
            Identifier(table.schema, table.name),
            condition(table, identifiers),
        )
    ).fetchall()
    return [dict(zip(names, row, strict=True)) for row in found]
