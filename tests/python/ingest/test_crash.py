"""A load that is killed with SIGKILL is as if it had never begun; a re-run makes it whole."""

import os
import pickle
import signal
import subprocess
import sys

import psycopg
import pytest

from ingest import tables
from ingest.warehouse import PROJECT

ROWS = 60_000
# kills itself once it has read half of the bytes
PROGRAM = """
import os, pickle, signal, sys
from ingest.load import load_table
table, limit = pickle.load(sys.stdin.buffer)
seen = 0
def tick(size):
    global seen
    seen += size
    if seen > limit:
        os.kill(os.getpid(), signal.SIGKILL)
load_table(table, tick=tick)
"""


def killed_half_way(table, limit: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=pickle.dumps((table, limit)),
        cwd=PROJECT,
        env=os.environ,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL


def state(warehouse) -> list[tuple]:
    return warehouse.rows(
        "select count(*), count(distinct item_id), sum(item_id), max(name) from raw_test.items"
    ) + warehouse.rows(
        "select count(*), sum(rows_read), max(cursor_after) from raw_ingest.loads"
        " where status = 'loaded'"
    )


@pytest.mark.parametrize("bad", ["", "x,bad,,\n"], ids=["clean", "with a bad row"])
@pytest.mark.parametrize("mode", ["replace", "append", "merge"])
def test_a_killed_file_load(warehouse, declare, write, mode, bad) -> None:
    table = declare(mode=mode, key=() if mode == "append" else ("item_id",))
    header = "item_id,name,price,sold_on\n"
    write(header + "1,first,1,\n", "items_1.csv")
    warehouse.load(table)
    before = state(warehouse)
    path = write(header + "".join(f"{n},next,1,\n" for n in range(2, ROWS)) + bad, "items_2.csv")
    killed_half_way(table, path.stat().st_size // 2)
    assert state(warehouse) == before
    result = warehouse.load(table)
    assert result.status == "loaded"
    assert result.quarantined == bool(bad)
    assert warehouse.rows("select count(*), sum(item_id) from raw_test.items") == [
        (ROWS - 1, ROWS * (ROWS - 1) // 2)
    ]
    assert warehouse.rows("select count(*) from raw_ingest.quarantine") == [(int(bool(bad)),)]
    # nothing half-made is left beside the table, or beside its one partition
    assert warehouse.rows(
        "select count(*) from pg_class"
        " where relkind = 'r' and relnamespace = 'raw_test'::regnamespace"
    ) == [(1,)]


def test_a_killed_load_from_a_database(warehouse, postgres, declare) -> None:
    postgres.create("killed_source")
    with psycopg.connect(postgres.conninfo("killed_source"), autocommit=True) as source:
        source.execute("create table items as select n as item_id, 'x' || n as name"
                       " from generate_series(1, 60000) as n")  # fmt: skip
    table = declare("item_id bigint, name text", reader="postgres", mode="merge", cursor="item_id",
                    location="postgresql:///killed_source")  # fmt: skip
    tables.ensure(warehouse.connection, [table])
    before = state(warehouse)
    killed_half_way(table, 300_000)
    assert state(warehouse) == before
    assert warehouse.load(table).loaded == 60_000
    assert warehouse.last_load()["cursor_after"] == "60000"
    assert state(warehouse)[0][:2] == (60_000, 60_000)
