"""A real IMAP server, and a way to it that speaks TLS, breaks off or never answers."""

import contextlib
import datetime
import ipaddress
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import chain, repeat
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from imap_tools import BaseMailBox, MailBoxUnencrypted

HOST, USER, PASSWORD = "127.0.0.1", "till@shop.example", "s3cret/word"


class MailServer:
    """A running pymap; its mailboxes are in its memory."""

    def __init__(self, port: int) -> None:
        self.port = port

    @cached_property
    def client(self) -> BaseMailBox:
        """The tests' own connection; one for all, since logging in takes half a second."""
        box = MailBoxUnencrypted(HOST, self.port, timeout=20)
        return box.login(USER, PASSWORD, initial_folder=None)

    def box(self, folder: str = "INBOX") -> BaseMailBox:
        """Open a folder, which is made if need be."""
        if not self.client.folder.exists(folder):
            self.client.folder.create(folder)
        self.client.folder.set(folder)
        return self.client

    def put(self, folder: str, *mails: bytes) -> None:
        """Have mails arrive in a folder."""
        for mail in mails:
            self.box(folder).append(mail, folder)


def certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for this machine, signed by itself, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.timezone.utc)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    )
    return paths


@contextlib.contextmanager
def running(*options: str) -> Iterator[MailServer]:
    """Run pymap on a free port."""
    with socket.create_server((HOST, 0)) as probe:
        port = probe.getsockname()[1]
    command = shutil.which("pymap", path=str(Path(sys.executable).parent))
    server = subprocess.Popen(
        [
            command, "--host", HOST, "--port", str(port), "--no-service", "managesieve",
            "--no-service", "admin", *options,
            "dict", "--demo-user", USER, "--demo-password", PASSWORD,
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection((HOST, port)):
                break
            assert server.poll() is None
            time.sleep(0.05)
        yield MailServer(port)
    finally:
        # asked to end, it would wait for connections that are open, as asyncio does from 3.12 on
        server.kill()
        server.wait()


@contextlib.contextmanager
def way_to(
    port: int,
    tls: ssl.SSLContext | None = None,
    limit: int | None = None,
    edit: Callable[[bytes], bytes] | None = None,
) -> Iterator[int]:
    """Give a port that leads to another one.

    Args:
        port: where to.
        tls: speaks TLS to those who come.
        limit: after how many bytes from there each connection is cut.
        edit: changes each answer from there: a line, with the literals in it and what follows them.
    """

    def rewrite(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError), source.makefile("rb") as file:
            while answer := file.readline():
                while literal := re.search(rb"\{(\d+)\}\r\n$", answer):
                    answer += file.read(int(literal[1])) + file.readline()
                target.sendall(edit(answer))
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def pump(source: socket.socket, target: socket.socket, left: float) -> None:
        with contextlib.suppress(OSError):
            while left > 0 and (block := source.recv(int(min(4096, left)))):
                target.sendall(block)
                left -= len(block)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                with contextlib.suppress(ssl.SSLError):
                    client = tls.wrap_socket(client, server_side=True) if tls else client
                    server = socket.create_connection((HOST, port))
                    back = (
                        (rewrite, server, client) if edit else (pump, server, client, limit or 1e12)
                    )
                    for work, *ends in ((pump, client, server, float("inf")), back):
                        threading.Thread(target=work, args=ends, daemon=True).start()

    with socket.create_server((HOST, 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


@contextlib.contextmanager
def saying(*blocks: bytes, pause: float = 0.05) -> Iterator[int]:
    """Give a port where some blocks are said, whatever is asked, the last one without end."""

    def speak(client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            for block in chain(blocks, repeat(blocks[-1])):
                client.sendall(block)
                time.sleep(pause)

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=speak, args=[client], daemon=True).start()

    with socket.create_server((HOST, 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
