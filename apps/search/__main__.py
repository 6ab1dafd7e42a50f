"""The command line: python -m apps.search [WORDS] [FILTER=VALUE]..., or line by line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated

import typer

from apps.reports import lines
from apps.reports import show as shown
from apps.reports.printing import complain, say
from apps.reports.report import Answer, Reports
from apps.search import kept, request, show
from apps.search.found import Found
from apps.search.runner import Searcher
from warehouse.errors import UsageError, UserError

FILTERS = """\
Words: as for a search engine. "in quotes" a phrase, -without, this or that.

Filters: category, brand, size, colour, condition, channel, country (one, or several with a bar:
brand=Zara|Uniqlo); min_price, max_price; from, to (YYYY-MM-DD); sort (relevance, price,
price_desc, newest); limit; mode (auto, all, any, broad); fold=no (each listing of an item); name
(keeps the result from being overwritten by others). q= takes words that look like a filter.

save=NAME keeps the search under a name; saved=NAME runs it again and says what is new since you
looked; forget=NAME removes it. --saved and --recent list the searches; in the prompt \\saved and
\\recent.

The result stays in the warehouse: search_results, or search_results__NAME. Without any argument
each line is a search, until Ctrl-D. What begins with the name of a report is that report:
rpt_top_products top_n=10; rpt_top_products --help says what it takes."""
# for one of these words, q=help
HELP = {"?", "help", "\\?", "\\h"}
QUIT = {"quit", "exit", "\\q"}
LISTS = {"\\saved": True, "\\recent": False}

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(
    help=f"Search the listings.\n\n{FILTERS}", context_settings={"ignore_unknown_options": True}
)
def search(
    arguments: Annotated[list[str] | None, typer.Argument(metavar="[WORD|FILTER=VALUE]...")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print all columns as JSON.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print all columns as CSV.")] = False,
    saved: Annotated[bool, typer.Option("--saved", help="List the saved searches.")] = False,
    recent: Annotated[bool, typer.Option("--recent", help="List your latest searches.")] = False,
) -> None:
    """Search once for the arguments, or for each line of the standard input."""
    form = show.as_json if json else show.as_csv if csv else show.as_table
    form_report = shown.form(json, csv)

    try:
        if arguments and lines.NAMED.match(arguments[0]):
            lines.answer(Reports(), arguments, form_report)
            return
        for argument in arguments or []:
            if argument.startswith("--"):
                raise UsageError(
                    f"There is no option {argument}. Filters have no hyphens: max_price=60."
                    " See: python -m apps.search --help"
                )
        given = request.from_arguments(arguments or [])
        if saved or recent:
            show.as_list(kept.searches(Searcher(), are_saved=saved))
        elif given:
            _answer(Searcher(), given, form)
        else:
            raise typer.Exit(_search_lines(Searcher(), form, form_report))
    except UserError as error:
        complain(str(error))
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _answer(searcher: Searcher, given: dict[str, object], form: Callable[[Found], None]) -> None:
    """Search, or forget a saved search."""
    if kept.FORGET in given:
        say(f"Forgot the search {kept.forget(searcher, given)}.")
        return
    form(kept.find(searcher, given))
    if name := given.get(kept.SAVE):
        complain(f"Saved. It runs again with saved={name}, which says what is new by then.")


def _search_lines(
    searcher: Searcher, form: Callable[[Found], None], form_report: Callable[[Answer], None]
) -> int:
    """Search, or report, one line after the other; return the worst exit code if nobody watches."""
    watched = sys.stdin.isatty()
    if watched:
        with suppress(ImportError):
            import readline  # noqa: F401, gives input() a history
    searcher.prepare()
    if watched:
        say("Type words and filters, or a report; help shows them, quit or Ctrl-D ends.")
    worst, reports = 0, Reports()
    while True:
        try:
            line = input("search> " if watched else "").strip()
            if watched and line in QUIT:
                return 0
            if line == "?" or (watched and line in HELP):
                say(FILTERS)
                say("Reports, with what they take:")
                shown.listed(reports)
            elif line in LISTS:
                show.as_list(kept.searches(searcher, LISTS[line]))
            elif lines.NAMED.match(line):
                lines.answer(reports, lines.from_line(line), form_report)
            elif line:
                _answer(searcher, request.from_line(line), form)
        except EOFError:
            return 0 if watched else worst
        except KeyboardInterrupt:
            say("")  # this search is given up, the prompt comes back
        except UserError as error:
            complain(str(error))
            worst = max(worst, error.exit_code)


if __name__ == "__main__":
    app(prog_name="python -m apps.search")
