"""Runs of dbt beside each other, and beside those who read.

BUILD_ROUNDS says how often two builds meet; `make test-long` takes more.
"""

import os
import time

import commands
import psycopg
import pytest
from world import World

ROUNDS = int(os.environ.get("BUILD_ROUNDS", "1"))
BUILD = ("build", "--exclude-resource-type", "test", "unit_test")
# some tables and views of each layer, quickly made
PART = (*BUILD, "--select", "staging", "+dim_promotions", "+rpt_load_health", "dim_channels",
        "stores")  # fmt: skip
LAYERS = ("staging", "intermediate", "marts", "search", "snapshots", "seeds", "test_failures")


@pytest.fixture(scope="module")
def world(new_world: World) -> World:
    """A small world, loaded, of which a part is built."""
    new_world.demo("create", "--lines", "600", "--seed", "5")
    new_world.load()
    new_world.dbt(*PART)
    return new_world


def begin(world: World, *arguments: str) -> commands.Started:
    """Start dbt."""
    return commands.Started(
        "dbt.cli.main", "--no-use-colors", *arguments, environment=world.environment
    )


def begin_writing(world: World) -> commands.Started:
    """Start a build, and wait until it has its place among the runs of dbt."""
    begun = begin(world, *PART)
    while not world.rows("select from intermediate.dbt_runs"):
        assert begun.process.exitcode is None
        time.sleep(0.1)
    return begun


def end(begun: commands.Started) -> str:
    """Return what dbt said, when it has ended well."""
    done = begun.end()
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


@pytest.mark.parametrize("build", [PART, pytest.param(BUILD, marks=pytest.mark.long)])
def test_of_two_builds_at_once_the_second_waits(world, build: tuple[str, ...]) -> None:
    for _ in range(ROUNDS):
        for layer in LAYERS:
            world.connection.execute(f"drop schema if exists {layer} cascade")
        first = [end(one) for one in (begin(world, *build), begin(world, *build))]
        made = world.checksums()
        again = [end(one) for one in (begin(world, *build), begin(world, *build))]

        for said in (first, again):
            assert sum("Waiting for another run of dbt to end" in one for one in said) == 1
        # as after one: another changes no row
        assert world.checksums() == made
        assert not world.rows("select from intermediate.dbt_runs")


@pytest.mark.long
def test_what_writes_nothing_leaves_nothing_to_wait_for(world) -> None:
    for command in (["docs", "generate"], ["source", "freshness"], ["compile"]):
        world.dbt(*command)
        assert not world.rows("select from intermediate.dbt_runs"), command


def test_a_build_that_was_killed_is_not_waited_for(world) -> None:
    killed = begin_writing(world)
    killed.process.kill()
    killed.end()

    said = world.dbt("run", "--select", "dim_channels")
    assert "Waiting for another run of dbt to end" in said
    assert not world.rows("select from intermediate.dbt_runs")


def test_a_run_whose_place_was_taken_writes_nothing(world) -> None:
    slow = begin_writing(world)
    world.connection.execute("update intermediate.dbt_runs set run_id = 'of another'")
    done = slow.end()
    assert "Another run of dbt has begun" in done.stdout
    assert done.returncode == 1
    world.connection.execute("delete from intermediate.dbt_runs")
    world.dbt(*PART)


def test_readers_who_left_a_transaction_open_do_not_stop_a_build(world) -> None:
    # as warehouse/roles.py sets it for those who read, if shorter
    waits = "-c idle_in_transaction_session_timeout=20s"
    with psycopg.connect(world.conninfo(), options=waits) as reader:
        relations = world.rows(
            "select relnamespace::regnamespace || '.' || relname from pg_class"
            " where relnamespace in ('marts'::regnamespace, 'seeds'::regnamespace)"
            " and relkind in ('r', 'v')"
        )
        for (relation,) in relations:
            reader.execute(f"select from {relation} limit 1")
        said = world.dbt(*PART)
        assert "is held by pid" in said
        # its server ended it
        reader.close()


@pytest.mark.long
def test_who_holds_the_lock_is_named_at_the_end(world) -> None:
    with psycopg.connect(world.conninfo(), application_name="metabase") as reader:
        reader.execute("select 'mine' as whose from marts.fct_invoice_items limit 1")
        reader.execute("select 'mine' as whose from marts.dim_channels limit 1")
        given = ("--vars", "{lock_patience: 3}")
        said = world.dbt("run", "--select", "dim_channels", "fct_invoice_items", *given, expect=1)
        pid, user = reader.info.backend_pid, reader.info.user
    for relation in ('"marts"."dim_channels"', '"marts"."fct_invoice_items"'):
        assert f"{relation} is held by pid {pid}, user {user}, application metabase" in said
    assert "idle in transaction, in a transaction since 20" in said
    assert "select 'mine' as whose" in said


def test_views_above_a_partial_build_stay(world) -> None:
    views = (
        "select oid, relname from pg_class where relkind = 'v' and relnamespace in"
        " ('staging'::regnamespace, 'intermediate'::regnamespace, 'marts'::regnamespace) order by 2"
    )
    before = world.rows(views)
    world.dbt("run", "--select", "staging")
    assert world.rows(views) == before


def test_a_view_may_get_other_columns(world) -> None:
    columns = (
        "select attname from pg_attribute where attnum > 0"
        " and attrelid = 'staging.stg_shop__promotions'::regclass order by attnum"
    )
    before = world.rows(columns)
    world.connection.execute("drop view staging.stg_shop__promotions cascade")
    world.connection.execute("create view staging.stg_shop__promotions as select 1 as other")
    world.dbt("run", "--select", "stg_shop__promotions")
    assert world.rows(columns) == before
