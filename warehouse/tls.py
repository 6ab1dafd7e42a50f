"""Connections to PostgreSQL: whether they are encrypted and verified, and what to do if not."""

import socket
import ssl
import struct
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg.conninfo import conninfo_to_dict

# what asks a server for TLS: https://www.postgresql.org/docs/current/protocol-message-formats.html
SSL_REQUEST = struct.pack("!ii", 8, 80877103)
SECONDS = 10
LOOPBACK = ("localhost", "127.", "::1", "/")
# of libpq's messages, or of OpenSSL's: what is in it, and what to do about it
REMEDIES = {
    "does not match host name": "Connect by a name that its certificate holds, or have one issued"
    " for this name.",
    "certificate has expired": "Have the server's certificate renewed.",
    "certificate is not yet valid": "Check the clocks of both machines.",
    "self-signed certificate": "Have the server's certificate issued by the CA in sslrootcert; or,"
    " if you trust that signer, name its certificate in sslrootcert (PGSSLROOTCERT).",
    "unable to get local issuer": "Name the certificate of the CA that issued the server's in"
    " sslrootcert (PGSSLROOTCERT).",
    "does not support SSL": "Turn TLS on at the server (ssl = on, ssl_cert_file, ssl_key_file).",
    "no encryption": "The server wants TLS: set sslmode=verify-full (PGSSLMODE) and sslrootcert.",
    "root certificate file": "Name the CA's certificate in sslrootcert (PGSSLROOTCERT), or put it"
    " there.",
    "password authentication failed": "Check the user and the password (PGPASSWORD, PGPASSFILE,"
    " or the service file).",
    "no password supplied": "Give the password by PGPASSWORD, a password file or a service file.",
    "Connection refused": "Check the host and the port, and that the server runs.",
    "failed to resolve host": "Check the name of the host.",
    "timeout expired": "Check the host, the port and the firewalls between.",
    "does not exist": "Check the names of the database and the user.",
}


class Encryption(NamedTuple):
    """How a connection is protected.

    Attributes:
        protocol: such as TLSv1.3; empty if it is not encrypted.
        is_verified: whether the server's certificate and name were checked.
        is_local: whether it does not leave this machine.
    """

    protocol: str
    is_verified: bool
    is_local: bool

    @property
    def is_safe(self) -> bool:
        """Tell whether nobody on the way can read or forge what is sent."""
        return self.is_local or (bool(self.protocol) and self.is_verified)


def encryption(connection: psycopg.Connection) -> Encryption:
    """Return how an open connection is protected."""
    host = connection.info.host
    mode = connection.info.get_parameters().get("sslmode")
    row = connection.execute(
        "select version from pg_stat_ssl where pid = pg_backend_pid() and ssl"
    ).fetchone()
    return Encryption(
        protocol=row[0] if row else "",
        is_verified=mode == "verify-full",
        is_local=host.startswith(LOOPBACK) or not host,
    )


def explain(error: psycopg.Error, conninfo: str) -> str:
    """Return why a connection failed and what to do, without secrets.

    Args:
        error: what psycopg raised.
        conninfo: the libpq connection string that was tried.
    """
    text = str(error).strip()
    if "certificate verify failed" in text:
        text += f": {_examine(conninfo)}"
    last = text.splitlines()[-1]
    for sign, remedy in REMEDIES.items():
        if sign in text:
            line = next(line for line in reversed(text.splitlines()) if sign in line)
            return f"{line.strip()}\n{remedy}"
    return last


def _examine(conninfo: str) -> str:
    """Return what is wrong with a server's certificate; libpq says only that something is."""
    settings = {
        option.keyword.decode(): (option.val or b"").decode()
        for option in psycopg.pq.Conninfo.get_defaults()
    } | {name: str(value) for name, value in conninfo_to_dict(conninfo).items()}
    host = settings["host"] or "localhost"
    context = ssl.create_default_context(cafile=_authorities(settings))
    context.check_hostname = False  # libpq does that itself, and says so
    try:
        with socket.create_connection((host, int(settings["port"] or 5432)), SECONDS) as plain:
            plain.sendall(SSL_REQUEST)
            if plain.recv(1) != b"S":
                return "the server does not support SSL"
            with context.wrap_socket(plain, server_hostname=host):
                return "only libpq refuses it"
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except OSError as error:
        return str(error)


def _authorities(settings: dict[str, str]) -> str | None:
    """Return the file of the trusted CAs; none stands for the system's."""
    if settings["sslrootcert"] == "system":
        return None
    return settings["sslrootcert"] or str(Path.home() / ".postgresql" / "root.crt")
