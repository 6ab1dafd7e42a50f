"""The command that forgets a person: python -m ingest forget."""

import os

import psycopg
import typer
from psycopg import Connection
from psycopg import errors as pg
from psycopg.sql import SQL, Identifier

import warehouse
from apps.erasure import erase, places
from apps.erasure import person as people
from ingest import forgotten, tables
from ingest.contract import Table
from ingest.erasing import Erased
from warehouse import PROJECT
from warehouse.console import complain, console, grid
from warehouse.errors import UserError
from warehouse.signals import ended_by_interrupts

IDENTIFIERS = typer.Argument(
    metavar="IDENTIFIER...",
    help="E-mail address, telephone, username, loyalty number, or record such as shop:123.",
)
NEEDED = (
    "Nothing was changed. It takes a superuser, or a member of thinkthrift_loader and"
    " thinkthrift_transformer."
)
# what the planner knows of a table's values; DELETE is for servers before 18 and takes a superuser
CLEAR = (
    "select pg_clear_attribute_stats(schemaname, tablename, attname, inherited) from pg_stats"
    " where schemaname = %s and tablename = %s"
)
DELETE = "delete from pg_catalog.pg_statistic where starelid = cast(%s as regclass)"


def forget(
    identifiers: list[str] = IDENTIFIERS,
    check: bool = typer.Option(False, "--check", help="Change nothing; say where they stand."),
    yes: bool = typer.Option(False, "--yes", help="Do not ask."),
    build: bool = typer.Option(True, help="Run dbt build afterwards, without tests."),
) -> None:
    """Erase one person from the whole warehouse and keep them out of coming loads.

    Exit code 1 if nobody is known by an identifier, or if anything of them is left.
    """
    declared = erase.places()
    try:
        with warehouse.connect(application_name="thinkthrift forget") as connection:
            connection.autocommit = True
            if check:
                connection.execute("set role none")  # both groups of a member
                wanted = set().union(*(people.given(declared.raw, each) for each in identifiers))
                raise typer.Exit(not _nothing_left(connection, declared, wanted))
            is_done = _forget(connection, declared, identifiers, yes, build)
    except pg.InsufficientPrivilege as error:
        raise UserError(f"{str(error).strip()}\n{NEEDED}") from None
    except psycopg.OperationalError as error:
        raise UserError(
            f"The warehouse did not finish: {str(error).strip()}\nErasing is all done or not begun."
            " Run the same command again."
        ) from None
    raise typer.Exit(not is_done)


def _forget(
    connection: Connection, declared: erase.Places, typed: list[str], yes: bool, build: bool
) -> bool:
    """Forget whoever is known by what was typed; tell whether nothing is left of them."""
    has_groups = _ensure(connection)
    connection.execute("set role none")
    with connection.transaction():
        person, done = _erase(connection, declared, typed)
        if not yes:
            _show(person, done, "would change")
            raise psycopg.Rollback
    if not yes:
        typer.confirm("Erase this for good?", abort=True)
        with connection.transaction():
            person, done = _erase(connection, declared, typed)
    if not done:
        console.print("They were forgotten before, and nothing of them is in the sources' tables.")
    _show(person, done, "changed")
    if build and not _build(has_groups):
        complain.print("dbt build failed, so that what it builds still has them. Run: dbt build")
    _sweep(connection, [*done, *(declared.compared if build else [])])
    return _nothing_left(connection, declared, person.identifiers)


def _ensure(connection: Connection) -> bool:
    """Make the place of the hashes, which is to be the loader's; tell whether there is a loader."""
    [(is_there,)] = connection.execute(
        "select exists (select from pg_roles where rolname = 'thinkthrift_loader')"
    )
    if is_there:
        connection.execute("set role thinkthrift_loader")
    tables.ensure(connection, [])
    return bool(is_there)


