"""Order confirmations: a record for each line of each receipt in a mail, or the whole mail as bad.

A mail counts under its own Message-ID and date, also if the receipts stand in mails attached to it
or quoted in it. What it says twice counts once.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timezone
from email.message import Message
from email.utils import parsedate_to_datetime
from fractions import Fraction
from itertools import chain
from typing import Any

from ingest.contract import Table
from ingest.readers import Record
from ingest.readers.mail_parts import lines, parse, texts

# What the tills print, by the name of the field. In HTML " | " stands for a cell's border. Numbers
# are short enough for any column, so that PostgreSQL never refuses a part of a mail.
FACTS = {
    "Store": "store_id", "Receipt": "receipt_number", "Sold at": "sold_at",
    "Customer": "customer_email",
}  # fmt: skip
OPTIONAL = {"customer_email": None}
SOLD_AT = "%Y-%m-%d %H:%M:%S UTC"
HEADER = "Pos | SKU | Title | Quantity | Unit price | Discount"
AMOUNT = r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?"
ROW = re.compile(
    r"(?P<line_number>[1-9][0-9]{0,8}) \| (?P<sku>\S+) \| (?P<product_title>.*)"
    rf" \| (?P<quantity>-?[0-9]{{1,9}}) \| (?P<unit_price>{AMOUNT})\s(?P<currency_code>[A-Z]{{3}})"
    rf" \| (?P<discount_amount>{AMOUNT})\s(?P=currency_code)"
)
TOTAL = re.compile(rf"Total:\s*(?P<total>{AMOUNT})\s(?P<currency_code>[A-Z]{{3}})")
HEAD = {"message_id", "received_at"}
FIELDS = {*HEAD, *FACTS.values(), *ROW.groupindex}

# bytes: a key must fit into an index of PostgreSQL's, and what stands in every row is to be short
LONGEST_ID, LONGEST_FACT, LONGEST_SHOWN = 998, 400, 200
# of a mail that is too large, only the head is kept
BEGINNING, HEAD_END, NOT_READ = 1 << 16, re.compile(rb"\r?\n\r?\n"), b"\n\n(its body was not read)"
NOT_GIVEN = "(the server did not give it)"
# in one text, as an honest till prints far less
MOST_ROWS = 100_000

# by the names of FIELDS; a text, or none
Row = dict[str, Any]


class Mails:
    """What the mails of one load say, so that two that say different things are noticed.

    What is kept of each is a number, as there may be very many.
    """

    def __init__(self) -> None:
        self._said: dict[int, int] = {}

    def check(self, receipts: dict[str, list[Row]]) -> None:
        """Compare a mail with those before it.

        Args:
            receipts: its rows by the receipt's number, with what stands in its head.

        Raises:
            ValueError: another mail has the same Message-ID, or a receipt of the same number and
                store, but does not say the same.
        """
        said: dict[int, int] = {}
        for number, rows in receipts.items():
            facts = [sorted((name, row[name]) for name in row if name not in HEAD) for row in rows]
            name = f"receipt {number} of store {rows[0]['store_id']}"
            self._compare(said, name, hash(str(facts)))
        identity = next(iter(receipts.values()))[0]["message_id"]
        self._compare(said, f"Message-ID {identity}", hash(str(receipts)))
        self._said.update(said)

    def _compare(self, said: dict[int, int], name: str, content: int) -> None:
        said[hash(name)] = content
        if self._said.get(hash(name), content) != content:
            raise ValueError(f"another mail of this load has the {name}, but not the same content")


def read(
    mail: bytes, position: str, columns: list[str], most: int, mails: Mails
) -> Iterator[Record]:
    """Give a record for each line of each receipt in a mail; one with the problem if it is bad.

    Args:
        mail: the mail as it was sent, or its beginning if it is longer than `most`.
        position: what names the mail.
        columns: the fields to give, out of FIELDS.
        most: how many bytes it may have.
        mails: those before it.
    """
    problem = f"it has more than {most:,} bytes, which max_bytes allows"
    if len(mail) > most:
        mail = HEAD_END.split(mail[:BEGINNING], maxsplit=1)[0] + NOT_READ
    else:
        try:
            receipts = _receipts_in(mail)
            mails.check(receipts)
        except Exception as error:  # the mail package itself fails at some; others are to be loaded
            problem = str(error)
        else:
            for row in chain(*receipts.values()):
                yield Record(position, [row[name] for name in columns])
            return
    # the bytes that are no text are written so that `reread` knows them again
    raw = mail.decode("utf-8", "backslashreplace").replace("\0", r"\x00")
    yield Record(position, None, f"this mail cannot be used: {problem}", raw)


def not_given(position: str) -> Record:
    """Return the record of a mail that a server has but does not give."""
    problem = "the server has this mail but does not give it; it is asked for again at each load"
    return Record(position, None, problem, NOT_GIVEN)


def reread(table: Table, record: str, columns: list[str]) -> Iterator[Record]:
    """Give the records of a mail that is in quarantine.

    Args:
        table: the declared table.
        record: the mail as quarantine holds it.
        columns: the fields to give, out of FIELDS.
    """
    if record == NOT_GIVEN:
        return  # its mail is still to come
    escaped = rb"\\x(00|[89a-f][0-9a-f])"
    mail = re.sub(escaped, lambda byte: bytes.fromhex(byte[1].decode()), record.encode())
    yield from read(mail, f"a mail of {table}", columns, len(mail), Mails())


def _receipts_in(mail: bytes) -> dict[str, list[Row]]:
    """Return the lines of every receipt in a mail, by its number.

    Raises:
        ValueError: there is none, or any is not readable; the message says why.
    """
    message = parse(mail)
    head: Row = {"message_id": " ".join(str(message["Message-ID"] or "").split())}
    if not head["message_id"]:
        raise ValueError("it has no Message-ID")
    if len(head["message_id"].encode(errors="replace")) > LONGEST_ID:
        raise ValueError(f"its Message-ID has more than {LONGEST_ID} bytes")
    receipts: dict[str, list[Row]] = {}
    for alternatives in texts(message):
        _add(receipts, _best(alternatives))
    if not receipts:
        raise ValueError("it holds no receipt")
    head["received_at"] = _received(message)
    for rows in receipts.values():
        rows[:] = [{**head, **row} for row in rows]
    values = "".join(
        value or "" for rows in receipts.values() for row in rows for value in row.values()
    )
    if "\0" in values:
        raise ValueError("it holds a NUL character")
    values.encode()  # fails at a lone surrogate
    return receipts


def _received(message: Message) -> str | None:
    """Return the time in the Date header; none if there is no valid one."""
    try:
        date = parsedate_to_datetime(str(message["Date"]))
        # no zone, or -0000, means UTC
        date = date.astimezone(timezone.utc) if date.tzinfo else date.replace(tzinfo=timezone.utc)
    except (TypeError, ValueError, OverflowError):
        return None
    return date.isoformat()


def _best(alternatives: list[Message]) -> dict[str, list[Row]]:
    """Return the receipts of the first alternative that has any and is readable."""
    problem = None
    for part in alternatives:
        try:
            if receipts := _receipts(lines(part)):
                return receipts
        except (ValueError, LookupError) as error:
            problem = problem or error
    if problem:
        raise problem
    return {}


def _receipts(found: list[str]) -> dict[str, list[Row]]:
    """Return the lines of each receipt in a text, by its number.

    Raises:
        ValueError: one is broken or incomplete.
    """
    receipts: dict[str, list[Row]] = {}
    facts: Row = dict(OPTIONAL)
    table: list[Row] | None = None
    count = 0
    for line in found:
        label, _, value = (part.strip() for part in line.partition(":"))
        field, number = FACTS.get(label), facts.get("receipt_number")
        if table is None:
            if line == HEADER:
                if missing := [label for label, name in FACTS.items() if name not in facts]:
                    raise ValueError(f'receipt {number or ""} lacks "{missing[0]}:"')
                table = []
            elif field == "receipt_number" and number:
                break
            elif field and value:
                if len(value.encode(errors="replace")) > LONGEST_FACT:
                    raise ValueError(f'it has more than {LONGEST_FACT} bytes after "{label}:"')
                facts[field] = value
        elif total := TOTAL.fullmatch(line):
            _add(receipts, {facts["receipt_number"]: _checked(facts, table, total)})
            facts, table = {**OPTIONAL, "store_id": facts["store_id"]}, None
        elif row := ROW.fullmatch(line):
            table.append(row.groupdict())
            count += 1
            if count > MOST_ROWS:
                raise ValueError(f"it has more than {MOST_ROWS:,} rows")
        elif line:
            raise ValueError(f'receipt {number} has the broken line "{line[:LONGEST_SHOWN]}"')
    if "receipt_number" in facts:
        raise ValueError(f"receipt {facts['receipt_number']} lacks its table or its total")
    return receipts


def _checked(facts: dict[str, str], table: list[dict[str, str]], total: re.Match[str]) -> list[Row]:
    """Return a receipt's rows with its facts, if they add up."""
    name = f"receipt {facts['receipt_number']}"
    if len({row["line_number"] for row in table}) < len(table):
        raise ValueError(f"{name} has a position twice")
    if {row["currency_code"] for row in table} != {total["currency_code"]}:
        raise ValueError(f"{name} has no rows, or rows in another currency than its total")
    found = sum(
        int(row["quantity"]) * Fraction(row["unit_price"]) - Fraction(row["discount_amount"])
        for row in table
    )
    if found != Fraction(total["total"]):
        raise ValueError(f"{name} adds up to {float(found):.2f}, not to its total {total['total']}")
    sold_at = datetime.strptime(facts["sold_at"], SOLD_AT).replace(tzinfo=timezone.utc)
    return [{**facts, **row, "sold_at": sold_at.isoformat()} for row in table]


def _add(receipts: dict[str, list[Row]], more: dict[str, list[Row]]) -> None:
    """Add receipts to others; the same one again is no news.

    Raises:
        ValueError: a receipt is there with another content.
    """
    for number, rows in more.items():
        if receipts.setdefault(number, rows) != rows:
            raise ValueError(f"receipt {number} is in it twice, and not alike")
