"""The commands about the warehouse itself: python -m ingest warehouse, and roles."""

import os

import typer

import warehouse
from warehouse.console import console
from warehouse.errors import UsageError
from warehouse.roles import Group, add_member, close_databases, open_databases, set_up

app = typer.Typer(help="The embedded warehouse.", no_args_is_help=True)


@app.command()
def down() -> None:
    """Stop it; the data stay."""
    console.print("stopped" if warehouse.down() else "it was not running")


@app.command()
def profile() -> None:
    """Write profiles.yml, by which dbt finds the warehouse; starts nothing."""
    warehouse.write_profile()


@app.command()
def status() -> None:
    """Show whether it runs, where, and how large it is."""
    for label, value in warehouse.describe().items():
        console.print(f"{label + ':':<10} {value}")


@app.command(context_settings={"ignore_unknown_options": True})
def psql(arguments: list[str] = typer.Argument(None, metavar="[-- PSQL-ARGUMENTS]")) -> None:
    """Open psql on the warehouse, or hand it arguments: psql -- -c "select 1"."""
    raise typer.Exit(warehouse.psql(arguments or []))


def roles(
    group: Group = typer.Argument(None, help="The group that gets a member."),
    name: str = typer.Argument(None, help="The login role that becomes one."),
    close_others: bool = typer.Option(
        False, help="Take the right to connect to the server's other databases from PUBLIC."
    ),
) -> None:
    """Set up the groups and what each may do, or add a login role to one of them.

    A role that is missing is created with the password in ROLE_PASSWORD.
    """
    if group and not name:
        raise UsageError(f"Who? python -m ingest roles {group.value} NAME")
    with warehouse.connect() as connection:
        if group:
            add_member(connection, group, name, os.environ.get("ROLE_PASSWORD") or None)
            console.print(f"{name} is a member of thinkthrift_{group.value}")
        else:
            set_up(connection)
            # the embedded server is the warehouse's alone
            if close_others or warehouse.is_embedded():
                close_databases(connection)
            if others := open_databases(connection):
                console.print(
                    f"Members can connect to {', '.join(others)}, too, as anybody can. To change"
                    " that: python -m ingest roles --close-others"
                )
            console.print("The groups have their rights. dbt grants what it builds: dbt build")
