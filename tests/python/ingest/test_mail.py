"""Order confirmations from files and from a real IMAP server: whole mails, and each once."""

import base64
import email
import gzip
import importlib.util
import json
import os
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from html import escape, unescape
from pathlib import Path

import pytest
from growth import check_growth
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imap_tools import MailBoxStartTls
from mail_server import HOST, PASSWORD, USER, certificate, running, saying, way_to

from ingest.contract import Table
from ingest.readers import html_lines, imap
from ingest.readers import mail as reader
from ingest.readers.confirmations import FIELDS, Mails, read, reread
from tools.demo import company
from tools.demo.databases import Databases

COLUMNS = (
    "message_id text, received_at timestamptz, store_id text, receipt_number text,"
    " line_number integer, sold_at timestamptz, sku text, product_title text, quantity integer,"
    " unit_price numeric, discount_amount numeric, currency_code text, customer_email text"
)
HAT = ("1", "TT-1", "Felt hat", "1", "24.90 EUR", "0.00 EUR")
COAT = ("2", "TT-2", "Größe 38 | Mantel & Gürtel", "2", "10.00 EUR", "1.50 EUR")
HEADINGS = ("Pos", "SKU", "Title", "Quantity", "Unit price", "Discount")
TITLES = "select product_title from raw_store_mail.order_confirmations order by receipt_number"


def receipt(
    rows: tuple = (HAT, COAT), total: str = "43.40", number: str = "BER01-7", more: str = ""
) -> str:
    facts = f"Receipt: {number}\nSold at: 2025-11-03 14:22:05 UTC\nCustomer: a@example.com\n{more}"
    return facts + "\n".join(" | ".join(row) for row in (HEADINGS, *rows)) + f"\nTotal: {total} EUR"


TEXT = f"Store: BER01\n\n{receipt()}\n"
PAGE = (
    "<html><style>p {color: red}</style><body><p>Store: BER01</p><p>Receipt: BER01-7<br>Sold at:"
    " 2025-11-03 14:22:05 UTC<br>Customer: a@example.com</p><table>"
    + "".join(
        f"<tr>{''.join(f'<td><p>{escape(cell)}</p></td>' for cell in row)}</tr>\n"
        for row in (HEADINGS, HAT, COAT)
    )
    + "</table><p>Total: 43.40&nbsp;EUR</p></body></html>"
)


