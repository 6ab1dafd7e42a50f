"""The command line: python -m apps.reports [REPORT [VAR=VALUE]...]."""

from __future__ import annotations

from typing import Annotated

import typer

from apps.reports import lines, printing, show
from apps.reports.report import Reports
from warehouse.errors import UserError

ABOUT = """\
Show a report with vars of your own: python -m apps.reports rpt_top_products top_n=10
REPORT --help says what it takes; --csv and --json print all rows. Nothing is built: the table of
the report in the warehouse stays as it is. Without a report: which there are, with their vars."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(help=ABOUT, context_settings={"ignore_unknown_options": True}, add_help_option=False)
def report(
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="[REPORT [VAR=VALUE]...]")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print all rows as JSON.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print all rows as CSV.")] = False,
) -> None:
    """Show one report, or which there are."""
    words = arguments or []
    try:
        if not words or words[0] in lines.HELP:
            printing.say(ABOUT)
            show.listed(Reports())
        else:
            lines.answer(Reports(), words, show.form(json, csv))
    except UserError as error:
        printing.complain(str(error))
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


if __name__ == "__main__":
    app(prog_name="python -m apps.reports")