def _erase(
    connection: Connection, declared: erase.Places, typed: list[str]
) -> tuple[people.Person, dict[str, Erased]]:
    """Find and erase a person, in a transaction; see `_forget`."""
    erase.lock(connection, declared.raw)
    told = forgotten.known(connection)
    held = _held(connection, declared)
    person = people.find(connection, held, declared.unified, typed)
    done = erase.erase(connection, declared, held, person)
    for each in typed:
        is_known = told and any(told(*one) for one in people.given(held, each))
        if not done and not person.records and not is_known:
            raise UserError(f'Nobody is known by "{each}". Nothing was changed.')
    return person, done


def _held(connection: Connection, declared: erase.Places) -> list[Table]:
    """Return the raw tables and snapshots that there are yet."""

    def is_there(table: Table) -> bool:
        name = Identifier(table.schema, table.name).as_string()
        return connection.execute("select where to_regclass(%s) is null", [name]).rowcount == 0

    return [table for table in declared.raw + declared.snapshots if is_there(table)]


def _show(person: people.Person, done: dict[str, Erased], verb: str) -> None:
    """Show what is known of a person, and what becomes of it."""
    known = ", ".join(f"{kind} {value}" for kind, value in sorted(person.identifiers))
    console.print(f"known by: {known or 'nothing'}")
    for kind, value in sorted(person.shared):
        console.print(f"kept, for others have it, too: {kind} {value}")
    made = grid(f"{verb}", "rows deleted", "rows emptied")
    for place, erased in done.items():
        made.add_row(place, f"{erased.deleted:,}", f"{erased.emptied:,}")
    console.print(made)


def _build(has_groups: bool) -> bool:
    """Build what is made of raw tables; tell whether it was built.

    Args:
        has_groups: whether what is built belongs to the transformer, as whom dbt then runs.
    """
    from dbt.cli.main import dbtRunner

    if has_groups:
        os.environ["PGOPTIONS"] = "-c role=thinkthrift_transformer"
    place = ["--project-dir", str(PROJECT)]
    if not os.environ.get("DBT_PROFILES_DIR"):
        place += ["--profiles-dir", str(PROJECT)]
    left_out = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    with ended_by_interrupts():
        return bool(dbtRunner().invoke(["--quiet", "build", *left_out, *place]).success)


def _sweep(connection: Connection, swept: list[str]) -> None:
    """Remove dead versions of rows of some tables from the disk, where we may."""
    connection.execute("set client_min_messages to error")
    [(is_superuser,)] = connection.execute(
        "select rolsuper from pg_roles where rolname = current_user"
    )
    for place in swept:
        name = Identifier(*place.split(".", 1))
        if connection.execute("select to_regclass(%s)", [name.as_string()]).fetchone() == (None,):
            continue
        connection.execute(SQL("vacuum (full, analyze) {}").format(name))
        # of a table without rows `analyze` leaves the statistics as they were
        if not connection.execute(SQL("select from {} limit 1").format(name)).rowcount:
            if connection.info.server_version >= 180_000:
                connection.execute(CLEAR, place.split(".", 1))
            elif is_superuser:
                connection.execute(DELETE, [name.as_string()])
    if is_superuser:
        connection.execute("vacuum full pg_catalog.pg_statistic")
        connection.execute("checkpoint")
    else:
        complain.print(
            "Dead versions of statistics, and files that were removed, are on the disk still."
            " Run as a superuser: vacuum full pg_catalog.pg_statistic; checkpoint"
        )


def _nothing_left(
    connection: Connection, declared: erase.Places, wanted: set[tuple[str, str]]
) -> bool:
    """Search all tables for identifiers, and say where these still stand."""
    found = places.search(connection, _held(connection, declared), wanted)
    if found:
        made = grid("still found in", "rows")
        for place, count in found.items():
            made.add_row(place, f"{count:,}")
        console.print(made)
    else:
        console.print("Nothing is found in any table of the database.")
    return not found
