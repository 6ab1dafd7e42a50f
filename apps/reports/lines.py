"""From what was typed to a report: `rpt_top_products start_date=2025-12-01 top_n=10`."""

import re
import shlex
from collections.abc import Callable

from apps.reports import show
from apps.reports.report import PREFIX, Answer, Reports
from warehouse.errors import UsageError

# looks like a report's name, which in a search stands in q=
NAMED = re.compile(rf"\s*{PREFIX}\w")
HELP = {"?", "help", "--help", "-h"}


def from_line(line: str) -> list[str]:
    """Return the words of a line as a shell would take them.

    Raises:
        UsageError: a quotation mark is left open.
    """
    try:
        return shlex.split(line)
    except ValueError as error:
        raise UsageError(f"Could not read the line: {error}. Close the quotation mark.") from None


def answer(reports: Reports, words: list[str], form: Callable[[Answer], None]) -> None:
    """Show a report, or what it takes.

    Args:
        reports: of the warehouse.
        words: the report's name, then `var=value` for each var, or a word of HELP.
        form: prints the answer.

    Raises:
        UsageError: a name or value is wrong.
        UserError: the warehouse does not answer, or has no reports.
    """
    report, rest = reports.named(words[0]), words[1:]
    if HELP & set(rest):
        show.help_on(report, reports)
        return
    given: dict[str, str] = {}
    for word in rest:
        name, mark, value = word.partition("=")
        if not mark:
            raise UsageError(
                f"'{word}' is not a var. Write each as name=value; {report.name} reads:"
                f" {', '.join(report.variables)}. See: {report.name} --help"
            )
        if name in given:
            raise UsageError(f"The var '{name}' was given twice. Give it once.")
        if value:  # as in a search, what is empty is left out
            given[name] = value
    form(reports.ask(report, given))
