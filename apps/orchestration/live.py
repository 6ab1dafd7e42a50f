"""Live marts: what replication, a file or an interface brought is in them about a minute later.

The models with the tag `live` are built, and of what they are made of only what depends on the
tables that something came to. The day's run builds and tests everything, as before.
"""

import subprocess
import time
from collections.abc import Callable, Iterable
from threading import Event

import psycopg

import warehouse
from apps.orchestration import day
from ingest import contract
from ingest.contract import Table
from ingest.load import load_table
from warehouse.errors import UserError

# how long a build that failed is left alone: seconds
RETRY = 60.0
# by the number of loads that brought something, and not by a time: whatever commits late counts
ARRIVED = """
    select source_name || '.' || table_name, count(*)
    from raw_ingest.loads
    where status = 'loaded' and (rows_loaded > rows_unchanged or rows_deleted > 0)
    group by 1
"""
FOLLOWED = "select source_name || '.' || table_name from raw_ingest.changes where load_id is null"
State = dict[str, int]


def arrived(followed: list[Table]) -> State:
    """Return how many loads brought something to each raw table.

    Args:
        followed: the live tables; what replication brought is accounted for first, as by any load.
    """
    with warehouse.connect() as connection:
        waiting = {name for (name,) in connection.execute(FOLLOWED)}
        for table in followed:
            if str(table) in waiting:
                load_table(table)
        return dict(connection.execute(ARRIVED).fetchall())


def differing(now: State, built: State | None) -> list[str] | None:
    """Return the tables that something came to since a build; None for all, if there was none."""
    if built is None:
        return None
    return sorted(name for name in now if now[name] != built.get(name))


def build(tables: Iterable[str] | None) -> None:
    """Build the live marts that depend on some raw tables, without tests.

    Args:
        tables: their names; None for all that the live marts are made of.

    Raises:
        DayError: another build is at work, or this one failed.
    """
    some = ["+tag:live"] if tables is None else [f"source:{name}+,+tag:live" for name in tables]
    command = [str(day.DBT), "--quiet", "build", "--exclude-resource-type", "test", "unit_test"]
    with day.alone():
        done = subprocess.run(
            [*command, "--select", *some], cwd=warehouse.PROJECT, check=False,
            # Ctrl-C of the terminal is not for it
            start_new_session=True,
        )  # fmt: skip
    if done.returncode:
        raise day.DayError("dbt build failed.")


def follow(
    stop: Event, interval: float, say: Callable[[str], None], complain: Callable[[str], None]
) -> None:
    """Build whenever something has come, until asked to stop; a build that runs ends first.

    Args:
        stop: asks.
        interval: seconds between two looks.
        say: is told of each build.
        complain: is told what failed.
    """
    followed = [table for table in contract.read_tables() if table.reader == "live"]
    built: State | None = None
    while not stop.is_set():
        pause = interval
        try:
            now = arrived(followed)
            if now != built:
                began = time.monotonic()
                came = differing(now, built)
                build(came)
                built = now
                what = "everything" if came is None else ", ".join(came)
                say(f"{time.strftime('%H:%M:%S')} {time.monotonic() - began:.0f} s to build {what}")
        except (UserError, psycopg.Error) as error:
            pause = RETRY
            complain(f"{time.strftime('%H:%M:%S')} {error} It is tried again in {pause:.0f} s.")
        stop.wait(pause)
