"""Order confirmations: a record for each line of each receipt in a mail, or the whole mail as bad.

A mail counts under its own Message-ID and date, also if the receipts stand in mails attached to it
or quoted in it. What it says twice counts once.
"""

import codecs
import re
from collections.abc import Iterator
from datetime import datetime, timezone
from email import message_from_bytes
from email.errors import CloseBoundaryNotFoundDefect
from email.message import Message
from email.utils import parsedate_to_datetime
from fractions import Fraction
from html.parser import HTMLParser
from itertools import chain
from typing import Any

from ingest.contract import Table
from ingest.readers import Record

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
FIELDS = {"message_id", "received_at", *FACTS.values(), *ROW.groupindex}

# under the narrow names senders often write the wide set
WIDER = {"ascii": "utf-8", "iso8859-1": "windows-1252"}
QUOTING = re.compile(r"^(?:\s*>)+")
BLANKS = re.compile(r"[ \t\r\n\f]+")
BREAKS = dict.fromkeys(("br", "p", "div", "li", "h1", "h2", "h3", "hr", "pre", "table"), "\n")
MARKS = {**BREAKS, "tr": "\x02", "td": "\x1f", "th": "\x1f"}, {**BREAKS, "tr": "\x03"}

# by the names of FIELDS; a text, or none
Row = dict[str, Any]


def read(mail: bytes, position: str, columns: list[str]) -> Iterator[Record]:
    """Give a record for each line of each receipt in a mail; one with the problem if it is bad.

    Args:
        mail: the mail as it was sent.
        position: what names the mail.
        columns: the fields to give, out of FIELDS.
    """
    try:
        rows = _rows(mail)
    except Exception as error:  # the mail package itself fails at some; others are to be loaded
        # the bytes that are no text are written so that `reread` knows them again
        raw = mail.decode("utf-8", "backslashreplace").replace("\0", r"\x00")
        yield Record(position, None, f"this mail cannot be used: {error}", raw)
    else:
        for row in rows:
            yield Record(position, [row[name] for name in columns])


def reread(table: Table, record: str, columns: list[str]) -> Iterator[Record]:
    """Give the records of a mail that is in quarantine.

    Args:
        table: the declared table.
        record: the mail as quarantine holds it.
        columns: the fields to give, out of FIELDS.
    """
    escaped = rb"\\x(00|[89a-f][0-9a-f])"
    mail = re.sub(escaped, lambda byte: bytes.fromhex(byte[1].decode()), record.encode())
    return read(mail, f"a mail of {table}", columns)


def _rows(mail: bytes) -> list[Row]:
    """Return the lines of every receipt in a mail.

    Raises:
        ValueError: there is none, or any is not readable; the message says why.
    """
    message = message_from_bytes(mail)
    head: Row = {"message_id": " ".join(str(message["Message-ID"] or "").split())}
    if not head["message_id"]:
        raise ValueError("it has no Message-ID")
    receipts: dict[str, list[Row]] = {}
    for alternatives in _texts(message):
        _add(receipts, _best(alternatives))
    if not receipts:
        raise ValueError("it holds no receipt")
    head["received_at"] = _received(message)
    rows = [{**head, **row} for receipt in receipts.values() for row in receipt]
    values = "".join(value or "" for row in rows for value in row.values())
    if "\0" in values:
        raise ValueError("it holds a NUL character")
    values.encode()  # fails at a lone surrogate
    return rows


def _received(message: Message) -> str | None:
    """Return the time in the Date header; none if there is no valid one."""
    try:
        date = parsedate_to_datetime(str(message["Date"]))
        # no zone, or -0000, means UTC
        date = date.astimezone(timezone.utc) if date.tzinfo else date.replace(tzinfo=timezone.utc)
    except (TypeError, ValueError, OverflowError):
        return None
    return date.isoformat()


def _texts(part: Message) -> Iterator[list[Message]]:
    """Give the texts in a mail and in mails attached to it, each with its alternatives."""
    if part.is_multipart():
        children: list[Message] = part.get_payload()  # type: ignore[assignment]  # is multipart
        # only the last one may be cut off: the others end where the next begins
        cut = [defect for defect in part.defects if isinstance(defect, CloseBoundaryNotFoundDefect)]
        for last in children[-1:]:
            last.defects += cut
        texts = [found for child in children for found in _texts(child)]
        if part.get_content_type() == "multipart/alternative":
            # plain text first
            texts = [sorted(chain(*texts), key=Message.get_content_type, reverse=True)]
        yield from texts
    elif part.defects or part.get_content_type() in ("text/plain", "text/html"):
        yield [part]


def _best(alternatives: list[Message]) -> dict[str, list[Row]]:
    """Return the receipts of the first alternative that has any and is readable."""
    problem = None
    for part in alternatives:
        try:
            if receipts := _receipts(_lines(part)):
                return receipts
        except (ValueError, LookupError) as error:
            problem = problem or error
    if problem:
        raise problem
    return {}


def _lines(part: Message) -> list[str]:
    """Return a text as lines, without marks of quoting."""
    content: bytes = part.get_payload(decode=True) or b""  # type: ignore[assignment]  # decoded
    if part.defects:
        raise ValueError(f"it is cut off or malformed ({type(part.defects[0]).__name__})")
    charset = codecs.lookup(part.get_content_charset("ascii")).name
    text = content.decode(WIDER.get(charset, charset)).removeprefix("\ufeff")
    if part.get_content_subtype() == "html":
        if "<html" in text.lower() and "</html" not in text.lower():
            raise ValueError("its HTML is cut off")
        text = _Html().lines_of(text)
    return [QUOTING.sub("", line).strip() for line in re.split(r"\r\n?|\n", text)]


class _Html(HTMLParser):
    """Turns HTML into lines."""

    def lines_of(self, html: str) -> str:
        """Return the lines; a row of several cells is one, a single cell is mere layout."""
        self.parts: list[str] = []
        self.is_hidden = False
        self.feed(html)
        self.close()
        text, count = "".join(self.parts), 1
        while count:  # innermost tables first
            text, count = re.subn("\x02([^\x02\x03]*)\x03", self._row, text)
        return text

    @staticmethod
    def _row(match: re.Match[str]) -> str:
        cells = match[1].split("\x1f")[1:]
        if len(cells) > 1:
            cells = [BLANKS.sub(" ", cell).strip() for cell in cells]
        return f"\n{' | '.join(cells)}\n"

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.parts.append(MARKS[0].get(tag, ""))
        self.is_hidden = tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(MARKS[1].get(tag, ""))
        self.is_hidden = False

    def handle_data(self, data: str) -> None:
        if not self.is_hidden:
            self.parts.append(BLANKS.sub(" ", re.sub("[\x02\x03\x1f]", "", data)))


def _receipts(lines: list[str]) -> dict[str, list[Row]]:
    """Return the lines of each receipt in a text, by its number.

    Raises:
        ValueError: one is broken or incomplete.
    """
    receipts: dict[str, list[Row]] = {}
    facts: Row = dict(OPTIONAL)
    table: list[Row] | None = None
    for line in lines:
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
                facts[field] = value
        elif total := TOTAL.fullmatch(line):
            _add(receipts, {facts["receipt_number"]: _checked(facts, table, total)})
            facts, table = {**OPTIONAL, "store_id": facts["store_id"]}, None
        elif row := ROW.fullmatch(line):
            table.append(row.groupdict())
        elif line:
            raise ValueError(f'receipt {number} has the broken line "{line}"')
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
