"""dbt's messages in the words of the quick way: no stack of macros, `max_price` for the var."""

import re

from dbt.cli.main import dbtRunnerResult
from dbt_common.exceptions import CompilationError

from apps.reports.messages import as_typed
from warehouse.errors import UsageError, UserError

REFUSAL = re.compile(r"The var 'search_|There is no var '")
VAR = re.compile(r"'(search_[a-z_]+)'")
MISSING = re.compile(r"(relation|schema|function) .* does not exist")
WHERE = re.compile(r"\s*(> )?(in|called by) (macro|model|operation|test)\b")
NOT_BUILT = (
    "The search has no index in this warehouse yet. Make it: dbt build --selector search,"
    " or make build; in a new checkout: make demo"
)


def explained(done: dbtRunnerResult) -> UserError:
    """Return the error for a run of dbt that failed."""
    reason = plain(done.exception)
    if isinstance(done.exception, CompilationError) and REFUSAL.match(reason):
        return UsageError(short(reason))
    results = getattr(done.result, "results", None) or []
    failed = [one.message or "" for one in results if str(one.status) == "error"]
    reason = "\n".join(failed) or reason
    if MISSING.search(reason):
        return UserError(NOT_BUILT)
    return UserError(f"The search failed: {reason.strip()}")


def plain(exception: BaseException | None) -> str:
    """Return dbt's message without where in the project it arose."""
    lines = str(exception).strip().splitlines()
    kept = [line.strip() for line in lines if not WHERE.match(line)]
    if kept and re.match(r"(Compilation|Parsing|Runtime|Database) Error", kept[0]):
        kept = kept[1:] or kept
    return " ".join(line for line in kept if line)


def short(message: str) -> str:
    """Return a refusal with the names and examples that the quick way has."""
    message = re.sub(r"^There is no var 'search_(.*?)'", r"There is no filter '\1'", message)
    return VAR.sub(lambda name: f"'{_name(name[1])}'", as_typed(_known(message), _name))


def _known(message: str) -> str:
    """Leave the vars of other models out of the list of those that there are."""
    head, mark, names = message.rpartition("The vars of this project are: ")
    if not mark:
        return message
    known = [name for name in names.rstrip(".").split(", ") if name.startswith("search_")]
    return f"{head}There are: {', '.join(sorted(map(_name, known)))}."


def _name(var: str) -> str:
    return "q" if var == "search_terms" else var.removeprefix("search_")
