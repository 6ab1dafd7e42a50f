"""A day's run: load what is new, build and test what depends on it.

Dagster and the command line share what is here.
"""

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import warehouse
from ingest import contract
from ingest.load import load_table
from warehouse.errors import UsageError, UserError

# how often a load is tried again if its source may be back by then
RETRIES = 3
HOUR = 3600
DBT = warehouse.PROJECT / "apps" / "orchestration" / "dbt-child"


class DayError(UserError):
    """The day ended early, or a part of it failed."""


def target() -> Path:
    """Return the folder in which dbt writes."""
    return warehouse.PROJECT / os.environ.get("DBT_TARGET_PATH", "target")


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let no other day be built in this warehouse while the context lasts.

    Raises:
        DayError: another is.
    """
    with warehouse.connect(application_name="thinkthrift day") as connection:
        connection.autocommit = True
        # ends with the connection
        query = "select pg_try_advisory_lock(hashtext('thinkthrift day'))"
        [(is_free,)] = connection.execute(query)
        if not is_free:
            raise DayError("Another daily run is building this warehouse; wait for its end.")
        yield


def wait_before(attempt: int) -> float:
    """Return how long to wait before a load is tried again, in seconds; twice as long every time.

    Args:
        attempt: how often it was tried, less one.

    Raises:
        UsageError: LOAD_RETRY_SECONDS, the first wait, is no number of seconds.
    """
    text = os.environ.get("LOAD_RETRY_SECONDS") or "30"
    with contextlib.suppress(ValueError):
        if 0 <= (first := float(text)) <= HOUR:
            return float(first * 2**attempt)
    raise UsageError(f"LOAD_RETRY_SECONDS is {text!r}. Set it to a number from 0 to {HOUR}.")


def run(selector: str, say: Callable[[str], None]) -> None:
    """Load every source, and build if no load failed, each load being tried again if that may help.

    Args:
        selector: of dbt, `daily` or `weekly`.
        say: is told what happens.

    Raises:
        DayError: a load or the build failed; what could be done is done.
    """
    with alone():
        failed = []
        for table in contract.read_tables():
            result = load_table(table)
            for attempt in range(RETRIES):
                if not result.is_transient:
                    break
                say(f"load {table}: {result.notes[-1]}; again in {wait_before(attempt):g} s")
                time.sleep(wait_before(attempt))
                result = load_table(table)
            numbers = f"{result.loaded:,} loaded, {result.quarantined:,} quarantined"
            say(f"load {table}: {result.status}, {numbers}")
            if result.status == "failed":
                failed.append(str(table))
        if failed:
            raise DayError(f"Nothing was built, as loads failed: {', '.join(failed)}")
        build = [str(DBT), "build", "--selector", selector]
        if subprocess.run(build, cwd=warehouse.PROJECT, check=False).returncode:
            raise DayError("dbt build failed.")