def mail(content: str = TEXT, identity: str = "<1@shop.example>", **form: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = "till@shop.example"
    message["Date"] = "Mon, 03 Nov 2025 15:30:00 +0100"
    message["Subject"] = "Ihr Beleg für Größe 38"
    message["Message-ID"] = identity
    message.set_content(content, **form)
    return message


@pytest.fixture
def table(declare) -> Table:
    key = ("message_id", "receipt_number", "line_number")
    return declare(
        COLUMNS, source="store_mail", name="order_confirmations", schema="raw_store_mail",
        reader="mail", mode="merge", key=key, siblings=("order_confirmations",),
        max_quarantined=1.0,
    )  # fmt: skip


@pytest.fixture
def load(warehouse, table, write) -> Callable[..., list[tuple]]:
    """Give a function that loads mails from files and returns what is in the raw table."""

    def loaded(*mails: EmailMessage | bytes) -> list[tuple]:
        for number, message in enumerate(mails):
            write(bytes(message), f"order_confirmations_{number}.eml")
        result = warehouse.load(table)
        assert result.status == "loaded", result.notes
        return warehouse.rows(
            "select line_number, sku, product_title, quantity, unit_price, discount_amount"
            " from raw_store_mail.order_confirmations order by message_id, receipt_number, 1"
        )

    return loaded


@pytest.fixture
def refused(load, warehouse) -> Callable[[EmailMessage | bytes], str]:
    """Give a function that loads a mail of which nothing may be loaded and returns the reason."""

    def reason(message: EmailMessage | bytes) -> str:
        assert load(message) == []
        [(position, reason, payload)] = warehouse.quarantine()
        assert position == "order_confirmations_0.eml"
        assert "Message" in payload["record"] or "From" in payload["record"]
        return reason

    return reason


GOOD = [
    (1, "TT-1", "Felt hat", 1, Decimal("24.90"), Decimal("0.00")),
    (2, "TT-2", "Größe 38 | Mantel & Gürtel", 2, Decimal("10.00"), Decimal("1.50")),
]


def test_every_field_of_a_receipt_is_loaded(load, warehouse) -> None:
    load(mail(identity="<a.b@shop.example>"))
    [row, _] = warehouse.rows(
        "select message_id, received_at = '2025-11-03 14:30+00', store_id, receipt_number,"
        " sold_at = '2025-11-03 14:22:05+00', currency_code, customer_email, _source_file"
        " from raw_store_mail.order_confirmations"
    )
    assert row == (
        "<a.b@shop.example>", True, "BER01", "BER01-7", True, "EUR", "a@example.com",
        "order_confirmations_0.eml",
    )  # fmt: skip


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252"])
@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_mail_can_be_encoded_in_any_way(load, charset, encoding, kind) -> None:
    content = TEXT if kind == "plain" else PAGE
    assert load(mail(content, subtype=kind, charset=charset, cte=encoding)) == GOOD


def test_the_charset_that_is_meant_counts(load) -> None:
    title = "Jacke – 5€"  # has no place in what is named
    content = TEXT.replace("Felt hat", title).encode("windows-1252")
    head = b"Message-ID: <1@x>\nContent-Type: text/plain; charset=iso-8859-1\n\n"
    assert load(head + content)[0][2] == title


def test_without_a_charset_it_is_utf_8(load) -> None:
    assert load(b"Message-ID: <1@x>\n\n" + TEXT.encode()) == GOOD


def test_of_alternatives_the_text_is_read_and_else_the_html(load) -> None:
    both, broken, empty = mail(), mail(TEXT[:-20], "<2@x>"), mail("See below.", "<3@x>")
    both.add_alternative(PAGE.replace("Felt", "Top"), subtype="html")
    for message in (broken, empty):
        message.add_alternative(PAGE, subtype="html")
    assert load(both, broken, empty) == GOOD * 3


def test_html_can_be_laid_out_in_a_table(load) -> None:
    body = PAGE.replace("<body>", "<body><table><tr><td>").replace("</body>", "</td></tr></table>")
    assert load(mail(body, subtype="html")) == GOOD


def test_one_mail_can_hold_several_receipts(load) -> None:
    more = receipt((COAT,), "18.50", "BER01-8")
    assert load(mail(f"{TEXT}\n{more}\n")) == [*GOOD, GOOD[1]]


def test_a_forwarded_mail_counts_under_its_own_id(load, warehouse) -> None:
    attached, twice = mail("See attached.", "<2@x>"), mail("See attached.", "<3@x>")
    attached.add_attachment(mail())
    twice.add_attachment(mail())
    twice.add_attachment(mail())
    quoted = mail("FYI\n\n" + "".join(f"> > {line}\n" for line in TEXT.splitlines()), "<4@x>")
    assert load(attached, twice, quoted) == GOOD * 3
    ids = "select distinct message_id from raw_store_mail.order_confirmations order by 1"
    assert warehouse.rows(ids) == [("<2@x>",), ("<3@x>",), ("<4@x>",)]


def test_a_title_can_hold_separators(load) -> None:
    titles = ["a | b", "| x |", "1 | 2.00 EUR | 0.00 EUR", "Total: 9 EUR", ""]
    rows = tuple((str(n), "S", title, *HAT[3:]) for n, title in enumerate(titles, 1))
    loaded = load(mail(f"Store: A\n{receipt(rows, '124.50')}"))
    assert [row[2] for row in loaded] == titles


def test_a_customer_can_be_missing_and_a_date_wrong(load, warehouse) -> None:
    message = mail(TEXT.replace("a@example.com", ""))
    message.replace_header("Date", "Montag, 99. Brumaire 25:61")
    load(message)
    found = "select customer_email, received_at from raw_store_mail.order_confirmations"
    assert warehouse.rows(found) == [(None, None)] * 2


def test_prices_are_not_rounded(load) -> None:
    rows = (("1", "S", "x", "3", "3.3333333333 EUR", "0.0000000001 EUR"),)
    [row] = load(mail(f"Store: A\n{receipt(rows, '9.9999999998')}"))
    assert row[4:] == (Decimal("3.3333333333"), Decimal("0.0000000001"))


BAD = {
    "holds no receipt": "Hello.\n",
    "lacks its table or its total": "Store: BER01\nReceipt: ###\nThe printer is out of ink.\n",
    "adds up to 43.40, not to its total 43.41": TEXT.replace("43.40", "43.41"),
    "another currency": TEXT.replace("43.40 EUR", "43.40 CHF"),
    "the broken line \"2 | TT-2": TEXT.replace("| 2 |", "| two |"),
    "the broken line \"1 | TT-1": TEXT.replace("24.90 EUR", "24.90 CHF"),
    "a position twice": TEXT.replace("2 | TT-2", "1 | TT-2"),
    "lacks \"Store:\"": TEXT.replace("Store", "Shop"),
    "lacks \"Receipt:\"": TEXT + "Sold at: 2025-11-03 14:22:05 UTC\n" + TEXT[TEXT.index("Pos") :],
    "does not match format": TEXT.replace("14:22:05", "25:22:05"),
    "twice, and not alike": TEXT + TEXT.replace("Felt hat", "Top hat"),
    "NUL": TEXT.replace("Felt", "F\0lt"),
    "the broken line \"9999999999": TEXT.replace("1 | TT-1", "9999999999 | TT-1"),
}  # fmt: skip


@pytest.mark.parametrize("problem", BAD)
def test_a_bad_receipt_refuses_the_whole_mail(refused, problem) -> None:
    good = receipt((COAT,), "18.50", "BER01-8") if "no receipt" not in problem else ""
    assert problem in refused(mail(f"{BAD[problem]}\n{good}\n"))


def test_a_bad_attached_mail_refuses_the_whole_mail(refused) -> None:
    message = mail()
    message.add_attachment(mail(TEXT.replace("43.40", "0.00").replace("BER01-7", "BER01-8")))
    assert "BER01-8 adds up" in refused(message)


def test_a_mail_without_an_id_is_refused(refused) -> None:
    message = mail()
    del message["Message-ID"]
    assert "no Message-ID" in refused(message)


@pytest.mark.parametrize("charset", ["utf-8", "windows-1257", "klingon", "unicode_escape"])
def test_what_cannot_be_decoded_is_refused(refused, charset) -> None:
    head = f"Message-ID: <1@x>\nContent-Type: text/plain; charset={charset}\n\n"
    assert refused(head.encode() + TEXT.replace("Felt", "\\ud800 \xa5").encode("latin-1"))


def test_a_mail_that_is_cut_off_is_refused_wherever_it_is_cut(load, warehouse) -> None:
    whole = mail(f"{TEXT}\n{receipt((COAT,), '18.50', 'BER01-8')}\n")
    whole.add_attachment("Terms and conditions.")
    content = bytes(whole).rstrip().removesuffix(b"--")
    cuts = [content[:length] for length in range(0, len(content), 7)]
    assert load(*cuts) == []
    assert len(warehouse.quarantine()) == len(cuts)


def test_a_text_is_enough_if_the_html_is_cut_off(load) -> None:
    message = mail()
    message.add_alternative(PAGE, subtype="html")
    content = bytes(message)
    assert load(content[: content.index(b"</table>")]) == GOOD


def test_html_without_its_end_is_refused(refused) -> None:
    assert "its HTML is cut off" in refused(mail(PAGE.removesuffix("</html>"), subtype="html"))


def test_no_mail_breaks_the_reader(load, warehouse) -> None:
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)
    )
    hostile = [
        b"", b"\0", b"\xff\xfe", b"From:", b"Message-ID: <1@x>\nContent-Type: multipart/mixed\n\nx",
        b"Message-ID: [\nDate: =?x?\nContent-Type: text/plain; charset*0*=''%ff\n\n"
        + TEXT.encode(),
        b"Message-ID: <1@x>\nContent-Type: text/html\n\n<![x <table><tr><td><tr></table></table>",
        b"Message-ID: <1@x>\n" + nested,
    ]  # fmt: skip
    load(*hostile)
    assert len(warehouse.quarantine()) + len(warehouse.rows(TITLES)) >= len(hostile)


