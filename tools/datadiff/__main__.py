"""The command line: python -m tools.datadiff --base REF."""

from pathlib import Path
from typing import Annotated

import psycopg
import typer
from psycopg.sql import SQL, Identifier

import warehouse
from tools.datadiff import versions
from tools.datadiff.compare import compare, key_of
from tools.datadiff.report import Findings, markdown
from tools.datadiff.session import alone
from tools.datadiff.versions import Version
from warehouse.console import Terminal
from warehouse.errors import UserError

console = Terminal(stderr=True, soft_wrap=True)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def diff(
    base: Annotated[str, typer.Option(help="Branch, tag or commit to compare with.")] = "main",
    output: Annotated[Path | None, typer.Option(help="Write the report there, too.")] = None,
    keep: Annotated[bool, typer.Option(help="Keep the schemas that are built.")] = False,
) -> None:
    """Build BASE and the checkout on the same raw rows; report in Markdown what differs.

    Exit codes: 0 compared; 1 a version cannot be built, or a test of what was built fails; 2 wrong
    usage. That rows differ is no failure.
    """
    try:
        found = _findings(base, keep)
    except UserError as error:
        console.print(str(error), style="red")
        raise typer.Exit(error.exit_code) from None
    report = markdown(found)
    print(report, end="")
    if output:
        try:
            output.write_text(report)
        except OSError as error:
            console.print(f"{output} cannot be written: {error.strerror}.")
            raise typer.Exit(2) from None
    raise typer.Exit(1 if found.failed else 0)


def _findings(ref: str, keep: bool) -> Findings:
    """Build, compare and test; return all that was found."""
    with warehouse.connect() as connection, alone(connection, keep):
        base, commit = versions.check_out(ref)
        head = Version("head", warehouse.PROJECT)
        console.print(f"build: {ref} ({commit}) and the checkout, where they differ")
        changed, snapshots = versions.build(base, head)
        found = Findings(commit)
        before, after = base.relations(), head.relations()
        found.gone = sorted(node["name"] for name, node in before.items() if name not in after)
        found.snapshots = sorted(name.split(".")[-1] for name in snapshots)
        if changed:
            console.print(f"compare: {len(changed)} relations")
            _compare(connection, found, changed, base, head)
            console.print("test: what was built")
            for result in versions.test(base, head, changed):
                # test.PACKAGE.NAME[.HASH] or unit_test.PACKAGE.MODEL.NAME
                kind, _, *name = result["unique_id"].split(".")
                name = ".".join(name) if kind == "unit_test" else name[0]
                found.tests.setdefault(result["status"], []).append(name)
    return found


def _compare(
    connection: psycopg.Connection,
    found: Findings,
    changed: list[str],
    base: Version,
    head: Version,
) -> None:
    """Compare each relation that was built, and say what reads it."""
    before, manifest = base.relations(), head.manifest()
    took = {
        side: {name: one["execution_time"] for name, one in version.results().items()}
        for side, version in (("base", base), ("head", head))
    }
    for unique_id in changed:
        node = manifest["nodes"][unique_id]
        name, place = node["name"], (node["schema"], node["alias"])
        if unique_id in before:
            old = before[unique_id]
            key = key_of(unique_id, manifest)
            one = compare(connection, (old["schema"], old["alias"]), place, key)
            found.differences[name] = one
        else:
            query = SQL("select count(*) from {}").format(Identifier(*place))
            [(found.new[name],)] = connection.execute(query)
        found.seconds[name] = (took["base"].get(unique_id), took["head"].get(unique_id))
        if found.differences.get(name) or name in found.new:
            for child in manifest["child_map"].get(unique_id, []):
                if child.startswith("exposure."):
                    found.exposures.setdefault(child.split(".")[-1], []).append(name)


if __name__ == "__main__":
    app(prog_name="python -m tools.datadiff")
