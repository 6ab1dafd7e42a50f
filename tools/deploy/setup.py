"""Set up the warehouse's groups and logins: python -m tools.deploy.setup LOGIN..."""

import os
import sys
from pathlib import Path

from psycopg import Connection
from psycopg.sql import SQL, Identifier, Literal

import warehouse
from warehouse import roles
from warehouse.errors import UserError
from warehouse.roles import Group

GROUPS = {"loader": Group.loader, "transformer": Group.transformer, "dashboard": Group.bi}
# owns the databases that the demo makes
DEMO = "demo"


def set_up(logins: list[str], passwords: dict[str, str]) -> None:
    """Give the groups their rights and make the logins that are missing.

    Args:
        logins: of `GROUPS`, or `demo`.
        passwords: of each login.

    Raises:
        UserError: the warehouse cannot be reached, or this user is no superuser.
    """
    with warehouse.connect() as connection:
        roles.set_up(connection)
        for login in logins:
            if login == DEMO:
                _add_demo(connection, passwords[login])
            else:
                roles.add_member(connection, GROUPS[login], login, passwords[login])


def _add_demo(connection: Connection, password: str) -> None:
    role, database = Identifier(DEMO), Identifier(warehouse.database())
    if not connection.execute("select 1 from pg_roles where rolname = %s", [DEMO]).fetchone():
        secret = connection.pgconn.encrypt_password(
            password.encode(), DEMO.encode(), b"scram-sha-256"
        )
        connection.execute(
            SQL("create role {} login createdb password {}").format(role, Literal(secret.decode()))
        )
    # from there the databases of the stores are looked up; it sees nothing else in it
    connection.execute(SQL("grant connect on database {} to {}").format(database, role))


def main(logins: list[str]) -> None:
    """Run the command line; PGPASSFILE holds the passwords of all logins."""
    unknown = sorted({*logins} - {*GROUPS, DEMO})
    if unknown or not logins:
        sys.exit(f"Which logins? {', '.join([*GROUPS, DEMO])}; not {', '.join(unknown) or 'none'}.")
    lines = Path(os.environ["PGPASSFILE"]).read_text().splitlines()
    passwords = dict(line.split(":")[3:5] for line in lines)
    try:
        set_up(logins, passwords)
    except UserError as error:
        sys.exit(str(error))
    print(f"The groups have their rights; logins: {', '.join(logins)}")


if __name__ == "__main__":
    main(sys.argv[1:])
