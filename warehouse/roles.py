"""The roles of the warehouse: five groups with the least rights, and who belongs to them."""

from enum import Enum
from pathlib import Path

from psycopg import Connection
from psycopg import errors as pg
from psycopg.sql import SQL, Identifier, Literal

from warehouse.errors import UsageError, UserError

RIGHTS = Path(__file__).with_name("roles.sql")
# PostgreSQL cuts longer names without an error, so that two could become one
LONGEST_NAME = 63
# of those who read: a transaction that was left open keeps builds from replacing a table
LIMITS = {"idle_in_transaction_session_timeout": "1min", "statement_timeout": "10min"}


class Group(str, Enum):
    """The groups, each the role `thinkthrift_<group>`."""

    loader = "loader"
    transformer = "transformer"
    analyst = "analyst"
    bi = "bi"
    personal = "personal"


def set_up(connection: Connection) -> None:
    """Create the groups that are missing and set what each may do; see `roles.sql`.

    Raises:
        UserError: the user of the connection is no superuser.
    """
    _need_superuser(connection)
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(hashtext('thinkthrift: roles'))")
        connection.execute(RIGHTS.read_text())


def open_databases(connection: Connection) -> list[str]:
    """Return the server's other databases to which members of the groups can connect."""
    found = connection.execute(
        "select datname from pg_database where datallowconn and datname <> current_database()"
        " and has_database_privilege('thinkthrift_analyst', oid, 'connect') order by 1"
    )
    return [name for (name,) in found]


def close_databases(connection: Connection) -> None:
    """Let nobody connect to the server's other databases but superusers, owners and named roles."""
    revoke = SQL("revoke connect on database {} from public")
    for name in open_databases(connection):
        connection.execute(revoke.format(Identifier(name)))


def add_member(connection: Connection, group: Group, name: str, password: str | None) -> None:
    """Make a login role a member of a group; an analyst gets the schema `<name>_search` as well.

    Args:
        name: the login role, as it is written in the catalog.
        password: with which the role is created if it is missing; it leaves this program hashed.

    Raises:
        UsageError: the role is missing and there is no password, it is a superuser, or its schema
            cannot be its own.
        UserError: the user of the connection is no superuser, or the groups are missing.
    """
    _need_superuser(connection)
    role, parent = Identifier(name), Identifier(f"thinkthrift_{group.value}")
    with connection.transaction():
        found = connection.execute(
            "select rolsuper from pg_roles where rolname = %s", [name]
        ).fetchone()
        if not found and not password:
            raise UsageError(
                f'There is no role "{name}". Create it: create role {role.as_string()} login;\n'
                "or give its password in the environment variable ROLE_PASSWORD."
            )
        if found and found[0]:
            raise UsageError(f'"{name}" is a superuser, whom no grant binds. Take another role.')
        if password and not found:
            secret = connection.pgconn.encrypt_password(
                password.encode(), name.encode(), b"scram-sha-256"
            )
            connection.execute(
                SQL("create role {} login password {}").format(role, Literal(secret.decode()))
            )
        try:
            connection.execute(SQL("grant {} to {}").format(parent, role))
        except pg.UndefinedObject:
            raise UserError("The groups are missing. Make them: python -m ingest roles") from None
        if group is Group.analyst:
            _give_schema(connection, name)
        if group in (Group.analyst, Group.bi, Group.personal):
            _limit(connection, name)
        else:
            # what its members make belongs to the group, so that another can replace it
            database = Identifier(connection.info.dbname)
            connection.execute(
                SQL("alter role {} in database {} set role {}").format(role, database, parent)
            )


def _limit(connection: Connection, name: str) -> None:
    """Give a login the limits that it has no setting of its own for, in this database."""
    [(found,)] = connection.execute(
        "select coalesce(string_agg(setting, ' '), '') from pg_db_role_setting,"
        " unnest(setconfig) as setting where setrole = %s::regrole",
        [Identifier(name).as_string()],
    )
    for setting, value in LIMITS.items():
        if f"{setting}=" not in found:
            connection.execute(
                SQL("alter role {} in database {} set {} = {}").format(
                    Identifier(name),
                    Identifier(connection.info.dbname),
                    Identifier(setting),
                    Literal(value),
                )
            )


def _give_schema(connection: Connection, name: str) -> None:
    """Create the schema of an analyst's search results."""
    schema = f"{name}_search"
    if len(schema.encode()) > LONGEST_NAME or schema.startswith("raw_") or '"' in name:
        raise UsageError(
            f'The schema "{schema}" cannot be an analyst\'s. Take a role whose name has at most 56'
            ' bytes and no double quote, and is neither "raw" nor begins with "raw_".'
        )
    connection.execute(
        SQL("create schema if not exists {} authorization {}").format(
            Identifier(schema), Identifier(name)
        )
    )
    [(owner,)] = connection.execute(
        "select pg_get_userbyid(nspowner) from pg_namespace where nspname = %s", [schema]
    )
    if owner != name:
        raise UsageError(f'The schema "{schema}" is there already and belongs to "{owner}".')


def _need_superuser(connection: Connection) -> None:
    """Refuse early, for without the right some of the statements only warn."""
    [(user, is_superuser)] = connection.execute(
        "select current_user, rolsuper from pg_roles where rolname = current_user"
    )
    if not is_superuser:
        raise UserError(
            f'"{user}" may not set up roles: that needs a superuser. Nothing was changed.\n'
            "Set PGUSER to one, or ask the administrator to run the command."
        )