def test_a_quarantined_mail_can_be_read_again(refused, warehouse, table) -> None:
    message = bytes(mail(TEXT.replace("43.40", "43.41"), charset="windows-1252", cte="8bit"))
    refused(message)
    [(_, _, payload)] = warehouse.quarantine()
    [again] = reread(table, payload["record"], ["sku"])
    assert "43.41" in again.problem
    assert again.raw == payload["record"]
    mended = payload["record"].replace("43.41", "43.40")
    titles = [record.values for record in reread(table, mended, ["product_title", "quantity"])]
    assert titles == [["Felt hat", "1"], ["Größe 38 | Mantel & Gürtel", "2"]]
    assert reader.reread is reread


CHARSETS = {
    "UTF8": "utf-8", "utf8mb4": "utf-8", "X-UTF-8": "utf-8", "unicode-1-1-utf-7": "utf-7",
    "ansi_x3.4-1968": "utf-8", "us-ascii": "utf-8", "unknown-8bit": "utf-8", "x-unknown": "utf-8",
    "latin1": "cp1252", "ISO-8859-1": "cp1252", "iso_8859-1:1987": "cp1252", "win-1252": "cp1252",
    "csISOLatin1": "cp1252", "x-cp1252": "cp1252", "windows1252": "cp1252", "'cp1252'": "cp1252",
    "ISO8859-15": "iso8859-15", "Latin-9": "iso8859-15", "iso-8859-9": "cp1254",
    "cp-850": "cp850", "ibm-850": "cp850", "IBM00858": "cp858", "DOS-850": "cp850",
    "x-mac-roman": "mac-roman", "macintosh": "mac-roman", "utf-16": "utf-16",
    "UTF-16BE": "utf-16-be", "gb18030": "gb18030",
}  # fmt: skip
SCRIPTS = {
    "x-sjis": ("shift_jis", "帽子"), "Shift-JIS": ("cp932", "①帽子"), "cp932": ("cp932", "髙"),
    "windows-31j": ("cp932", "㈱"), "EUC-JP": ("euc_jp", "帽子"), "x-euc-jp": ("euc_jp", "帽子"),
    "iso-2022-jp": ("iso2022_jp", "帽子"), "_iso-2022-jp": ("iso2022_jp", "帽子"),
    "gb2312": ("gbk", "帽子髮"), "x-gbk": ("gbk", "帽子"), "hz-gb-2312": ("hz", "帽子"),
    "big5": ("big5", "帽子"), "x-x-big5": ("big5", "帽子"), "big5-hkscs": ("big5hkscs", "帽"),
    "ks_c_5601-1987": ("cp949", "모자똠"), "windows-949": ("cp949", "모자"),
    "euc-kr": ("cp949", "똠"),
    "iso-8859-8-i": ("iso8859-8", "כובע"), "windows-1255": ("cp1255", "כובע"),
    "koi8-r": ("koi8-r", "шапка"), "koi": ("koi8-r", "шапка"), "windows-1251": ("cp1251", "шапка"),
    "iso-8859-5": ("iso8859-5", "шапка"), "cp-866": ("cp866", "шапка"),
    "windows-874": ("cp874", "หมวก…"), "tis-620": ("cp874", "หมวก"),
    "x-mac-ce": ("mac-latin2", "Ł"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("charset", "encoding", "title"),
    [(name, codec, "Hüte") for name, codec in CHARSETS.items()]
    + [(name, *rest) for name, rest in SCRIPTS.items()],
)
def test_a_charset_has_many_names(charset, encoding, title) -> None:
    text = f"Store: A\n{receipt((HAT,), '24.90')}\n".replace("Felt hat", title)
    body = base64.b64encode(text.encode(encoding))
    head = f'Message-ID: <1@x>\nContent-Type: text/plain; charset="{charset}"\n'
    message = head.encode() + b"Content-Transfer-Encoding: base64\n\n" + body
    [record] = records(message)
    assert record.values == [title], record.problem


def records(message: bytes, most: int = reader.MOST) -> list:
    """Return what the reader makes of a mail's titles."""
    return list(read(message, "a mail", ["product_title"], most, Mails()))


@pytest.mark.parametrize("charset", ["idna", "punycode", "undefined", "rot13", "base64", "a\0b"])
def test_what_is_no_charset_is_refused(charset) -> None:
    head = f'Message-ID: <1@x>\nContent-Type: text/plain; charset="{charset}"\n\n'
    [record] = records(head.encode() + TEXT.encode())
    assert "this mail cannot be used: the character set" in record.problem


FLOWED = """Store: BER01
Receipt: BER01-7
Sold at: 2025-11-03 14:22:05 UTC
Pos | SKU | Title | Quantity |{0}
Unit price | Discount
1 | TT-1 |{0}
 From the{0}
 >moon | 1 | 24.90 EUR | 0.00 EUR
Total: 24.90 EUR
--{1}
Shop"""


@pytest.mark.parametrize("depth", [0, 2])
@pytest.mark.parametrize("delsp", ["", "; DelSp=Yes"])
def test_flowed_lines_are_joined(delsp, depth) -> None:
    text = FLOWED.format("  " if delsp else " ", " ")
    body = "\r\n".join(depth * ">" + line for line in text.split("\n"))
    head = f"Message-ID: <1@x>\r\nContent-Type: text/plain; Format=Flowed{delsp}\r\n\r\n"
    [record] = records((head + body).encode())
    assert record.values == ["From the >moon"], record.problem


def test_lines_of_other_mails_are_not_joined() -> None:
    body = TEXT.replace("Customer: a@example.com", "Customer: ")
    message = b"Message-ID: <1@x>\nContent-Type: text/plain; format=fixed\n\n" + body.encode()
    assert [record.values for record in records(message)] == [["Felt hat"], [COAT[2]]]


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("a<br>b<BR/>c", ["a", "b", "c"]),
        ("<tr><td>a<td>b<tr><th>c</th><th>d</table>e", ["a | b", "c | d", "e"]),
        ("<table><tr><td>a</table>b", ["a", "b"]),
        ("<td>a<td>b</tr>c", ["a | b", "c"]),
        ("<table><tr><td><table><tr><td>a<td>b</table></table>", ["a | b"]),
        ("<p title='>'>a</p><p title=\"<!--\">b<p title = it's>c", ["a", "b", "c"]),
        ("a<!-- <p> -->b<!-->c<!--->d<!-- x --!>e", ["abcde"]),
        ("<![if !mso]>a<![endif]><?xml b?><!DOCTYPE html>c</>d", ["acd"]),
        ("1 < 2 &amp;lt; 3 &lt;4&nbsp;5 <3", ["1 < 2 &lt; 3 <4\xa05 <3"]),
        ("<style>p > a {} </p></STYLE>a<script>'<br>'</script >b<title>c</title>", ["ab"]),
        ("a\x02b\x1fc", ["a\x02b\x1fc"]),
        ("</table></tr></td>a<table>", ["a"]),
    ],
)
def test_html_becomes_lines(html, lines) -> None:
    text = html_lines.lines_of(html)
    assert [line for line in map(str.strip, text.split("\n")) if line] == lines


