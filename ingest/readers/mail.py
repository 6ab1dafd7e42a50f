"""Mails: .eml files, or a folder on an IMAP server, read on from the last number (UID) seen.

A server's location is `imaps://user[:password]@host[:port][/folder]`; `imap://` goes to this
machine only, or with `?tls=starttls` at its end to any. Without a password there, it is taken from
`<SOURCE>_PASSWORD`. SSL_CERT_FILE names an authority that the system does not trust.
"""

import contextlib
import imaplib
import os
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import imap_tools
from imap_tools.utils import check_command_status

from ingest.contract import Table
from ingest.readers import Batch, Past, Record, Stream
from ingest.readers.confirmations import FIELDS, read, reread
from ingest.readers.files import SourceFile, find_batches
from warehouse.errors import UnreachableError, UsageError, UserError

__all__ = ["SUFFIXES", "find", "reread"]

SUFFIXES = (".eml",)

TIMEOUT = 30  # seconds
# how many mails are held in memory at once
MAILS = 50
# UnicodeError: what cannot be a host's name
FAILURES = (OSError, UnicodeError, imaplib.IMAP4.error, imap_tools.ImapToolsError)


@dataclass(frozen=True)
class Address:
    """Where a mailbox is, and how to get in; as text without user and password."""

    host: str
    port: int
    tls: str
    user: str
    password: str = field(repr=False)
    folder: str

    def __str__(self) -> str:
        return f"{self.host}/{self.folder}"


def find(table: Table, past: dict[str, Past]) -> Iterator[Batch]:
    """Give each file as a batch, or as one all that is new on an IMAP server."""
    if not table.location.lower().startswith(("imap://", "imaps://")):
        yield from find_batches(table, SUFFIXES, _open_file, past)
        return
    if table.mode == "append":
        raise UsageError(
            f"{table}: a server may number its mails anew; then all are read again, and mode"
            " append would have each twice. Set mode: merge."
        )
    address, cursor = _address(table), None
    known = past.get(str(address))
    if known and table.mode == "merge" and known.contract_version == table.version():
        cursor = known.cursor
    opened = partial(_open_folder, table, address, cursor)
    yield Batch(name=str(address), open=opened, cursor=cursor)


def _stream(table: Table, **parts: Any) -> Stream:
    """Return a stream of the fields that are declared."""
    columns = [column.source_name for column in table.columns if column.source_name in FIELDS]
    return Stream(columns, left_out=sorted(FIELDS.difference(columns)), **parts)


@contextlib.contextmanager
def _open_file(table: Table, source: SourceFile) -> Iterator[Stream]:
    def records() -> Iterator[Record]:
        with source.open() as file:
            yield from read(file.read(), Path(source.name).name, stream.columns)

    stream = _stream(table, records=records, extracted_at=source.modified_at)
    yield stream


@contextlib.contextmanager
def _open_folder(table: Table, address: Address, cursor: str | None) -> Iterator[Stream]:
    with _logged_in(table, address) as box:
        try:
            # for reading only, so that no mail is marked as read
            box.folder.set(address.folder, readonly=True)
        except imap_tools.MailboxFolderSelectError:
            names = ", ".join(folder.name for folder in box.folder.list()[:20])
            raise UserError(
                f'{table}: {address.host} has no folder "{address.folder}". It has: {names}.'
            ) from None
        validity = (box.client.response("UIDVALIDITY")[1][0] or b"").decode()
        # numbers hold for one mailbox, and there until the server says that it has new ones
        known, number, user = (cursor or "::").split(":", 2)
        last = int(number) if known and (known, user) == (validity, address.user) else 0
        # "n:*" gives the last mail even if its number is smaller than n
        found = map(int, box.uids(f"UID {last + 1}:*", charset=None))
        uids = sorted(uid for uid in found if uid > last)

        def records() -> Iterator[Record]:
            for uid, mail in _fetch(box, uids):
                yield from read(mail, f"uid {uid}", stream.columns)

        stream = _stream(
            table,
            records=records,
            extracted_at=datetime.now(timezone.utc),
            cursor=lambda: f"{validity}:{max(uids, default=last)}:{address.user}",
        )
        yield stream


