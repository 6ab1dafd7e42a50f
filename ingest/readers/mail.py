"""Mails: .eml files, or a folder on an IMAP server, read on from the last number (UID) seen.

A server's location is `imaps://user[:password]@host[:port][/folder]`; `imap://` goes to this
machine only, or with `?tls=starttls` at its end to any. Without a password there, it is taken from
`<SOURCE>_PASSWORD`. SSL_CERT_FILE names an authority that the system does not trust.
"""

import contextlib
import os
from collections.abc import Iterator
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import imap_tools

from ingest.contract import Table
from ingest.readers import Batch, Past, Record, Stream
from ingest.readers.confirmations import FIELDS, Mails, not_given, read, reread
from ingest.readers.files import SourceFile, find_batches
from ingest.readers.imap import Address, Box, fetch, logged_in
from ingest.readers.limits import most_bytes
from warehouse.errors import UsageError, UserError

__all__ = ["SUFFIXES", "find", "reread"]

SUFFIXES = (".eml",)

# bytes of a mail, unless declared otherwise
MOST = 25 << 20


def find(table: Table, past: dict[str, Past]) -> Iterator[Batch]:
    """Give each file as a batch, or as one all that is new on an IMAP server."""
    most = most_bytes(table, MOST)
    mails = Mails()
    if not table.location.lower().startswith(("imap://", "imaps://")):
        yield from find_batches(table, SUFFIXES, partial(_open_file, most, mails), past)
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
    opened = partial(_open_folder, table, address, cursor, most, mails)
    yield Batch(name=str(address), open=opened, cursor=cursor)


def _stream(table: Table, **parts: Any) -> Stream:
    """Return a stream of the fields that are declared."""
    columns = [column.source_name for column in table.columns if column.source_name in FIELDS]
    return Stream(columns, left_out=sorted(FIELDS.difference(columns)), **parts)


@contextlib.contextmanager
def _open_file(most: int, mails: Mails, table: Table, source: SourceFile) -> Iterator[Stream]:
    def records() -> Iterator[Record]:
        with source.open() as file:
            content = file.read(most + 1)
        yield from read(content, Path(source.name).name, stream.columns, most, mails)

    stream = _stream(table, records=records, extracted_at=source.modified_at)
    yield stream


@contextlib.contextmanager
def _open_folder(
    table: Table, address: Address, cursor: str | None, most: int, mails: Mails
) -> Iterator[Stream]:
    hint = f"Check the user in {table.variable()}, and the password there or in {_password(table)}."
    with logged_in(str(table), address, most, hint) as box:
        with box.within_time():
            _select(table, address, box)
            validity = (box.client.response("UIDVALIDITY")[1][0] or b"").decode()
            # numbers hold for one mailbox, and there until the server says that it has new ones
            known, number, user = (cursor or "::").split(":", 2)
            last = int(number) if known and (known, user) == (validity, address.user) else 0
            # "n:*" gives the last mail even if its number is smaller than n
            found = map(int, box.uids(f"UID {last + 1}:*", charset=None))
        uids = sorted(uid for uid in found if uid > last)
        withheld: list[int] = []

        def records() -> Iterator[Record]:
            for uid, mail in fetch(box, uids):
                if mail is None:
                    withheld.append(uid)
                    yield not_given(f"uid {uid}")
                else:
                    yield from read(mail, f"uid {uid}", stream.columns, most, mails)

        def reached() -> str:
            # what was withheld is asked for again
            end = min(withheld) - 1 if withheld else max(uids, default=last)
            return f"{validity}:{end}:{address.user}"

        stream = _stream(
            table, records=records, extracted_at=datetime.now(timezone.utc), cursor=reached
        )
        yield stream


def _select(table: Table, address: Address, box: Box) -> None:
    """Open the folder for reading only, so that no mail is marked as read."""
    try:
        box.folder.set(address.folder, readonly=True)
    except imap_tools.MailboxFolderSelectError:
        names = ", ".join(folder.name for folder in box.folder.list()[:20])
        raise UserError(
            f'{table}: {address.host} has no folder "{address.folder}". It has: {names}.'
        ) from None


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