@pytest.mark.parametrize("html", ["<a", "<!-- x", "<a href='", "<style>p {}", "<!x", "a</"])
def test_html_that_ends_in_a_tag_is_refused(html) -> None:
    with pytest.raises(ValueError, match="cut off in a tag or a comment"):
        html_lines.lines_of(html)


def test_another_mail_with_the_same_id_is_told_of(load, warehouse) -> None:
    other = TEXT.replace("Felt hat", "Top hat")
    assert load(mail(), mail(), mail(other), mail(other, "<2@x>"), mail(TEXT, "<3@x>")) == [
        *GOOD, *GOOD,
    ]  # fmt: skip
    found = [(position, reason) for position, reason, _ in warehouse.quarantine()]
    said = "this mail cannot be used: another mail of this load has the"
    assert found == [
        (
            "order_confirmations_2.eml",
            f"{said} receipt BER01-7 of store BER01, but not the same content",
        ),
        (
            "order_confirmations_3.eml",
            f"{said} receipt BER01-7 of store BER01, but not the same content",
        ),
    ]


def test_a_message_id_stands_for_one_mail(load, warehouse) -> None:
    another = mail(TEXT.replace("BER01-7", "BER01-8"))
    assert load(mail(), another) == GOOD
    [(_, reason, payload)] = warehouse.quarantine()
    assert "another mail of this load has the Message-ID <1@shop.example>, but not" in reason
    assert "BER01-8" in payload["record"]


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_mail_has_a_largest_size(warehouse, table, write, is_packed) -> None:
    message = bytes(mail()) + b"x" * 3_000_000
    name = "order_confirmations_1.eml"
    write(gzip.compress(message) if is_packed else message, name + ".gz" * is_packed)
    write(bytes(mail()), "order_confirmations_2.eml")
    result = warehouse.load(replace(table, options={"max_bytes": 2000}))
    assert (result.read, result.loaded, result.quarantined) == (3, 2, 1)
    [(position, reason, payload)] = warehouse.quarantine()
    assert position == name + ".gz" * is_packed
    assert reason.endswith("it has more than 2,000 bytes, which max_bytes allows")
    assert payload["record"].startswith("From: till@shop.example")
    assert payload["record"].endswith("(its body was not read)")
    [again] = reread(table, payload["record"], ["sku"])
    assert "holds no receipt" in again.problem


@pytest.mark.parametrize("most", [0, "25 MB", True])
def test_a_wrong_largest_size_is_named(warehouse, table, most) -> None:
    result = warehouse.load(replace(table, options={"max_bytes": most}))
    assert f"max_bytes should be a whole number of 1 or more, not {most!r}" in result.notes[0]


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        (mail(identity=f"<{'x' * 1000}@x>"), "its Message-ID has more than 998 bytes"),
        (mail(TEXT.replace("a@example.com", "a" * 500)), 'more than 400 bytes after "Customer:"'),
        (
            b"Message-ID: <1@x>\nContent-Type: text/plain" + b"; a=b" * 1000,
            "header Content-Type has",
        ),
        (b"Message-ID: <1@x>\n\n" + b"\n" * 2_000_001, "it has more than 1,000,000 lines"),
        (mail("<table>" * 40, subtype="html"), "more than 30 tables in each other"),
        (mail("<p>" * 1_100_000, subtype="html"), "more than 1,000,000 tags"),
    ],
)
def test_what_no_honest_sender_sends_is_refused(message, problem) -> None:
    [record] = records(bytes(message))
    assert problem in record.problem


HTML = b"Message-ID: <1@x>\nContent-Type: text/html\n\n"
PLAIN = b"Message-ID: <1@x>\nContent-Type: text/plain; format=flowed\n\n"
BEGUN = PLAIN + TEXT[: TEXT.index("1 | ")].encode()
HOSTILE = {
    "open tags": lambda size: HTML + b"<a " * size,
    "open values": lambda size: HTML + b"<a b='" * size,
    "open comments": lambda size: HTML + b"<!--" * size,
    "closed comments": lambda size: HTML + b"<!-- -->" * size,
    "open rows": lambda size: HTML + b"<table>" + b"<tr>" * size,
    "closed rows": lambda size: HTML + b"<tr>" * size + b"</tr>" * size,
    "tables in each other": lambda size: HTML + b"<table><tr><td>" * size,
    "cells in cells": lambda size: HTML + b"<table><tr><td>x<td>" * 28 + b"x " * size,
    "cells": lambda size: HTML + b"<tr>" + b"<td>\x02\x1f" * size,
    "old marks": lambda size: HTML + b"\x02\x1f\x03" * size,
    "open references": lambda size: HTML + b"&#" * size,
    "quoting": lambda size: PLAIN + b"> " * size + b"x",
    "quoted lines": lambda size: PLAIN + b"> \n" * size,
    "blanks": lambda size: BEGUN + b"Total:" + b" " * size + b"x",
    "borders": lambda size: BEGUN + b"1 | S |" + b" | 1 | 1 EUR | 1 EUR" * size + b"x",
    "rows": lambda size: BEGUN + b"1 | S | x | 1 | 1.00 EUR | 0.00 EUR\n" * size,
    "long header": lambda size: b"Message-ID: <1@x>\nContent-Type: a/b" + b";" * size + b"\n\nx",
    "folded header": lambda size: b"Message-ID: <1@x>\nTo: a\n" + b" b@x,\n" * size + b"\nx",
    "headers": lambda size: b"Message-ID: <1@x>\n" + b"To: a\n" * size + b"\nx",
    "mails in mails": lambda size: nested(0) + b"Content-Type: message/rfc822\n\n" * size,
    "parts": lambda size: MULTIPART + b"--b\n\nx\n" * size,
    "deep lines": lambda size: nested(28) + b"x\n" * size,
    "no text": lambda size: b"\0\xff" * size,
}  # fmt: skip
MULTIPART = b"Message-ID: <1@x>\nContent-Type: multipart/mixed; boundary=b\n\n"


