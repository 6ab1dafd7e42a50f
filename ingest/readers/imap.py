"""Mailboxes on IMAP servers: logging in, and fetching mails that may be large, late or withheld."""

import contextlib
import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import imap_tools
from imap_tools.utils import check_command_status

from ingest.readers.limits import LimitError, within
from warehouse.errors import UnreachableError, UserError

# seconds: of silence, and in all for what is asked for at once
TIMEOUT, LONGEST = 30, 600
# how many mails are in memory at once, how many bytes of them, and how many sizes are asked for
MAILS, BYTES, SIZES = 50, 16 << 20, 1000
# bytes that a server may send beside what is asked for
UNASKED = 1 << 20
# UnicodeError: what cannot be a host's name
FAILURES = (OSError, UnicodeError, imaplib.IMAP4.error, imap_tools.ImapToolsError, LimitError)
UID = re.compile(rb"\bUID (\d+)")
SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)", re.IGNORECASE)
# short ones may be sent so
QUOTED = re.compile(rb'\bBODY\[\](?:<0>)? "((?:[^"\\]|\\.)*)"', re.IGNORECASE)


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


class Box(imap_tools.BaseMailBox):
    """A mailbox, each of whose answers has a longest time and a largest size.

    Args:
        address: where it is.
        most: how many bytes a mail may have.
    """

    def __init__(self, address: Address, most: int) -> None:
        self._address, self.most = address, most
        self._opened: list[imaplib.IMAP4] = []
        with self.within_time():
            super().__init__()

    def within_time(self) -> contextlib.AbstractContextManager[None]:
        """Break the connection off if what is done here takes too long."""
        return within(LONGEST, self._socket)

    def _socket(self) -> socket.socket | None:
        return self._opened[-1].sock if self._opened else None

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        address, opened, most = self._address, self._opened, self.most + UNASKED
        kind: Any = imaplib.IMAP4_SSL if address.tls == "implicit" else imaplib.IMAP4

        class Client(kind):  # type: ignore[misc]  # one of the two above
            def open(self, *arguments: Any, **named: Any) -> None:
                super().open(*arguments, **named)
                opened.append(self)

            def read(self, size: int) -> bytes:
                if size > most:
                    raise self.abort(f"{size:,} bytes were announced, more than were asked for")
                found: bytes = super().read(size)
                return found

        security = {"ssl_context": ssl.create_default_context()}
        secure = security if address.tls == "implicit" else {}
        client: imaplib.IMAP4 = Client(address.host, address.port, timeout=TIMEOUT, **secure)
        if address.tls == "starttls":
            status = client.starttls(**security)
            check_command_status(status, imap_tools.MailboxStarttlsError)
        return client


@contextlib.contextmanager
def logged_in(name: str, address: Address, most: int, hint: str) -> Iterator[Box]:
    """Give a connection; what goes wrong on it, now or later, becomes a sentence.

    Args:
        name: the table's, for messages.
        address: where to.
        most: how many bytes a mail may have.
        hint: what to check if the server refuses.
    """
    try:
        box = Box(address, most)
        try:
            is_ascii = (address.user + address.password).isascii()
            log_in = box.login if is_ascii else box.login_utf8
            with box.within_time():
                log_in(address.user, address.password, initial_folder=None)
            yield box
        finally:
            with contextlib.suppress(*FAILURES), within(TIMEOUT, lambda: box.client.sock):
                box.logout()
    except ssl.SSLCertVerificationError as error:
        raise UserError(
            f"{name}: the certificate of {address.host} is not trusted: {error.verify_message}.\n"
            "If an authority of your own signed it, set SSL_CERT_FILE to that one's certificate."
        ) from None
    except (OSError, UnicodeError, imaplib.IMAP4.abort, LimitError) as error:
        is_late = isinstance(error, TimeoutError)
        reason = f"no answer within {TIMEOUT} seconds" if is_late else _said(error, address)
        raise UnreachableError(
            f"{name}: {address} cannot be reached, or broke off: {reason}. Nothing was changed."
        ) from None
    except FAILURES as error:
        raise UserError(
            f"{name}: {address.host} refuses {address.user}: {_said(error, address)}\n{hint}"
        ) from None


def _said(error: Exception, address: Address) -> str:
    """Return the reason that a server gives, unless it repeats the password."""
    reason: object = error
    if isinstance(error, imap_tools.UnexpectedCommandStatusError):
        reason = error.command_result[1][-1]
    text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
    return "(its reason cannot be shown)" if address.password in text else text.rstrip(".")


def fetch(box: Box, uids: list[int]) -> Iterator[tuple[int, bytes | None]]:
    """Give the number and the content of each mail that is still there; none if it is not given.

    Of a mail that is too large only the beginning is fetched, still more than it may have.

    Args:
        box: with its folder selected.
        uids: the numbers, in ascending order.
    """
    for start in range(0, len(uids), SIZES):
        wanted = uids[start : start + SIZES]
        sizes = _ask(box, wanted, "RFC822.SIZE", _size)
        for group in _groups(wanted, sizes, box.most):
            found = _ask(box, group, f"BODY.PEEK[]<0.{box.most + 1}>", _body)
            missing = [uid for uid in group if uid not in found]
            with box.within_time():
                listed = box.uids(f"UID {_set(missing)}", charset=None) if missing else []
            for uid in group:
                if uid in found or str(uid) in listed:
                    yield uid, found.pop(uid, None)


def _groups(uids: list[int], sizes: dict[int, int], most: int) -> Iterator[list[int]]:
    """Give the numbers in groups whose mails may be in memory at once."""
    group: list[int] = []
    size = 0
    for uid in uids:
        more = min(sizes.get(uid, most), most)
        if group and (size + more > BYTES or len(group) == MAILS):
            yield group
            group, size = [], 0
        group.append(uid)
        size += more
    if group:
        yield group


def _ask(
    box: Box, uids: list[int], what: str, taken: Callable[[Any, bytes], Any]
) -> dict[int, Any]:
    """Return what the server says of some mails, by their numbers.

    Args:
        box: with its folder selected.
        uids: the numbers.
        what: which of their data.
        taken: takes them out of a part of the answer and what stands around it; none if it has
            none.
    """
    with box.within_time():
        status, answer = box.client.uid("fetch", _set(uids), f"(UID {what})")
    if status != "OK":
        # one that cannot be read is not to hold up the others
        singly = [_ask(box, [uid], what, taken) for uid in uids] if len(uids) > 1 else []
        return dict(chain(*(found.items() for found in singly)))
    found = {}
    for item, following in zip(answer, [*answer[1:], b""], strict=True):
        if item is None:
            continue
        # the number stands before the mail or behind it
        around = item
        if isinstance(item, tuple):
            around = item[0] + (following if isinstance(following, bytes) else b"")
        number, value = UID.search(around), taken(item, around)
        if number and value is not None:
            found[int(number[1])] = value
    return {uid: found[uid] for uid in uids if uid in found}


def _size(item: Any, around: bytes) -> int | None:
    size = SIZE.search(around)
    return int(size[1]) if size else None


def _body(item: Any, around: bytes) -> bytes | None:
    if isinstance(item, tuple):
        content: bytes = item[1]
        return content
    quoted = QUOTED.search(around)
    return re.sub(rb"\\(.)", rb"\1", quoted[1]) if quoted else None


def _set(uids: list[int]) -> str:
    """Return numbers as IMAP writes a set."""
    return ",".join(map(str, uids))
