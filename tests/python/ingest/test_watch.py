"""Watching: new files are loaded within seconds, half-written ones are not, a signal ends it."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from ingest import tables
from warehouse import PROJECT

HEADER = "item_id,name,price,sold_on\n"
PROGRAM = """
import pickle, sys
from ingest.watch import watch
tables = pickle.load(sys.stdin.buffer)
say = lambda what: print(what, flush=True)
say("watching")
watch(tables, 0.1, 0.5, lambda result: say(f"{result.status} {result.loaded}"), say)
say("stopped")
"""


@contextmanager
def watching(warehouse, table):
    """Give the process that watches a table."""
    import pickle

    tables.ensure(warehouse.connection, [table])
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=PROJECT, env=os.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        process.stdin.write(pickle.dumps([table]))
        process.stdin.close()
        assert process.stdout.readline() == b"watching\n"
        yield process
    finally:
        process.kill()
        process.wait()


def said(process) -> str:
    return process.stdout.readline().decode().strip()


def test_files_are_loaded_as_they_come(warehouse, declare, write) -> None:
    with watching(warehouse, declare(mode="append", key=())) as process:
        started = time.monotonic()
        write(HEADER + "1,Hat,1,\n", "items_1.csv")
        assert said(process) == "loaded 1"
        assert time.monotonic() - started < 5
        write(HEADER + "2,Cap,1,\n3,Bag,1,\n", "items_2.csv")
        assert said(process) == "loaded 2"


def test_a_file_that_is_still_written_to_is_waited_for(warehouse, declare, tmp_path) -> None:
    with watching(warehouse, declare(mode="append", key=())) as process:
        with (tmp_path / "items.csv").open("w", buffering=1) as file:
            file.write(HEADER)
            for number in range(8):
                file.write(f"{number},Hat,1,\n")
                time.sleep(0.25)
        assert said(process) == "loaded 8"
    assert warehouse.rows("select count(*) from raw_ingest.loads") == [(1,)]


def test_a_failed_load_is_told_and_the_mended_file_is_loaded(warehouse, declare, write) -> None:
    with watching(warehouse, declare()) as process:
        assert "no file in" in said(process)
        assert said(process).startswith("Set TEST_LOCATION")
        write("item_id\n1\n")
        assert said(process) == "failed 0"
        write(HEADER + "1,Hat,1,\n")
        assert said(process) == "loaded 1"


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(warehouse, declare, kind) -> None:
    with watching(warehouse, declare(mode="append", key=())) as process:
        time.sleep(0.5)
        process.send_signal(kind)
        assert said(process) == "stopped"
        assert process.wait(timeout=10) == 0