def nested(depth: int) -> bytes:
    """Return the beginning of a mail that has parts in each other."""
    return b"Message-ID: <1@x>\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth)
    )


@pytest.mark.parametrize("shape", HOSTILE)
def test_time_grows_with_the_mail(shape) -> None:
    check_growth(HOSTILE[shape], partial(records, most=1 << 30), 2000)


# what the properties below make mails of
words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9)
titles = st.lists(
    words | st.sampled_from(["|", "<b>", "&amp;", ">", "Total:", "1 | 2"]), max_size=4
)
prices = st.decimals("-99999", "99999", places=2)
lines_sold = st.lists(
    st.tuples(words, titles.map(" ".join), st.integers(-99, 99), prices, prices),
    min_size=1,
    max_size=4,
)
EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "0"))
many_mails = settings(
    max_examples=EXAMPLES or 2500, derandomize=not EXAMPLES, database=None, deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip


def printed(sold: list[tuple], number: str = "BER01-7") -> tuple[tuple, str]:
    """Return the rows of a receipt as a till prints them, and their total."""
    rows = tuple(
        (str(n), sku, title, str(quantity), f"{price} EUR", f"{discount} EUR")
        for n, (sku, title, quantity, price, discount) in enumerate(sold, 1)
    )
    total = sum(quantity * price - discount for _, _, quantity, price, discount in sold)
    return rows, f"{total:.2f}"


@many_mails
@given(
    sold=lines_sold,
    kind=st.sampled_from(["plain", "html"]),
    cte=st.sampled_from(["base64", "quoted-printable", "8bit"]),
    is_attached=st.booleans(),
    flaw=st.none()
    | st.tuples(
        st.floats(0, 1), st.sampled_from(["cut", "flip", "drop", "twice"]), st.integers(0, 255)
    ),
)
def test_a_mail_is_read_as_python_reads_it_or_refused(sold, kind, cte, is_attached, flaw) -> None:
    rows, total = printed(sold)
    if kind == "plain":
        content = f"Store: BER01\n{receipt(rows, total)}\n"
    else:
        cells = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
            for row in (HEADINGS, *rows)
        )
        content = (
            PAGE[: PAGE.index("<table>")]
            + f"<table>{cells}</table><p>Total: {total} EUR</p></body></html>"
        )
    message = mail(content, subtype=kind, cte=cte)
    if is_attached:
        outer = mail("See below.", "<2@x>")
        outer.add_attachment(message)
        message = outer
    sent = spoilt(bytes(message), flaw)
    found = list(read(sent, "a mail", ["sku", "product_title", "unit_price"], reader.MOST, Mails()))
    assert found
    if flaw is None:
        expected = [[row[1], row[2].strip(), row[4].removesuffix(" EUR")] for row in rows]
        assert [record.values for record in found] == expected, found[0].problem
    elif found[0].problem is None:
        # what is loaded stands in the texts as Python's own reader gives them
        texts = " ".join(
            part.get_payload(decode=True).decode("utf-8")
            for part in email.message_from_bytes(sent).walk()
            if part.get_content_maintype() == "text"
        )
        texts += unescape(texts)
        for record in found:
            assert all(value in texts for value in record.values)


def spoilt(content: bytes, flaw: tuple | None) -> bytes:
    """Return a mail in which something went wrong on the way."""
    if flaw is None:
        return content
    share, kind, byte = flaw
    place = int(share * len(content))
    tail = {
        "cut": b"", "flip": bytes([byte]) + content[place + 1 :],
        "drop": content[place + byte :], "twice": content[max(place - byte, 0) :],
    }  # fmt: skip
    return content[:place] + tail[kind]


def test_a_column_that_no_mail_has_is_named(warehouse, table, write) -> None:
    write(bytes(mail()), "order_confirmations_1.eml")
    unknown = replace(table.columns[-1], name="loyalty", source_name="loyalty")
    result = warehouse.load(replace(table, columns=(*table.columns, unknown)))
    assert result.status == "failed"
    assert "lacks the declared column loyalty" in result.notes[0]


# The demo's mails


