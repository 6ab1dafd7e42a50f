"""The tills' mails: a receipt, or several, as a plain text or as an HTML table.

In either form a receipt reads

    Receipt: BER01-0000113
    Sold at: 2025-11-03 14:22:05 UTC
    Customer: somebody@example.com
    Pos | SKU | Title | Quantity | Unit price | Discount
    1 | TT-0000123 | Vintage denim jacket Levi's M | 1 | 24.90 EUR | 0.00 EUR
    Total: 24.90 EUR

where the lines between "Pos" and "Total" are the rows of a table in HTML. "Customer" can be empty.
Before the first receipt there is a line "Store: BER01".
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from pathlib import Path

from tools.demo.baskets import Basket
from tools.demo.dice import money
from tools.demo.files import whole_file
from tools.demo.products import sku
from tools.demo.stores import Store
from tools.demo.timeline import RECENT_START, clock, compact, epoch, iso
from tools.demo.world import STORES, World

_RECEIPTS_PER_MAIL = 15
_HEADINGS = ("Pos", "SKU", "Title", "Quantity", "Unit price", "Discount")
# character set and transfer encoding
_ENCODINGS = (
    ("utf-8", "quoted-printable"),
    ("utf-8", "base64"),
    ("utf-8", "8bit"),
    ("iso-8859-1", "quoted-printable"),
    ("windows-1252", "base64"),
    ("iso-8859-1", "8bit"),
)
# number of records by how the mail came
COUNTS = ("files", "original", "repeated", "attached_copies", "inline_copies", "unreadable_mails")


class Mailbox:
    """The mails of one store."""

    def __init__(self, world: World, store: Store) -> None:
        self._world, self._store = world, store
        self._draw = world.dice.purpose(f"mail/{store.code}")
        self._is_first = store.code == next(iter(STORES))

    def write(self, folder: Path, start: int, end: int) -> dict[str, int]:
        """Write the mails of the days from `start` to before `end`; return what they hold."""
        counts = dict.fromkeys(COUNTS, 0)
        for day in range(start, end):
            for number, (mail, copy, records) in enumerate(self._mails(day), 1):
                stem = f"order_confirmations_{self._store.code}_{compact(day)}_{number}"
                self._save(folder / f"{stem}.eml", mail, day)
                counts["files"] += 1
                counts["original" if records else "unreadable_mails"] += records or 1
                if copy:
                    kind, second = copy
                    self._save(folder / f"{stem}_{kind}.eml", second, day)
                    counts["files"] += 1
                    counts[kind] += records
        return counts

    @staticmethod
    def _save(path: Path, mail: EmailMessage, day: int) -> None:
        with whole_file(path, day + 1, "wb") as file:
            file.write(mail.as_bytes(policy=SMTP))

    def _mails(
        self, day: int
    ) -> Iterator[tuple[EmailMessage, tuple[str, EmailMessage] | None, int]]:
        """Give each mail of a day, a copy of it of some kind, and its number of records."""
        sales = self._store.confirmed(day)
        singly = len(sales) <= 4 and self._draw(day)[15] & 1
        size = 1 if singly else _RECEIPTS_PER_MAIL
        for number, place in enumerate(range(0, len(sales), size)):
            group = sales[place : place + size]
            draw = self._draw(day * 1000 + number + 1)
            moment = self._moment(day, group[-1].second + 240, draw[0])
            identity = f"{compact(day)}.{number + 1}.{self._store.code.lower()}"
            mail = self._mail(group, moment, identity, draw)
            records = sum(len(self._store.confirmed_lines(basket)) for basket in group)
            yield mail, self._copy(mail, group, moment, identity, draw), records
        if self._is_first and (day - RECENT_START) % 60 == 10:
            yield self._unreadable(day), None, 0

    @staticmethod
    def _moment(day: int, second: int, word: int) -> datetime:
        zone = timezone(timedelta(hours=1)) if word % 3 == 0 else timezone.utc
        return datetime.fromtimestamp(epoch(day, min(second, 86_399)), zone)

    def _head(self, subject: str, to: str, moment: datetime, identity: str) -> EmailMessage:
        mail, domain = EmailMessage(policy=SMTP), f"{self._store.code.lower()}.example"
        mail["From"] = f"ThinkThrift {STORES[self._store.code]} <till@{domain}>"
        mail["To"] = to
        mail["Date"] = moment
        mail["Subject"] = subject
        mail["Message-ID"] = f"<{identity}@{domain}>"
        return mail

    def _mail(
        self, group: list[Basket], moment: datetime, identity: str, draw: tuple[int, ...]
    ) -> EmailMessage:
        to = self._store.customer(group[0])[0].strip() if len(group) == 1 else ""
        subject = (
            f"Your receipt {self._store.number(group[0])}"
            if len(group) == 1
            else f"{len(group)} receipts of {iso(group[0].day)}, {STORES[self._store.code]}"
        )
        mail = self._head(subject, to or "receipts@thinkthrift.example", moment, identity)
        charset, encoding = _ENCODINGS[draw[1] % len(_ENCODINGS)]
        style = draw[2] % 3
        if style < 2:
            mail.set_content(self._text(group), charset=charset, cte=encoding)
        if style == 1:
            mail.add_alternative(self._html(group), subtype="html", charset=charset, cte=encoding)
            mail.set_boundary(f"=_{identity}")
        elif style == 2:
            mail.set_content(self._html(group), subtype="html", charset=charset, cte=encoding)
        return mail

    def _copy(
        self,
        mail: EmailMessage,
        group: list[Basket],
        moment: datetime,
        identity: str,
        draw: tuple[int, ...],
    ) -> tuple[str, EmailMessage] | None:
        """Return a second mail with the same receipts, for about one mail in five."""
        chance = draw[3] % 15
        if chance == 0:
            return "repeated", mail
        if chance > 2:
            return None
        office = "office@thinkthrift.example"
        later = moment + timedelta(minutes=35)
        forward = self._head(f"Fwd: {mail['Subject']}", office, later, f"{identity}.fwd")
        if chance == 1:
            forward.set_content("See attached.", charset="utf-8", cte="7bit")
            forward.add_attachment(mail)
            forward.set_boundary(f"=_{identity}.fwd")
            return "attached_copies", forward
        forward.set_content(
            "For your files.\n\n---------- Forwarded message ----------\n"
            f"From: {mail['From']}\nDate: {mail['Date']}\nSubject: {mail['Subject']}\n\n"
            + self._text(group),
            charset="utf-8",
            cte="quoted-printable",
        )
        return "inline_copies", forward

    def _unreadable(self, day: int) -> EmailMessage:
        moment = self._moment(day, 80_000, 1)
        to, identity = "receipts@thinkthrift.example", f"{compact(day)}.error"
        mail = self._head("Your receipt", to, moment, identity)
        mail.set_content("Receipt: ###\nThe printer template could not be filled.\n", cte="7bit")
        return mail

    def _facts(self, basket: Basket) -> list[str]:
        return [
            f"Receipt: {self._store.number(basket)}",
            f"Sold at: {iso(basket.day)} {clock(basket.second)} UTC",
            f"Customer: {self._store.customer(basket)[0].strip()}",
        ]

    def _rows(self, basket: Basket) -> tuple[list[tuple[str, ...]], str]:
        rows: list[tuple[str, ...]] = []
        total = 0
        for place, line in enumerate(self._store.confirmed_lines(basket), 1):
            discount = line.quantity * line.price * line.percent // 100
            total += line.quantity * line.price - discount
            title = self._world.products.look(line.product).title
            amounts = (f"{money(line.price)} EUR", f"{money(discount)} EUR")
            rows.append((str(place), sku(line.rank), title, str(line.quantity), *amounts))
        return rows, f"Total: {money(total)} EUR"

    def _text(self, group: list[Basket]) -> str:
        parts = [f"Store: {self._store.code}", ""]
        for basket in group:
            rows, total = self._rows(basket)
            parts += [*self._facts(basket), " | ".join(_HEADINGS)]
            parts += [" | ".join(row) for row in rows]
            parts += [total, ""]
        return "\n".join(parts)

    def _html(self, group: list[Basket]) -> str:
        parts = ["<html><body>", f"<p>Store: {self._store.code}</p>"]
        for basket in group:
            rows, total = self._rows(basket)
            parts += ["<p>" + "<br>".join(escape(fact) for fact in self._facts(basket)) + "</p>"]
            parts += ["<table>", "<tr><th>" + "</th><th>".join(_HEADINGS) + "</th></tr>"]
            for row in rows:
                cells = "</td><td>".join(escape(cell) for cell in row)
                parts.append(f"<tr><td>{cells}</td></tr>")
            parts += ["</table>", f"<p>{total}</p>"]
        return "\n".join([*parts, "</body></html>", ""])
