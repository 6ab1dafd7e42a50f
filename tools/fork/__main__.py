"""The command line: python -m tools.fork rename|source|mart|uses."""

from pathlib import Path
from typing import Annotated

import typer

from ingest.contract import parse
from tools.fork import names, sources
from tools.fork.samples import KINDS
from tools.fork.uses import uses as find_uses
from warehouse import PROJECT
from warehouse.console import Terminal
from warehouse.errors import UsageError, UserError

console = Terminal(soft_wrap=True)
app = typer.Typer(
    help="Make the project your own: another company, other sources, your teams' marts.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def rename(
    title: Annotated[str, typer.Argument(help='The company, such as "Second Spring".')],
    short: Annotated[
        str, typer.Option(help="The same for dbt, PostgreSQL and Python; else made of the name.")
    ] = "",
) -> None:
    """Put your company's name in the place of ThinkThrift's, in every file."""
    short = short or names.column_name(title)
    changed = names.rename(title, short)
    console.print(f"{len(changed)} files changed: {title}, {short}")
    console.print(
        "Next:\n"
        "  .venv/bin/ruff format . && git diff --stat   # names differ in length, so layout may\n"
        "  make clean && make demo                      # the database is called by the name, too"
    )


@app.command()
def source(
    name: Annotated[str, typer.Argument(help="Such as returns_desk.")],
    location: Annotated[Path, typer.Argument(help="A folder or file, to be read for its columns.")],
    reader: Annotated[
        str | None, typer.Option(help="csv, excel, json or parquet; else by the files' endings.")
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option(help="TABLE=COLUMN,COLUMN: a key that is not found.")
    ] = None,
) -> None:
    """Declare a source of files, and write a staging model with tests for each of its tables."""
    keys = {}
    for given in key or []:
        table, is_there, columns = given.partition("=")
        if not is_there:
            raise UsageError(f"--key {given}: write TABLE=COLUMN, with commas between columns.")
        keys[table] = columns
    if reader not in (None, *KINDS):
        raise UsageError(f'--reader "{reader}" is not one of {", ".join(KINDS)}.')
    _show(
        sources.scaffold(name, location, reader, keys),
        'Fill each description: "" in the two YAML files; check the types and the key.',
        f"python -m ingest load {name}",
        f"dbt build --select staging.{name}",
    )


@app.command()
def mart(
    team: Annotated[str, typer.Argument(help="Who owns it: sales, marketing, or a new team.")],
    name: Annotated[str, typer.Argument(help="Such as rpt_returns_by_channel.")],
    of: Annotated[str, typer.Option(help="The mart that it reads.")],
    by: Annotated[list[str], typer.Option(help="A column of that mart, part of the key.")],
    total: Annotated[
        list[str] | None, typer.Option("--sum", help="A number of that mart, added up.")
    ] = None,
    period: Annotated[
        bool, typer.Option("--period", help="Take the vars start_date and end_date.")
    ] = False,
) -> None:
    """Write a mart with its contract, tests and owner; change its SQL from there."""
    from tools.fork import marts

    _show(
        marts.scaffold(parse(), team, name, of, by, total or [], period),
        'Fill each description: "" in the YAML; change SQL and contract to what you want.',
        f"dbt build --select {name}",
    )


@app.command()
def uses(
    source_name: Annotated[str, typer.Argument(metavar="SOURCE", help="Such as events.")],
) -> None:
    """List what goes with a source that you do not have, and what has to be changed."""
    found = find_uses(parse(), source_name)
    console.print(
        f"Made of {source_name} alone; remove, with their entries in the YAML beside them:"
    )
    console.print(f"  models/staging/{source_name}")
    for name, path in found.gone.items():
        if not path.startswith(f"models/staging/{source_name}/"):
            console.print(f"  {path}: {name}")
    for heading, files in (
        ("Have no rows without it; remove these models, or fill them otherwise:", found.emptied),
        ("Read it beside others; take it out of these models:", found.changed),
        ("Name it; dbt reads these files:", found.mentions["built"]),
        ("Name it; `make test` reads these:", found.mentions["tested"]),
        ("Name it; nothing checks these:", found.mentions["other"]),
    ):
        if files:
            console.print(heading)
        for path, read in files.items():
            console.print(f"  {path}: {', '.join(read)}")
    console.print(
        "Then: dbt parse --no-partial-parse && tools/lint/kept_tests.py --renew && make check\n"
        "A warehouse that had its rows: dbt build --full-refresh"
    )


def _show(written: list[Path], *steps: str) -> None:
    """Name the files that were written, and the next steps."""
    for path in written:
        console.print(f"wrote {path.relative_to(PROJECT)}")
    console.print("Next:")
    for step in steps:
        console.print(f"  {step}")
    console.print("  tools/lint/kept_tests.py --renew             # lists the new tests")
    console.print("  tools/lint/rules                             # says what is missing")


def main() -> None:
    """Run the command line; a user's mistake ends in a sentence and not in a traceback."""
    try:
        app(prog_name="python -m tools.fork")
    except UserError as error:
        Terminal(stderr=True, soft_wrap=True).print(str(error))
        raise SystemExit(error.exit_code) from None


if __name__ == "__main__":
    main()