@pytest.fixture(scope="module")
def demo(postgres, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "world"
    company.create(folder, databases(postgres), 7, 2000)
    return folder


def databases(postgres) -> Databases:
    return Databases(lambda name: postgres.conninfo(dbname=name))


def planted(folder: Path, name: str) -> list[dict]:
    lines = (folder / "truths" / f"{name}.jsonl").read_text().splitlines()
    return [json.loads(line, parse_float=Decimal) for line in lines]


def test_the_demos_mails_agree_with_its_truths(demo, warehouse, table) -> None:
    table = replace(table, location=str(demo / "store_mail"))
    result = warehouse.load(table)
    truths = json.loads((demo / "truths.json").read_text())
    truth = truths["tables"]["store_mail.order_confirmations"]
    repeated = truth["rows_repeated"]  # in mails that came twice
    assert (result.read, result.loaded) == (
        truth["rows_in_source"],
        truth["rows_good"] + repeated,
    )
    assert warehouse.rows("select count(*) from raw_store_mail.order_confirmations") == [
        (truth["rows_good"],)
    ]
    reasons = [reason for _, reason, _ in warehouse.quarantine()]
    assert len(reasons) == truth["rows_bad"]["not readable"] > 0
    assert all("receipt ### lacks" in reason for reason in reasons)
    assert warehouse.load(table).status == "unchanged"


def test_the_demos_mails_agree_with_the_tills(demo, warehouse, table, postgres) -> None:
    warehouse.load(replace(table, location=str(demo / "store_mail")))
    mailed, disagreeing = {}, {}
    for number, line, *values in warehouse.rows(
        "select distinct receipt_number, line_number, store_id, sold_at,"
        " coalesce(customer_email, ''), currency_code, sku, quantity, unit_price, discount_amount"
        " from raw_store_mail.order_confirmations order by 1, 2"
    ):
        mailed.setdefault(number, []).append(tuple(values))
        assert len(mailed[number]) == line
    for row in planted(demo, "mail_disagreements"):
        said = mailed.pop(row["receipt_number"])[row["line_number"] - 1]
        disagreeing[row["receipt_number"]] = row["mail"]
        assert said[-3:-1] == (row["mail"]["quantity"], Decimal(row["mail"]["unit_price"]))
    lost = {row["receipt_number"] for row in planted(demo, "receipts_only_by_mail")}
    assert lost <= mailed.keys()
    silent = {row["receipt_number"] for row in planted(demo, "receipts_without_mail")}
    sold = {}
    for code in ("ber01", "ham01", "cgn01", "muc01"):
        with databases(postgres).connect(f"demo_store_{code}") as connection:
            for number, *values in connection.execute(
                "select receipt_number, line.store_id, sold_at, coalesce(trim(customer_email), ''),"
                " currency_code, sku, quantity, unit_price, discount_amount"
                " from receipts join receipt_lines as line using (receipt_id)"
                " where line_type = 'sale' and sold_at >= '2025-11-02' and not exists (select"
                " from receipt_lines as void where line_type = 'void'"
                " and void.returned_receipt_line_id = line.receipt_line_id)"
                " order by receipt_line_id"
            ):
                sold.setdefault(number, []).append(tuple(values))
    known = {number: rows for number, rows in mailed.items() if number not in lost}
    assert known == {
        number: rows
        for number, rows in sold.items()
        if number not in silent and number not in disagreeing
    }


# A server's mails

needs_server = pytest.mark.skipif(
    importlib.util.find_spec("pymap") is None, reason="pymap, an IMAP server, needs Python 3.11"
)


@pytest.fixture(scope="module")
def server() -> Iterator:
    with running("--no-tls") as started:
        yield started


@pytest.fixture
def folder(request: pytest.FixtureRequest) -> str:
    """A folder of the test's own."""
    return request.node.name[:40].replace("[", " ").replace("]", "")


@pytest.fixture
def inbox(table, server, folder, monkeypatch) -> Table:
    """The table as read from the test's folder on the server."""
    monkeypatch.setenv("STORE_MAIL_PASSWORD", "s3cret/word")
    server.box(folder)
    return replace(table, location=at(server.port, folder))


def at(port: int, folder: str = "INBOX", scheme: str = "imap", user: str = "till%40shop.example"):
    return f"{scheme}://{user}@127.0.0.1:{port}/{folder.replace(' ', '%20')}"


def numbered(*numbers: int, **form: str) -> list[bytes]:
    return [
        bytes(mail(TEXT.replace("BER01-7", f"BER01-{n:03}"), f"<{n}@x>", **form)) for n in numbers
    ]


def count(warehouse) -> int:
    [(number,)] = warehouse.rows(
        "select count(distinct message_id) from raw_store_mail.order_confirmations"
    )
    return number


@needs_server
def test_a_folder_on_a_server_is_read_on_from_the_last_mail(
    warehouse, inbox, server, folder, monkeypatch
) -> None:
    monkeypatch.setattr(imap, "MAILS", 3)
    server.put(folder, *numbered(*range(1, 9)))
    assert warehouse.load(inbox).loaded == 16
    name = f"127.0.0.1/{folder}"
    assert warehouse.rows(
        "select distinct _source_file, _extracted_at > now() - interval '1 minute'"
        " from raw_store_mail.order_confirmations"
    ) == [(name, True)]
    again = warehouse.load(inbox)
    assert (again.status, again.read) == ("loaded", 0)
    late = email.message_from_bytes(numbered(9)[0], policy=SMTP)
    late.replace_header("Date", "Mon, 03 Nov 2014 15:30:00 +0100")
    server.put(folder, bytes(late), b"Subject: Lunch?\r\n\r\nAt noon.\r\n")
    more = warehouse.load(inbox)
    assert (more.read, more.loaded, more.quarantined) == (3, 2, 1)
    [(position, reason, payload)] = warehouse.quarantine()
    assert position.startswith("uid ")
    assert "no Message-ID" in reason
    assert "At noon." in payload["record"]


@needs_server
def test_a_table_can_have_a_folder_of_its_own(warehouse, inbox, server, folder) -> None:
    server.put(folder, *numbered(1))
    table = replace(inbox, location=at(server.port, "INBOX"), options={"folder": folder})
    assert warehouse.load(table).loaded == 2


@needs_server
def test_no_mail_is_marked_as_read(warehouse, inbox, server, folder) -> None:
    server.put(folder, *numbered(1, 2))
    assert warehouse.load(inbox).loaded == 4
    assert len(server.box(folder).uids("UNSEEN")) == 2


@needs_server
def test_mails_numbered_anew_are_not_loaded_twice(warehouse, inbox, server, folder) -> None:
    server.put(folder, *numbered(1, 2, 3))
    warehouse.load(inbox)
    before = warehouse.last_load()["cursor_after"]
    server.box().folder.delete(folder)
    server.put(folder, *numbered(4, 1))
    result = warehouse.load(inbox)
    assert (result.read, result.unchanged) == (4, 2)
    assert count(warehouse) == 4
    validity, uid, _ = before.split(":")
    now = warehouse.last_load()["cursor_after"].split(":")
    assert validity != now[0]
    assert int(uid) > int(now[1])


@needs_server
def test_another_contract_or_a_full_load_reads_all_again(warehouse, inbox, server, folder) -> None:
    server.put(folder, *numbered(1, 2))
    warehouse.load(replace(inbox, columns=inbox.columns[:-1]))
    assert warehouse.load(inbox).read == 4
    assert warehouse.load(inbox, full=True).read == 4


@needs_server
def test_another_user_of_the_server_is_another_mailbox(warehouse, inbox, server, folder) -> None:
    server.put(folder, *numbered(1))
    warehouse.load(inbox)
    cursor = warehouse.last_load()["cursor_after"].replace("till@", "other@")
    warehouse.rows("update raw_ingest.loads set cursor_after = %s returning 1", cursor)
    assert warehouse.load(inbox).read == 2


@needs_server
def test_a_connection_that_drops_changes_nothing(
    warehouse, inbox, server, folder, monkeypatch
) -> None:
    monkeypatch.setattr(imap, "MAILS", 10)
    server.put(folder, *numbered(1))
    warehouse.load(inbox)
    server.put(folder, *numbered(*range(2, 60)))
    with way_to(server.port, limit=20_000) as port:
        result = warehouse.load(replace(inbox, location=at(port, folder)))
    assert result.status == "failed"
    assert "broke off" in result.notes[0]
    assert count(warehouse) == 1
    assert warehouse.quarantine() == []
    assert warehouse.load(inbox).loaded == 58 * 2


def withheld(uid: int, how: str) -> Callable[[bytes], bytes]:
    """Return what makes a server keep the content of a mail to itself."""

    def edit(answer: bytes) -> bytes:
        is_fetched = re.match(rb"\* \d+ FETCH .*BODY\[\]", answer) and b"UID %d" % uid in answer
        if not is_fetched:
            return answer
        return b"" if how == "missing" else b"* 1 FETCH (UID %d BODY[]<0> NIL)\r\n" % uid

    return edit


@needs_server
@pytest.mark.parametrize("how", ["nil", "missing"])
def test_a_withheld_mail_is_waited_for(warehouse, inbox, server, folder, how) -> None:
    server.put(folder, *numbered(*range(1, 6)))
    uids = [int(uid) for uid in server.box(folder).uids()]
    with way_to(server.port, edit=withheld(uids[2], how)) as port:
        kept_back = replace(inbox, location=at(port, folder))
        result = warehouse.load(kept_back)
    assert (result.read, result.loaded, result.quarantined) == (9, 8, 1)
    [(position, reason, payload)] = warehouse.quarantine()
    assert position == f"uid {uids[2]}"
    assert "the server has this mail but does not give it" in reason
    assert list(reread(inbox, payload["record"], ["sku"])) == []
    assert warehouse.last_load()["cursor_after"].split(":")[1] == str(uids[1])
    again = warehouse.load(inbox)
    assert (again.read, again.loaded) == (6, 6)
    assert count(warehouse) == 5
    assert warehouse.last_load()["cursor_after"].split(":")[1] == str(uids[-1])


@needs_server
def test_a_mail_that_is_gone_is_not_waited_for(warehouse, inbox, server, folder) -> None:
    server.put(folder, *numbered(1, 2, 3))
    uids = [int(uid) for uid in server.box(folder).uids()]

    def edit(answer: bytes) -> bytes:
        if answer.startswith(b"* SEARCH") and answer.split()[2:] == [b"%d" % uids[1]]:
            return b"* SEARCH\r\n"
        return withheld(uids[1], "missing")(answer)

    with way_to(server.port, edit=edit) as port:
        result = warehouse.load(replace(inbox, location=at(port, folder)))
    assert (result.read, result.quarantined) == (4, 0)
    assert warehouse.last_load()["cursor_after"].split(":")[1] == str(uids[-1])


@needs_server
def test_a_mail_that_a_server_cannot_read_holds_up_no_other(
    warehouse, inbox, server, folder
) -> None:
    server.put(folder, *numbered(1, 2, 3))
    uids = server.box(folder).uids()

    def edit(answer: bytes) -> bytes:
        if re.match(rb"\* \d+ FETCH .*BODY\[\]", answer) and f"UID {uids[1]} ".encode() in answer:
            edit.is_refused = True
            return b""
        if edit.is_refused and b" OK " in answer and not answer.startswith(b"*"):
            edit.is_refused = False
            return answer.partition(b" ")[0] + b" NO [SERVERBUG] Some messages cannot be read\r\n"
        return answer

    edit.is_refused = False
    with way_to(server.port, edit=edit) as port:
        result = warehouse.load(replace(inbox, location=at(port, folder)))
    assert (result.read, result.loaded, result.quarantined) == (5, 4, 1)
    assert warehouse.quarantine()[0][0] == f"uid {uids[1]}"


@needs_server
def test_a_mail_on_a_server_has_a_largest_size(warehouse, inbox, server, folder) -> None:
    large = numbered(2)[0] + b"x" * 100_000
    server.put(folder, numbered(1)[0], large, numbered(3)[0])
    table = replace(inbox, options={"max_bytes": 5000})
    result = warehouse.load(table)
    assert (result.loaded, result.quarantined) == (4, 1)
    [(_, reason, payload)] = warehouse.quarantine()
    assert "more than 5,000 bytes" in reason
    assert len(payload["record"]) < 5000
    assert warehouse.load(table).read == 0


def test_short_mails_may_be_sent_in_quotes() -> None:
    answer = rb'2 (UID 7 BODY[]<0> "Subject: \"Hi\\you\"")'
    assert imap._body(answer, answer) == rb'Subject: "Hi\you"'


@pytest.mark.parametrize(
    "blocks",
    [[b"*", b" "], [b"* OK hello\r\n", b"*"], [b"* OK hello\r\n", b"* OK x\r\n"]],
    ids=["greeting", "answer", "lines"],
)
def test_a_server_that_says_little_at_a_time_is_ended(
    warehouse, table, monkeypatch, blocks
) -> None:
    monkeypatch.setenv("STORE_MAIL_PASSWORD", "s3cret")
    monkeypatch.setattr(imap, "LONGEST", 1)
    monkeypatch.setattr(imap, "TIMEOUT", 0.5)
    started = time.monotonic()
    with saying(*blocks) as port:
        result = warehouse.load(replace(table, location=at(port)))
    assert result.status == "failed"
    assert "broke off: takes longer than 1 seconds" in result.notes[0]
    assert time.monotonic() - started < 6


@needs_server
def test_a_server_that_sends_more_than_it_is_asked_for_is_ended(
    warehouse, inbox, server, folder
) -> None:
    server.put(folder, *numbered(1))

    def edit(answer: bytes) -> bytes:
        return re.sub(rb"(BODY\[\].*)\{\d+\}", rb"\1{99999999999}", answer, count=1)

    with way_to(server.port, edit=edit) as port:
        result = warehouse.load(replace(inbox, location=at(port, folder)))
    assert "99,999,999,999 bytes were announced" in result.notes[0]


@needs_server
def test_imaps_checks_the_servers_certificate(
    warehouse, inbox, server, folder, tmp_path, monkeypatch
) -> None:
    server.put(folder, *numbered(1))
    paths = certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*paths)
    with way_to(server.port, tls) as port:
        table = replace(inbox, location=at(port, folder, "imaps"))
        result = warehouse.load(table)
        assert result.status == "failed"
        assert "certificate of 127.0.0.1 is not trusted" in result.notes[0]
        assert "SSL_CERT_FILE" in result.notes[0]
        monkeypatch.setenv("SSL_CERT_FILE", str(paths[0]))
        assert warehouse.load(table).loaded == 2


