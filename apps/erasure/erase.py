"""Erasing a person from raw tables, their history, quarantine, snapshots and failed rows."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from psycopg import Connection
from psycopg.sql import SQL, Composable, Identifier, Literal

from apps.erasure.person import Person
from apps.erasure.places import Identifiers, condition, pattern
from ingest import contract, erasing, forgotten
from ingest.contract import Column, Table
from ingest.erasing import Erased
from ingest.forgotten import ERASED

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

LOADS = ("raw_ingest", "loads")


class Places(NamedTuple):
    """What the project declares of where people are.

    Attributes:
        raw: the raw tables that hold personal data.
        snapshots: the same of snapshots; their source is that of the raw table.
        unified: schema and name of the table of matched records.
        failures: the schemas of failed rows of tests.
        compared: the intermediate tables of which builds write only what differs, as schema.name.
        marks: schema and name of the table of what builds have read.
    """

    raw: list[Table]
    snapshots: list[Table]
    unified: tuple[str, str]
    failures: list[str]
    compared: list[str]
    marks: tuple[str, str]


def places() -> Places:
    """Read the declarations.

    Raises:
        UserError: dbt cannot parse the project.
    """
    manifest = contract.parse()
    raw = [table for table in contract.read_tables(manifest) if any(_personal(table))]
    named = {node.name: (node.schema, node.alias) for node in manifest.nodes.values()}
    compared = [
        f"{node.schema}.{node.alias}"
        for node in manifest.nodes.values()
        if node.config.get("incremental_strategy") == "compared" and "intermediate" in node.fqn
    ]
    failures = {
        node.schema for node in manifest.nodes.values() if node.resource_type.value == "test"
    }
    return Places(
        raw, _snapshots(manifest), named["int_customers_unified"], sorted(failures),
        sorted(compared), named["int_read_marks"],
    )  # fmt: skip


def _personal(table: Table) -> list[Column]:
    return [column for column in table.columns if column.personal]


def _snapshots(manifest: "Manifest") -> list[Table]:
    """Return the snapshots that hold personal data, as tables of the source they are made of."""
    found = []
    nodes: dict[str, Any] = dict(manifest.nodes)
    for node in nodes.values():
        if node.resource_type.value != "snapshot":
            continue
        columns = tuple(
            Column(column.name, "text", column.name, personal=column.config.meta["personal"])
            for column in node.columns.values()
            if column.config.meta.get("personal")
        )
        if columns:
            above = list(node.depends_on.nodes)
            while above[0] in nodes:
                above = list(nodes[above[0]].depends_on.nodes)
            key = node.config.unique_key
            found.append(
                Table(
                    source=manifest.sources[above[0]].source_name, name=node.alias,
                    schema=node.schema, file=node.original_file_path, columns=columns,
                    reader="", location="", mode="merge",
                    key=(key,) if isinstance(key, str) else tuple(key),
                )
            )  # fmt: skip
    return found


def lock(connection: Connection, tables: list[Table]) -> None:
    """Wait for loads of these tables, and keep others from them until the transaction ends."""
    for table in sorted(map(str, tables)):
        # as ingest.load.locked
        connection.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"ingest {table}"])


def erase(
    connection: Connection, declared: Places, held: list[Table], person: Person
) -> dict[str, Erased]:
    """Erase a person and remember them by hashes; return what was done, by relation.

    What dbt builds of these relations has the person until it is built again.

    Args:
        connection: in a transaction, after `lock`.
        declared: where people are.
        held: those of its tables that there are.
        person: whom to erase.
    """
    done: dict[str, Erased] = {}

    def note(place: str, erased: Erased) -> None:
        before = done.get(place, Erased())
        done[place] = Erased(before.deleted + erased.deleted, before.emptied + erased.emptied)

    for table in held:
        is_raw = table in declared.raw
        place = Identifier(table.schema, table.name)
        connection.execute(SQL("lock table {} in share row exclusive mode").format(place))
        rows = condition(table, person.identifiers)
        erased = erasing.from_rows(connection, table, person.known, rows, is_raw)
        note(f"{table.schema}.{table.name}", erased)
    kept: list[tuple[str, Callable[..., Erased], str]] = [
        ("quarantine", erasing.from_quarantine, "concat_ws(' ', payload, reason, position)"),
        ("changes", erasing.from_changes, "cast(payload as text)"),
    ]
    for table in declared.raw:
        for name, erasing_from, text in kept:
            rows = _in_payload(table, person.identifiers, text, name == "quarantine")
            note(f"raw_ingest.{name}", erasing_from(connection, table, person.known, rows))
    wanted = Literal(pattern(person.identifiers))
    messages = connection.execute(
        SQL("update {} set message = {} where lower(message) ~ {}").format(
            Identifier(*LOADS), Literal(ERASED), wanted
        )
    )
    note(".".join(LOADS), Erased(emptied=messages.rowcount))
    if not person.records and not any(map(any, done.values())):
        return {}
    failed = connection.execute(
        "select schemaname, tablename from pg_tables where schemaname = any (%s) order by 1, 2",
        [declared.failures],
    ).fetchall()
    for schema, name in failed:
        # the next test writes them anew; what is personal in them is declared nowhere
        place = Identifier(schema, name)
        [(count,)] = connection.execute(SQL("select count(*) from {}").format(place))
        connection.execute(SQL("truncate {}").format(place))
        note(f"{schema}.{name}", Erased(deleted=count))
    marks = Identifier(*declared.marks)
    if connection.execute("select to_regclass(%s)", [marks.as_string()]).fetchone() != (None,):
        # what is erased is told to nobody, so that builds compare everything
        connection.execute(SQL("delete from {}").format(marks))
    forgotten.remember(connection, person.identifiers)
    return {place: erased for place, erased in done.items() if any(erased)}


def _in_payload(table: Table, identifiers: Identifiers, text: str, is_read: bool) -> Composable:
    """Return which rows with a payload may be of those who are known by these.

    Args:
        table: whose rows they are.
        identifiers: kinds and normalised values.
        text: the SQL of what is searched.
        is_read: whether a payload has the source's names of columns, not the declared ones.
    """
    tests: list[Composable] = [
        SQL("lower({}) ~ {}").format(SQL(text), Literal(pattern(identifiers)))
    ]
    for kind, value in sorted(identifiers):
        source, _, number = value.partition(":")
        if kind == "account" and source == table.source:
            tests += [
                SQL("lower(payload ->> {}) = {}").format(
                    Literal(column.source_name if is_read else column.name), Literal(number)
                )
                for column in table.columns
                if column.personal == "account"
            ]
    return SQL("({})").format(SQL(" or ").join(tests))
