"""`make diff` tells what a change does to the data, and nothing else."""

import subprocess
import sys

import psycopg
import pytest

from tools.datadiff.compare import compare

FORMULA = "        sum(discount_amount) as discount_amount,\n"
# other figures in one column, in the rows that had any
CHANGED = FORMULA.replace("amount) as", "amount) * 2 as")


@pytest.fixture(scope="module")
def world(new_world):
    """A warehouse with nothing in it."""
    new_world.keep_artifacts()
    return new_world


@pytest.fixture(scope="module")
def snapshotted(world):
    """Loaded raw tables and snapshots of them; of models only what snapshots read."""
    world.demo("create", "--lines", "600", "--seed", "3")
    world.load()
    world.dbt("build", "--selector", "snapshots", "--exclude-resource-types", "test", "unit_test")
    return world


@pytest.fixture
def diff(world, checkout):
    """Give a function that compares the checkout and returns exit code and what was printed."""

    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "tools.datadiff", *arguments],
            cwd=checkout,
            env=world.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.mark.long
def test_a_changed_formula_shows_in_its_rows_and_its_column_only(
    snapshotted, checkout, diff
) -> None:
    model = checkout / "models/marts/sales/rpt_daily_sales.sql"
    before = model.read_text()
    assert FORMULA in before
    model.write_text(before.replace(FORMULA, CHANGED))
    try:
        code, printed = diff("--base", "HEAD", "--keep", "--output", str(checkout / "diff.md"))
    finally:
        model.write_text(before)
    rows, changed = snapshotted.rows(
        "select count(*), count(*) filter (where discount_amount <> 0)"
        " from diff_base_marts.rpt_daily_sales"
    )[0]
    assert changed
    line = f"| `rpt_daily_sales` | {rows:,} | 0 | 0 | {changed:,} | `discount_amount` {changed:,} |"
    assert line in printed
    assert "Built again, and the same rows: `rpt_monthly_summary`, `rpt_running_totals`." in printed
    assert "- sales_reports, by `rpt_daily_sales`" in printed
    # the unit test of the formula finds it; nothing else is wrong
    assert code == 1
    assert "rpt_daily_sales.days_add_up_lines_and_count_orders" in printed
    assert " error" not in printed.split("**Tests**")[1].split("\n")[0]
    assert (checkout / "diff.md").read_text() in printed


@pytest.mark.long
def test_nothing_changed_is_said_and_nothing_is_left(world, diff) -> None:
    code, printed = diff("--base", "HEAD")
    assert code == 0
    assert "nothing that models are made of, has changed" in printed
    assert not world.rows("select 1 from pg_namespace where nspname like 'diff\\_%%'")


@pytest.mark.long
def test_a_report_that_cannot_be_written_is_printed_all_the_same(world, diff) -> None:
    code, printed = diff("--base", "HEAD", "--output", "/proc/diff.md")
    assert code == 2
    assert "nothing that models are made of, has changed" in printed
    assert "/proc/diff.md cannot be written" in printed


def test_an_unknown_base_is_a_usage_error(diff) -> None:
    code, printed = diff("--base", "no-such-branch")
    assert code == 2
    assert "There is no commit 'no-such-branch'" in printed
    assert "make diff BASE=main" in printed


def test_two_comparisons_do_not_disturb_each_other(world, diff) -> None:
    with psycopg.connect(world.conninfo()) as other:
        other.execute("select pg_advisory_lock(hashtext('datadiff'))")
        code, printed = diff("--base", "HEAD")
    assert code == 1
    assert "Another comparison is running" in printed


@pytest.fixture
def tables(postgres):
    """Two versions of a table, and a connection."""
    postgres.create("compared")
    with postgres.connect("compared") as connection:
        connection.execute("""
            create schema base; create schema head;
            create table base.things (id int, name text, size int, old text, built_at date);
            create table head.things (id int, name text, size bigint, new text, built_at date);
            insert into base.things values
                (1, 'a', 1, 'x', now()), (2, 'b', 2, 'x', now()), (3, null, 3, 'x', now());
            insert into head.things values
                (1, 'a', 1, 'y', current_date + 2), (3, 'c', 4, 'y', now()), (4, 'd', 4, 'y', null);
        """)
        yield connection


def test_rows_are_added_removed_and_changed_by_key(tables) -> None:
    found = compare(tables, ("base", "things"), ("head", "things"), ["id"])
    assert (found.rows, found.added, found.removed, found.changed) == ((3, 3), 1, 1, 1)
    assert found.columns == {"name": 1, "size": 1}
    assert found.types == {
        "size": ("integer", "bigint"), "new": (None, "text"), "old": ("text", None),
    }  # fmt: skip
    assert found.examples["name"] == [("id", "before", "after"), ("3", None, "c")]


def test_without_a_key_whole_rows_are_compared(tables) -> None:
    found = compare(tables, ("base", "things"), ("head", "things"), [])
    assert (found.added, found.removed, found.changed) == (2, 2, 0)
