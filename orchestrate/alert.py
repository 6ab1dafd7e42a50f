"""Sending a summary: to a webhook, by mail, or both, as the environment says.

ALERT_WEBHOOK: an address that takes JSON, such as a chat's. ALERT_MAIL_TO: addresses, by commas;
ALERT_MAIL_FROM; ALERT_SMTP: smtps://USER:PASSWORD@HOST, or smtp:// for STARTTLS. Both may be left
out. ALERT_WHEN=problems: only of runs in which something failed, or after which data are late.
"""

import json
import os
import smtplib
import ssl
from email.message import EmailMessage
from functools import partial
from urllib.parse import unquote, urlsplit

import urllib3
from urllib3.util import Retry

from ingest.errors import IngestError
from orchestrate.summary import Summary

SECONDS = 20
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class AlertError(IngestError):
    """A summary could not be sent."""


def send(summary: Summary) -> None:
    """Send a summary to everybody who is to have it.

    Raises:
        AlertError: a setting is wrong, or a server does not take it; the others have it.
    """
    when = os.environ.get("ALERT_WHEN") or "always"
    if when not in ("always", "problems"):
        raise AlertError(f"ALERT_WHEN is {when!r}. Set it to always or problems.")
    if when == "problems" and not is_problem(summary):
        return
    failed = []
    for setting, way in (("ALERT_WEBHOOK", _call), ("ALERT_MAIL_TO", _mail)):
        if value := os.environ.get(setting):
            try:
                way(value, summary)
            except AlertError as error:
                failed.append(str(error))
    if failed:
        raise AlertError("\n".join(failed))


def is_problem(summary: Summary) -> bool:
    """Tell whether somebody should look at a run; rows in quarantine wait for the next summary."""
    missed = any(load["status"] == "failed" for load in summary.loads)
    return summary.status == "failed" or missed or bool(summary.failed or summary.late)


def _call(address: str, summary: Summary) -> None:
    """Post the summary as JSON; three more times if the server is busy or away."""
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise AlertError("ALERT_WEBHOOK does not begin with https://, so others could read along.")
    retry = Retry(
        3, backoff_factor=1, status_forcelist=(429, 502, 503, 504), allowed_methods=None,
        redirect=0,
    )  # fmt: skip
    # the address is a secret in itself, and stays out of the messages
    try:
        answer = urllib3.PoolManager(timeout=SECONDS, retries=retry).request(
            "POST", address, json=summary.as_json()
        )
    except urllib3.exceptions.HTTPError as error:
        reason = type(getattr(error, "reason", None) or error).__name__
        raise AlertError(
            f"ALERT_WEBHOOK: {parts.hostname} cannot be reached ({reason}). Check the address."
        ) from None
    if answer.status >= 300:
        raise AlertError(
            f"ALERT_WEBHOOK: {parts.hostname} answered {answer.status}. Check the address."
        )


def _mail(recipients: str, summary: Summary) -> None:
    """Mail the summary as text, with the JSON attached."""
    server = urlsplit(os.environ.get("ALERT_SMTP", ""))
    sender = os.environ.get("ALERT_MAIL_FROM")
    if server.scheme not in ("smtp", "smtps") or not server.hostname or not sender:
        raise AlertError(
            "ALERT_MAIL_TO needs ALERT_MAIL_FROM and ALERT_SMTP=smtps://USER:PASSWORD@HOST."
        )
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
        with connect(server.hostname, port, timeout=SECONDS) as out:
            if not encrypted and server.hostname not in LOOPBACK:
                out.starttls(context=safe)
            if server.username:
                out.login(unquote(server.username), unquote(server.password or ""))
            out.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise AlertError(f"ALERT_SMTP: {server.hostname} did not take the mail: {error}") from None
