"""What the load needs goes away: its connection, the disk, the source. It says so in a sentence."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from functools import partial
from itertools import repeat

import psutil
import psycopg
import pytest
from crash.cases import CASES, HEADER, Case, items
from crash.loaders import Task
from crash.stage import Stage, connect, wait_for
from crash.web import Web

from ingest.books import Audit, Result, finish

TERMINATIONS = 5
AUDITS = 150
END = "select pg_sleep(%s), pg_terminate_backend(%s)"
WAITING = "from pg_locks where locktype = 'advisory' and not granted"
# a file of WAL has 16 MB, and a server that cannot write one stops; its tables may be smaller
LIMIT = 16 << 20


def failed(result: Result) -> str:
    """Check that the load failed with one message, and return it."""
    assert result.status == "failed"
    (message,) = result.notes
    assert "items" in message
    assert "Traceback" not in message
    return message


@pytest.mark.parametrize(
    "case", ["csv replace", "csv append", "csv merge", "many csv files", "postgres merge"]
)
def test_the_connection_is_ended_at_any_moment(stage, dice, case) -> None:
    here = stage(case)
    ended = 0
    while ended < TERMINATIONS:
        here.restore()
        task = here.load()
        time.sleep(here.seconds * dice.random())
        hit = here.terminate()
        result = task.result()
        number = here.states.index(here.state())
        if hit and result.status == "failed":
            ended += 1
            message = failed(result)
            assert "connection" in message
            assert here.server["password"] not in message
        assert here.loaded().notes == []
        assert here.state() == here.states[number + 1]


def test_the_connection_is_ended_while_audit_rows_are_written(stage, dice) -> None:
    here = stage("csv append")
    rows = [Audit(0, 0, 0)]  # of no load: nothing but the statement itself is tried
    with here.connect() as killer:
        for _ in range(AUDITS):
            connection = here.connect()
            end = [dice.random() / 100, connection.info.backend_pid]
            with ThreadPoolExecutor(1) as pool:
                pool.submit(killer.execute, END, end)
                with pytest.raises(psycopg.OperationalError, match="connection"):
                    any(finish(connection, rows) for _ in repeat(None))
            assert connection.closed


def limit(pid: int) -> None:
    """Limit the size of a server process's files, as the user who owns it; for a `Task`."""
    process = psutil.Process(pid)
    os.setgid(process.gids().real)
    os.setuid(process.uids().real)
    process.rlimit(psutil.RLIMIT_FSIZE, (LIMIT, LIMIT))


@pytest.mark.parametrize("mode", ["replace", "append", "merge"])
def test_the_disk_is_full(postgres, tmp_path, mode) -> None:
    def source(site):
        width = "x" * 1800  # short enough to be stored in the row, and thus in the landing's file
        for name, numbers in (("1", range(10)), ("2", range(10, 12_000))):
            lines = [HEADER, *(f"{number},{width},1,\n" for number in numbers)]
            if mode == "replace":
                name = ""
            (site.folder / f"items{name}.csv").write_text("".join(lines))
            yield str(site.folder)

    settings = {"mode": mode}
    rows = 12_000 if mode != "replace" else 11_990
    with Stage(Case("wide", source, rows, settings=settings), asdict(postgres), tmp_path) as here:
        with here.connect() as gate:
            gate.execute("select pg_advisory_lock(hashtext('ingest test.items'))")
            task = here.load()
            wait_for(gate, f"select exists (select {WAITING})")
            (pid,) = gate.execute(f"select pid {WAITING}").fetchone()
            Task(here.environment, limit, pid).result()
        message = failed(task.result())
        assert "could not extend file" in message
        assert "File too large" in message
        assert here.state() == here.states[0]
        assert here.loaded().notes == []
        assert here.state() == here.states[1]


@pytest.mark.parametrize(
    "case", ["csv replace", "csv append", "csv with bad rows", "parquet append"]
)
@pytest.mark.parametrize("change", ["truncated", "longer", "gone"])
def test_a_file_changes_while_it_is_read(stage, case, change) -> None:
    here = stage(case)
    path = max(here.site.folder.iterdir(), key=lambda path: path.stat().st_size)
    whole, status = path.read_bytes(), path.stat()
    act = {
        "truncated": partial(os.truncate, path, len(whole) // 2),
        "longer": partial(os.truncate, path, len(whole) + 10),
        "gone": partial(path.unlink),
    }[change]
    try:
        message = failed(here.load(1, act).result())
    finally:
        path.write_bytes(whole)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.name in message
    assert here.state() == here.states[0]
    assert here.loaded().notes == []
    assert here.state() == here.states[1]


@pytest.mark.parametrize("mode", ["replace", "merge"])
def test_the_source_database_ends_the_connection(postgres, tmp_path, mode) -> None:
    def source(site):
        with connect(site.database) as connection:
            connection.execute("create table stock (item_id bigint, is_slow boolean)")
            # a view that stops at one row until it is told to go on
            connection.execute(
                "create view items as select item_id, 'item' as name, 1 as price,"
                " date '2026-01-01' as sold_on from stock"
                " where not is_slow or pg_advisory_lock_shared(1) is not null"
            )
            insert = (
                "insert into stock select n, n = 30000 from generate_series(%s::int, %s::int) as n"
            )
            connection.execute(insert, [1, 10])
            yield f"postgresql:///{site.database['dbname']}"
            connection.execute(insert, [11, 60_000])
            yield f"postgresql:///{site.database['dbname']}"

    settings = {"mode": mode, "reader": "postgres"}
    case = Case("slow", source, 60_000, settings=settings)
    with Stage(case, asdict(postgres), tmp_path) as here:
        with connect(here.site.database) as gate:
            gate.execute("select pg_advisory_lock(1)")
            task = here.load()
            wait_for(gate, f"select exists (select {WAITING})")
            gate.execute(f"select pg_terminate_backend(pid) {WAITING}")
            assert here.site.database["dbname"] in failed(task.result())
        assert here.state() == here.states[0]
        assert here.loaded().notes == []
        assert here.state() == here.states[1]


def test_the_interface_dies_while_it_is_read(postgres, tmp_path) -> None:
    rows = list(items(range(3000)))
    with Web(tmp_path) as web:

        def source(site):
            for number in (10, len(rows)):
                web.show(rows[:number])
                yield web.location

        case = replace(CASES["rest replace"], source=source, rows=len(rows))
        with Stage(case, asdict(postgres), tmp_path) as here:
            web.show(rows, dies_at=3)
            failed(here.loaded())
            assert here.state() == here.states[0]
            web.restart()
            web.show(rows)
            assert here.loaded().notes == []
            assert here.state() == here.states[1]
