"""The shop's database server: Debian's PostgreSQL with TLS, and a network that can be cut."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

import psycopg
import trustme
from power_cut import crash

# pragma: allowlist nextline secret
USER, PASSWORD = "shop", "not-so-secret"
SETTINGS = """
listen_addresses = 'localhost'
unix_socket_directories = ''
ssl = on
ssl_cert_file = '{folder}/server.crt'
ssl_key_file = '{folder}/server.key'
wal_level = logical
wal_sender_timeout = 10s
track_commit_timestamp = on
# all but the smallest transactions are sent while they go on
logical_decoding_work_mem = 64kB
"""
ACCESS = """
hostssl all all localhost scram-sha-256
"""


class ShopServer:
    """A server of Debian's in a folder, which only takes encrypted connections.

    Attributes:
        port: where it listens on loopback.
        authority: the file of the CA that issued its certificate.
    """

    def __init__(self, folder: Path, certificate: trustme.LeafCert, authority: trustme.CA) -> None:
        """Make and start it.

        Args:
            folder: an empty one, that everybody can pass through.
            certificate: what it shows.
            authority: who issued that.
        """
        self.folder, self.data = folder, folder / "data"
        self.binaries = max(
            Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
        )
        self.authority = folder / "ca.crt"
        authority.cert_pem.write_to_path(self.authority)
        self._write(certificate)
        (folder / "password").write_text(PASSWORD)
        self._identity = {}
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            self._identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
            folder.chmod(0o755)
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, "postgres")
        self._run("initdb", "-D", self.data, "-U", USER, "--pwfile", folder / "password",
                  "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C")  # fmt: skip
        with socket.socket() as probe:
            probe.bind(("localhost", 0))
            self.port = probe.getsockname()[1]
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(SETTINGS.format(folder=folder) + f"port = {self.port}\n")
        (self.data / "pg_hba.conf").write_text(ACCESS)
        self.start()

    def _run(self, program: str, *arguments: object) -> None:
        subprocess.run(
            [self.binaries / program, *map(str, arguments)], cwd="/", check=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            **self._identity,
        )  # fmt: skip

    def _write(self, certificate: trustme.LeafCert) -> None:
        # written over, so that the server's user goes on to own them
        certificate.private_key_pem.write_to_path(self.folder / "server.key")
        certificate.cert_chain_pems[0].write_to_path(self.folder / "server.crt")
        (self.folder / "server.key").chmod(0o600)

    def show(self, certificate: trustme.LeafCert) -> None:
        """Show another certificate from now on."""
        self._write(certificate)
        self._run("pg_ctl", "reload", "-D", self.data)
        time.sleep(0.5)

    def start(self) -> None:
        """Start it, after a kill too."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self._run("pg_ctl", "start", "-D", self.data, "-l", self.folder / "log", "-w")

    def stop(self) -> None:
        """Stop it."""
        self._run("pg_ctl", "stop", "-D", self.data, "-m", "immediate", "-w")

    def kill(self) -> None:
        """Kill all of its processes at once."""
        crash(self.data)

    def conninfo(self, dbname: str = "postgres", port: int | None = None, **more: str) -> str:
        """Return how a client reaches a database, verified."""
        return psycopg.conninfo.make_conninfo(**{
            "host": "localhost", "port": port or self.port, "user": USER, "password": PASSWORD,
            "dbname": dbname, "sslmode": "verify-full", "sslrootcert": str(self.authority), **more,
        })  # fmt: skip

    def uri(self, dbname: str = "postgres", port: int | None = None) -> str:
        """Return the same as a source's location."""
        return (
            f"postgresql://{USER}:{PASSWORD}@localhost:{port or self.port}/{dbname}"
            f"?sslmode=verify-full&sslrootcert={self.authority}"
        )

    def connect(self, dbname: str = "postgres") -> psycopg.Connection:
        """Connect; each statement is a transaction."""
        return psycopg.connect(self.conninfo(dbname), autocommit=True)


class Network:
    """A stretch of network to a port on loopback: it can be cut, and be mended.

    Attributes:
        port: its near end.
    """

    def __init__(self, far: int) -> None:
        """Lay it to a port."""
        self._far = far
        self._pass = threading.Event()
        self._pass.set()
        self._listener = socket.create_server(("localhost", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Let nothing pass any more, without a word to either end."""
        self._pass.clear()

    def mend(self) -> None:
        """Let everything pass again."""
        self._pass.set()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                try:
                    far = socket.create_connection(("localhost", self._far))
                except OSError:
                    near.close()
                    continue
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while block := one.recv(1 << 16):
                self._pass.wait()
                other.sendall(block)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
