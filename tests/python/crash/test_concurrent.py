"""Loads at the same time: one of a table does the work, the others wait and find it done."""

import time
from collections import Counter
from dataclasses import asdict, replace

import pytest
from crash.cases import CASES, csv
from crash.loaders import Task, load
from crash.stage import connect, state, wait_for

import warehouse
from ingest import tables
from ingest.contract import Table

CASES_OF_MODES = ["csv replace", "csv append", "csv merge", "many csv files"]
# of PostgreSQL, as the loads of a table take turns by it
WAITERS = "(select count(*) from pg_locks where locktype = 'advisory' and not granted) = {}"
TURN = "hashtext('ingest test.items')"


def start(here, number: int) -> list[Task]:
    """Start loads that wait until all have arrived, then are let go; the first comes first."""
    tasks = []
    with here.connect() as gate:
        gate.execute(f"select pg_advisory_lock({TURN})")
        for count in range(1, number + 1):
            tasks.append(here.load())
            wait_for(gate, "select " + WAITERS.format(count))
    return tasks


@pytest.mark.parametrize("number", [2, 4])
@pytest.mark.parametrize("case", CASES_OF_MODES)
def test_one_of_many_loads_of_a_table_does_the_work(stage, case, number) -> None:
    here = stage(case)
    results = [task.result() for task in start(here, number)]
    assert Counter(result.status for result in results) == {"loaded": 1, "unchanged": number - 1}
    assert here.state() == here.states[1]


@pytest.mark.parametrize("case", ["postgres replace", "postgres merge"])
def test_loads_from_a_database_take_turns(stage, case) -> None:
    here = stage(case)
    assert [task.result().status for task in start(here, 2)] == ["loaded", "loaded"]
    assert here.state() == here.states[2]


@pytest.mark.parametrize("killed", [0, 1], ids=["the working one", "the waiting one"])
@pytest.mark.parametrize("case", CASES_OF_MODES)
def test_one_load_is_killed_and_the_other_does_the_work(stage, dice, case, killed) -> None:
    here = stage(case)
    for _ in range(10):
        both = start(here, 2)
        if not killed:
            time.sleep(here.seconds / 2 * dice.random())
        was_alive = both[killed].kill()
        assert both[1 - killed].result().notes == []
        if was_alive:
            break
        here.restore()  # it was done too soon
    assert was_alive
    assert here.state() == here.states[1]


def test_loads_of_different_tables_do_not_wait_for_each_other(postgres, tmp_path) -> None:
    postgres.create("thinkthrift")
    declared = []
    for mode in ("replace", "append", "merge"):
        (tmp_path / mode).mkdir()
        (tmp_path / mode / f"{mode}s.csv").write_text(csv(range(10_000)))
        table = CASES[f"csv {mode}"].table(str(tmp_path / mode))
        declared.append(replace(table, name=f"{mode}s", siblings=(f"{mode}s",)))
    server = {**asdict(postgres), "dbname": "thinkthrift"}
    with connect(server) as gate:
        tables.ensure(gate, declared)
        # each is held in its transaction until all are
        gate.execute("begin; lock table raw_ingest.loads in share mode")
        tasks = [Task(postgres.environment(), load, table) for table in declared]
        with connect(server) as observer:
            wait_for(observer, "select (select count(*) from pg_locks where not granted) = 3")
        gate.execute("rollback")
        assert [task.result().status for task in tasks] == ["loaded"] * 3
        for table in declared:
            found = state(gate, table)
            assert found["rows"][0] == 10_000
            assert len(found["audit"]) == 1


def ensure(declared: list[Table]) -> int:
    """Create the raw tables and count them; for a `Task`."""
    with warehouse.connect() as connection:
        tables.ensure(connection, declared)
        return connection.execute(
            "select count(*) from pg_class where relkind in ('r', 'p')"
            " and relnamespace::regnamespace::text like 'raw%'"
        ).fetchone()[0]


def test_many_processes_create_the_raw_tables_of_an_empty_database(postgres) -> None:
    declared = [CASES["csv replace"].table("")]
    declared.append(replace(CASES["csv merge"].table(""), name="others", schema="raw_other"))
    for _ in range(3):
        postgres.create("thinkthrift")
        tasks = [Task(postgres.environment(), ensure, declared) for _ in range(4)]
        # loads, quarantine, changes, counts, a table with its partition, and another table
        assert [task.result() for task in tasks] == [7] * 4