def _fetch(box: imap_tools.BaseMailBox, uids: list[int]) -> Iterator[tuple[str, bytes]]:
    """Give the number and the content of each mail that is still there."""
    for start in range(0, len(uids), MAILS):
        wanted = ",".join(map(str, uids[start : start + MAILS]))
        result = box.client.uid("fetch", wanted, "(UID BODY.PEEK[])")
        check_command_status(result, imap_tools.MailboxFetchError)
        for item, following in zip(result[1], [*result[1][1:], b""], strict=True):
            if isinstance(item, tuple):
                # the number stands before the mail or behind it
                around = item[0] + (following if isinstance(following, bytes) else b"")
                if uid := re.search(rb"UID (\d+)", around):
                    yield uid[1].decode(), item[1]


@contextlib.contextmanager
def _logged_in(table: Table, address: Address) -> Iterator[imap_tools.BaseMailBox]:
    """Give a connection; what goes wrong on it, now or later, becomes a sentence."""
    where = {"host": address.host, "port": address.port, "timeout": TIMEOUT}
    try:
        if address.tls == "none":
            box = imap_tools.MailBoxUnencrypted(**where)
        else:
            kinds = {"implicit": imap_tools.MailBox, "starttls": imap_tools.MailBoxStartTls}
            box = kinds[address.tls](**where, ssl_context=ssl.create_default_context())
        try:
            is_ascii = (address.user + address.password).isascii()
            log_in = box.login if is_ascii else box.login_utf8
            log_in(address.user, address.password, initial_folder=None)
            yield box
        finally:
            with contextlib.suppress(*FAILURES):
                box.logout()
    except ssl.SSLCertVerificationError as error:
        raise UserError(
            f"{table}: the certificate of {address.host} is not trusted: {error.verify_message}.\n"
            "If an authority of your own signed it, set SSL_CERT_FILE to that one's certificate."
        ) from None
    except (OSError, UnicodeError, imaplib.IMAP4.abort) as error:
        is_late = isinstance(error, TimeoutError)
        reason = f"no answer within {TIMEOUT} seconds" if is_late else _said(error, address)
        raise UnreachableError(
            f"{table}: {address} cannot be reached, or broke off: {reason}. Nothing was changed."
        ) from None
    except FAILURES as error:
        raise UserError(
            f"{table}: {address.host} refuses {address.user}: {_said(error, address)}\n"
            f"Check the user in {table.variable()}, and the password there or in"
            f" {_password(table)}."
        ) from None


def _said(error: Exception, address: Address) -> str:
    """Return the reason that a server gives, unless it repeats the password."""
    reason: object = error
    if isinstance(error, imap_tools.UnexpectedCommandStatusError):
        reason = error.command_result[1][-1]
    text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
    return "(its reason cannot be shown)" if address.password in text else text.rstrip(".")


def _password(table: Table) -> str:
    """Return the environment variable that may hold the password."""
    return f"{table.source.upper()}_PASSWORD"


def _address(table: Table) -> Address:
    """Return what the location says, which itself is never shown: it may hold a password."""

    def refuse(problem: str) -> UsageError:
        return UsageError(
            f"{table}: {table.variable()} {problem}. It reads imaps://user@host/folder, with %40"
            " for @, %2F for / and so on in a user or password."
        )

    try:
        parts = urlsplit(table.location)
        port = parts.port or {"imaps": 993, "imap": 143}[parts.scheme]
    except ValueError:
        raise refuse("is no address") from None
    host, user = parts.hostname, unquote(parts.username or "")
    if not host or not user:
        raise refuse("lacks the host or the user")
    tls = {"": "none", "tls=starttls": "starttls"}.get(parts.query)
    if parts.scheme == "imaps" and tls == "none":
        tls = "implicit"
    elif tls is None or parts.scheme == "imaps" or parts.fragment or port == 993:
        raise refuse('may be imaps://, or imap:// with "?tls=starttls" at its end and nothing else')
    if tls == "none" and host not in ("localhost", "127.0.0.1", "::1"):
        raise refuse(f'would show the password on the way to {host}: add "?tls=starttls"')
    password = unquote(parts.password or "") or os.environ.get(_password(table), "")
    if not password:
        raise UsageError(
            f"{table}: the password of {user} at {host} is missing. Set {_password(table)}."
        )
    folder = table.options.get("folder") or unquote(parts.path).strip("/") or "INBOX"
    return Address(host, port, tls, user, password, str(folder))
