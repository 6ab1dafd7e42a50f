"""Sending a summary: to a webhook, by mail, or both, as the environment says.

ALERT_WEBHOOK: an address that takes JSON, such as a chat's. ALERT_MAIL_TO: addresses, by commas;
ALERT_MAIL_FROM; ALERT_SMTP: smtps://<user>:<password>@<host>, or smtp:// for STARTTLS. Both may be
left out. ALERT_WHEN=problems: only of runs in which something failed, or after which data are late.
"""

import contextlib
import json
import os
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from functools import partial
from urllib.parse import SplitResult, unquote, urlsplit

import urllib3
from urllib3.util import Retry

from apps.orchestration.summary import Summary
from warehouse.errors import UsageError, UserError

SECONDS = 20
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class AlertError(UserError):
    """A summary could not be sent."""


def ways() -> list[Callable[[Summary], None]]:
    """Return how summaries are sent, each way a function that may raise AlertError.

    Raises:
        UsageError: a setting is wrong.
    """
    if _when() not in ("always", "problems"):
        raise UsageError(f"ALERT_WHEN is {_when()!r}. Set it to always or problems.")
    found: list[Callable[[Summary], None]] = []
    if address := os.environ.get("ALERT_WEBHOOK"):
        parts = _parts("ALERT_WEBHOOK", address, ("https", "http"))
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise UsageError(
                "ALERT_WEBHOOK does not begin with https://, so others could read along."
            )
        found.append(partial(_call, address, parts.hostname or address))
    if recipients := os.environ.get("ALERT_MAIL_TO"):
        sender, server = os.environ.get("ALERT_MAIL_FROM"), os.environ.get("ALERT_SMTP")
        if not sender or not server:
            raise UsageError(
                "ALERT_MAIL_TO needs ALERT_MAIL_FROM and ALERT_SMTP=smtps://<user>:<password>@<host>."
            )
        parts = _parts("ALERT_SMTP", server, ("smtps", "smtp"))
        for setting in ("ALERT_MAIL_TO", "ALERT_MAIL_FROM"):
            _check_addresses(setting, os.environ[setting])
        found.append(partial(_mail, parts, sender, recipients))
    return found


def send(summary: Summary) -> None:
    """Send a summary to everybody who is to have it.

    Raises:
        UsageError: a setting is wrong, and nobody has it.
        AlertError: a server does not take it; the others have it.
    """
    if _when() == "problems" and not is_problem(summary):
        return
    failed = []
    for way in ways():
        try:
            way(summary)
        except AlertError as error:
            failed.append(str(error))
    if failed:
        raise AlertError("\n".join(failed))


def is_problem(summary: Summary) -> bool:
    """Tell whether somebody should look at a run; rows in quarantine wait for the next summary."""
    missed = any(load["status"] == "failed" for load in summary.loads)
    return summary.status == "failed" or missed or bool(summary.failed or summary.late)


def _when() -> str:
    return os.environ.get("ALERT_WHEN") or "always"


def _parts(setting: str, address: str, schemes: tuple[str, ...]) -> SplitResult:
    """Return the parts of an address, which is a secret in itself and stays out of messages."""
    with contextlib.suppress(ValueError):
        parts = urlsplit(address)
        if parts.scheme in schemes and parts.hostname and parts.port != 0:
            return parts
    raise UsageError(f"{setting} is no address. Write it like {schemes[0]}://HOST…")


def _check_addresses(setting: str, text: str) -> None:
    message = EmailMessage()
    with contextlib.suppress(ValueError, IndexError):
        message["To"] = text
        found = message["To"].addresses
        if found and all(one.username and one.domain for one in found):
            return
    raise UsageError(f"{setting} is {text!r}. Write addresses like me@shop.internal, with commas.")


def _call(address: str, host: str, summary: Summary) -> None:
    """Post the summary as JSON; three more times if the server is busy or away."""
    retry = Retry(
        3, backoff_factor=1, status_forcelist=(429, 502, 503, 504), allowed_methods=None,
        redirect=0,
    )  # fmt: skip
    try:
        answer = urllib3.PoolManager(timeout=SECONDS, retries=retry).request(
            "POST", address, json=summary.as_json()
        )
    except urllib3.exceptions.HTTPError as error:
        reason = type(getattr(error, "reason", None) or error).__name__
        raise AlertError(
            f"ALERT_WEBHOOK: {host} cannot be reached ({reason}). Check the address."
        ) from None
    if answer.status >= 300:
        raise AlertError(f"ALERT_WEBHOOK: {host} answered {answer.status}. Check the address.")


def _mail(server: SplitResult, sender: str, recipients: str, summary: Summary) -> None:
    """Mail the summary as text, with the JSON attached."""
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = summary.headline(), sender, recipients
    message.set_content(summary.as_text())
    message.add_attachment(
        json.dumps(summary.as_json(), indent=2).encode(), "application", "json",
        filename="summary.json",
    )  # fmt: skip
    safe = ssl.create_default_context()
    encrypted = server.scheme == "smtps"
    connect = partial(smtplib.SMTP_SSL, context=safe) if encrypted else smtplib.SMTP
    port = server.port or (465 if encrypted else 587)
    try:
        with connect(server.hostname or "", port, timeout=SECONDS) as out:
            if not encrypted and server.hostname not in LOOPBACK:
                out.starttls(context=safe)
            if server.username:
                out.login(unquote(server.username), unquote(server.password or ""))
            out.send_message(message)
    # a name or password that SMTP cannot say is a ValueError
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise AlertError(f"ALERT_SMTP: {server.hostname} did not take the mail: {error}") from None