@needs_server
def test_starttls_checks_the_servers_certificate(warehouse, table, tmp_path, monkeypatch) -> None:
    paths = certificate(tmp_path)
    with running("--cert", str(paths[0]), "--key", str(paths[1])) as server:
        location = at(server.port, user="till%40shop.example:s3cret%2Fword")
        table = replace(table, location=f"{location}?tls=starttls")
        assert "is not trusted" in warehouse.load(table).notes[0]
        monkeypatch.setenv("SSL_CERT_FILE", str(paths[0]))
        with MailBoxStartTls(HOST, server.port, 20, ssl.create_default_context()) as box:
            box.login(USER, PASSWORD).append(numbered(1)[0])
        assert warehouse.load(table).loaded == 2


@needs_server
@pytest.mark.parametrize("password", ["wr0ng-word", "wröng-wörd"])
def test_a_wrong_password_is_said_and_not_shown(
    warehouse, inbox, monkeypatch, password, caplog
) -> None:
    monkeypatch.setenv("STORE_MAIL_PASSWORD", password)
    result = warehouse.load(inbox)
    assert result.status == "failed"
    assert "refuses till@shop.example" in result.notes[0]
    assert "STORE_MAIL_PASSWORD" in result.notes[0]
    assert password not in str(warehouse.last_load()) + caplog.text + str(result.notes)


