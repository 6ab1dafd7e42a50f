"""The warehouse: a server of the user's own, chosen by PGHOST, or the embedded one."""

import os
import shutil
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from warehouse import tls
from warehouse.embedded import EmbeddedServer, write_private
from warehouse.errors import UserError

PROJECT = Path(__file__).resolve().parent.parent
EMBEDDED = EmbeddedServer(PROJECT / ".warehouse")
DATABASE = "thinkthrift"
# the first one that has pg_input_is_valid
OLDEST = 160_000


def is_embedded() -> bool:
    """Tell whether the embedded server is used: it is unless PGHOST names another."""
    return not os.environ.get("PGHOST")


def database() -> str:
    """Return the name of the warehouse's database."""
    return DATABASE if is_embedded() else os.environ.get("PGDATABASE", DATABASE)


def conninfo(**parameters: str) -> str:
    """Return a libpq connection string for the warehouse's server, which is started if need be.

    Args:
        parameters: libpq parameters that take precedence, such as `dbname`.

    Raises:
        UserError: the embedded server cannot be started.
    """
    if is_embedded() and EMBEDDED.port() is None:
        up()
    # of another server libpq reads the PG* variables itself
    server = EMBEDDED.parameters() if is_embedded() else {}
    defaults = {"application_name": "thinkthrift", "dbname": database()}
    return make_conninfo(**{**defaults, **server, **parameters})


def connect(**parameters: str) -> psycopg.Connection:
    """Open a connection to the warehouse, in UTC; see `conninfo` for the arguments.

    Raises:
        UserError: the server does not answer, or refuses.
    """
    text = conninfo(options="-c timezone=UTC", **parameters)
    try:
        connection = psycopg.connect(text)
    except psycopg.Error as error:
        raise UserError(
            f"The warehouse cannot be reached: {tls.explain(error, text)}\n"
            "Set it up: make setup. Or check the PG* variables; without PGHOST the embedded"
            " server is used."
        ) from None
    if connection.info.server_version < OLDEST:
        version = connection.info.parameter_status("server_version")
        raise UserError(
            f"The warehouse runs PostgreSQL {version}; {OLDEST // 10_000} or newer is needed.\n"
            "Upgrade it, or unset PGHOST to use the embedded server."
        )
    return connection


def up() -> None:
    """Start the embedded server if need be, create the database, write `profiles.yml`.

    Raises:
        UserError: the server does not start, or the database cannot be created.
    """
    if is_embedded():
        EMBEDDED.start()
    _create_database()
    write_profile()  # the port can be another one than the last time


def down() -> bool:
    """Stop the embedded server; return whether it was running."""
    if not is_embedded():
        raise UserError("PGHOST names a server of your own; stop it where it was started.")
    return EMBEDDED.stop()


def describe() -> dict[str, str]:
    """Return what `warehouse status` shows, as label to value."""
    if is_embedded() and EMBEDDED.port() is None:
        return {"server": "embedded", "state": "stopped", "start it": "make up"}
    with connect() as connection:
        [(version, size)] = connection.execute(
            "select current_setting('server_version'),"
            " pg_size_pretty(pg_database_size(current_database()))"
        )
        address = f"{connection.info.host}:{connection.info.port}"
    return {
        "server": "embedded, in .warehouse/" if is_embedded() else "your own, by PGHOST",
        "state": "running",
        "address": address,
        "version": f"PostgreSQL {version}",
        "database": f"{database()}, {size}",
    }


def psql(arguments: list[str]) -> int:
    """Run psql on the warehouse and return its exit code."""
    # by the environment, as a connection string would show the password to others
    environment = {**os.environ, "PGDATABASE": database()}
    if is_embedded():
        for name, value in EMBEDDED.parameters().items():
            environment[f"PG{name.upper()}"] = value
        program = EMBEDDED.binaries / "psql"
    else:
        # the embedded one cannot speak TLS
        program = Path(shutil.which("psql") or EMBEDDED.binaries / "psql")
    if not program.exists():
        raise UserError("There is no psql here. Install Debian's postgresql-client, or alike.")
    return subprocess.run([program, *arguments], env=environment, check=False).returncode


def _create_database() -> None:
    """Create the warehouse's database if the server lacks it."""
    name = database()
    try:
        psycopg.connect(conninfo()).close()
    except psycopg.Error:
        try:
            with psycopg.connect(conninfo(dbname="postgres"), autocommit=True) as connection:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        except psycopg.errors.DuplicateDatabase:
            pass
        except psycopg.Error as error:
            raise UserError(
                f'The database "{name}" cannot be reached or created: {str(error).strip()}\n'
                "Check PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE."
            ) from None


def write_profile() -> None:
    """Write `profiles.yml` (mode 0600) from its example, if that changes it; starts nothing."""
    text = (PROJECT / "profiles.yml.example").read_text()
    server = EMBEDDED.parameters() if EMBEDDED.port() else EMBEDDED.reserve()
    text = text.replace("@PORT@", server["port"]).replace("@PASSWORD@", server["password"])
    path = PROJECT / "profiles.yml"
    if not path.exists() or path.read_text() != text:
        write_private(path, text)
    path.chmod(0o600)
