"""Kills at chosen points, where a trigger or a lock holds the load until it is dead."""

from functools import partial

import pytest
from crash.stage import wait_for
from psycopg.sql import SQL

GATE = 7
WAIT = """
    create function wait_here() returns {kind} language plpgsql as $$
    begin
        if {condition} then perform pg_advisory_xact_lock_shared({gate}); end if;
        {end}
    end $$;
"""
AT_ROW = WAIT.format(kind="trigger", condition="true", gate=GATE, end="return new;")
AT_COMMAND = partial(WAIT.format, kind="event_trigger", gate=GATE, end="")
POINTS = {
    "begin": AT_ROW
    + "create trigger stop before insert on raw_ingest.loads execute function wait_here()",
    "key": AT_COMMAND(condition="current_query() like '%add primary key%'")
    + "create event trigger stop on ddl_command_start execute function wait_here()",
    "swap": AT_COMMAND(condition="current_query() like '%attach partition%'")
    + "create event trigger stop on ddl_command_end execute function wait_here()",
    "upsert": AT_ROW
    + "create trigger stop after insert on raw_test.items execute function wait_here()",
    "audit": AT_ROW
    + "create trigger stop after update on raw_ingest.loads execute function wait_here()",
    "commit": AT_ROW + "create constraint trigger stop after update on raw_ingest.loads"
    " deferrable initially deferred for each row execute function wait_here()",
    # lets rows in, and nobody gather statistics
    "analyze": "begin; lock table raw_test.items in share update exclusive mode",
}
PASSED = [
    (case, point)
    for case, points in {
        "csv replace": ("begin", "key", "swap", "audit", "commit"),
        "csv replaced in part": ("key", "upsert", "audit", "commit"),
        "csv append": ("begin", "audit", "commit", "analyze"),
        "csv merge": ("begin", "key", "upsert", "audit", "commit", "analyze"),
        "csv with bad rows": ("key", "swap", "commit"),
        "many csv files": ("audit", "commit", "analyze"),
        "postgres merge": ("key", "upsert", "commit", "analyze"),
    }.items()
    for point in points
]


# how far it reads on before the server says that a row is bad differs by a fifth of it all
@pytest.mark.parametrize("share", [0, 0.5, 0.8])
@pytest.mark.parametrize(
    "case",
    [
        "csv replace",
        "csv replaced in part",
        "csv append",
        "csv merge",
        "csv with bad rows",
        "many csv files",
    ],
)
def test_a_kill_while_the_source_is_read(stage, case, share) -> None:
    here = stage(case)
    at = max(1, int(here.bytes_of_a_load() * share))
    here.restore()
    assert here.load(at).was_killed()
    assert here.state() == here.states[0]
    assert here.loaded().notes == []
    assert here.state() == here.states[1]


@pytest.mark.parametrize(("case", "point"), PASSED)
def test_a_kill_at_a_chosen_point(stage, case, point) -> None:
    here = stage(case)
    with here.connect() as gate:
        gate.execute(SQL("select pg_advisory_lock({})").format(GATE))
        gate.execute(POINTS[point])
        task = here.load()
        with here.connect() as observer:
            wait_for(observer, "select exists (select from pg_locks where not granted)")
        assert task.kill()
        if point == "analyze":
            gate.execute("rollback")
    # the backend goes on from the gate, and a commit that was asked for is done
    here.settle()
    committed = int(point in ("commit", "analyze"))
    assert here.state() == here.states[committed]
    assert here.loaded().notes == []
    assert here.state() == here.states[committed + 1]