@needs_server
def test_a_password_in_the_address_is_shown_nowhere(warehouse, inbox, server, folder) -> None:
    server.put(folder, *numbered(1))
    location = at(server.port, folder, user="till%40shop.example:s3cret%2Fword")
    assert warehouse.load(replace(inbox, location=location)).loaded == 2
    missing = replace(inbox, location=location.replace(folder.split()[0].replace(" ", "%20"), "No"))
    result = warehouse.load(missing)
    assert result.status == "failed"
    everything = str(
        warehouse.rows("select l::text from raw_ingest.loads as l")
        + warehouse.rows("select c::text from raw_store_mail.order_confirmations as c")
    )
    for text in (everything, str(result.notes)):
        assert "s3cret" not in text


@needs_server
def test_a_missing_folder_is_said_with_those_there_are(warehouse, inbox, server) -> None:
    result = warehouse.load(replace(inbox, location=at(server.port, "Nowhere")))
    assert 'has no folder "Nowhere". It has: INBOX' in result.notes[0]


def test_a_server_that_is_not_there_is_unreachable(warehouse, table, monkeypatch) -> None:
    monkeypatch.setenv("STORE_MAIL_PASSWORD", "s3cret")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setattr(imap, "TIMEOUT", 0.3)
        late = warehouse.load(replace(table, location=at(port), unreachable="warn"))
    assert late.status == "unreachable"
    assert "no answer within 0.3 seconds" in late.notes[0]
    gone = warehouse.load(replace(table, location=at(port)))
    assert gone.status == "failed"
    assert "127.0.0.1/INBOX cannot be reached" in gone.notes[0]


@pytest.mark.parametrize(
    ("location", "problem"),
    [
        ("imaps://host.example/INBOX", "lacks the host or the user"),
        # pragma: allowlist nextline secret
        ("imaps://me:s3cret@host.example:many/INBOX", "is no address"),
        # pragma: allowlist nextline secret
        ("imaps://me:s3cret@[host.example/INBOX", "is no address"),
        # pragma: allowlist nextline secret
        ("imap://me:s3cret@host.example/INBOX", "would show the password"),
        # pragma: allowlist nextline secret
        ("imaps://me:s3cret@host.example/INBOX?tls=none", '"?tls=starttls" at its end'),
        ("imaps://me:p#s3cret@host.example/INBOX", "STORE_MAIL_LOCATION"),
        ("imaps://me@host.example/INBOX", "Set STORE_MAIL_PASSWORD"),
    ],
)
def test_an_address_that_will_not_do_is_explained(warehouse, table, location, problem) -> None:
    result = warehouse.load(replace(table, location=location))
    assert result.status == "failed"
    assert problem in result.notes[0]
    assert "s3cret" not in str(warehouse.last_load()) + str(result.notes)


def test_a_server_is_not_appended_from(warehouse, table) -> None:
    table = replace(table, location="imaps://me@host.example", mode="append", key=())
    assert "Set mode: merge" in warehouse.load(table).notes[0]


def test_the_fields_are_those_that_the_contract_declares(table) -> None:
    assert {column.source_name for column in table.columns} == FIELDS


@pytest.fixture
def saved(warehouse, table, tmp_path):
    """Give a function that saves mails as files and loads them."""

    def load(*mails: EmailMessage, full: bool = False):
        for number, content in enumerate(mails):
            (tmp_path / f"order_confirmations_{number}.eml").write_bytes(content.as_bytes())
        return warehouse.load(replace(table, location=str(tmp_path), max_quarantined=1), full)

    return load


def test_the_same_message_with_another_content_is_told_of(warehouse, saved, tmp_path) -> None:
    saved(mail())
    (tmp_path / "order_confirmations_0.eml").unlink()
    result = saved(mail(TEXT.replace("Felt hat", "Top hat")))
    assert (result.loaded, result.quarantined, result.unchanged) == (1, 1, 1)
    assert "the same key was sent before with other values" in warehouse.quarantine()[0][1]
    assert ("Felt hat",) in warehouse.rows(TITLES)


def test_a_full_load_quarantines_nothing_twice(warehouse, saved) -> None:
    for full in (False, True, True):
        result = saved(mail(), mail("No receipt.", "<2@x>"), full=full)
        assert (result.loaded, result.quarantined) == (2, 1)
        assert len(warehouse.quarantine()) == 1
