"""Reports with vars, the quick way: the rows, checks and messages of plain dbt."""

import csv
import datetime
import io
import json
import os
import random
import re
import subprocess
from itertools import product

import commands
import hostile
import pytest
from world import PROJECT

from apps.reports import printing, show
from apps.reports.messages import as_typed
from apps.reports.report import Answer, Report, Reports
from apps.search.__main__ import _search_lines
from warehouse.errors import UsageError, UserError

NAMES = ["rpt_sales_per_user", "rpt_top_products", "rpt_users_since"]
# of models without their tests
COMPILE = ("compile", "--indirect-selection", "empty", "--select")
SETS = int(os.environ.get("REPORT_SETS", "8"))


@pytest.fixture(scope="module")
def reports(world, searcher) -> Reports:
    """The reports of the world, which the environment of `searcher` chooses."""
    return Reports()


def command(world, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run `python -m apps.reports` with these arguments."""
    done = commands.run(
        "apps.reports", *arguments, environment={**world.environment, **environment}
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


def chosen(dice: random.Random) -> dict[str, object]:
    """Return random vars, of which some are left out; days may be outside of all sales."""
    days = sorted(
        (datetime.date(2019, 1, 1) + datetime.timedelta(dice.randrange(2800))).isoformat()
        for _ in range(2)
    )
    given = {
        "start_date": days[0], "end_date": days[1], "join_date": dice.choice(days),
        "top_n": dice.choice([1, 2, 3, 10, 50, 1000, 1_000_000]),
    }  # fmt: skip
    return {name: value for name, value in given.items() if dice.random() < 0.7}


def agree(world, plain, reports: Reports, sets: int, seed: int) -> int:
    """Compare with what plain dbt compiles of the models; return how many rows that were."""
    dice, count = random.Random(seed), 0
    for _ in range(sets):
        given = chosen(dice)
        done = plain(*COMPILE, *NAMES, vars=given)
        assert done.success, done.exception
        for one in done.result.results:
            report, order = reports.named(one.node.name), one.node.config.meta["order"]
            assert report.variables == one.node.config.meta["vars"]
            expected = world.rows(
                f"select * from ({one.node.compiled_code}) as r order by {', '.join(order)}"
            )
            typed = {name: str(given[name]) for name in report.variables if name in given}
            answer = reports.ask(report, typed)
            assert [tuple(row.values()) for row in answer.rows] == expected, given
            assert list(answer.columns) == list(one.node.columns)
            count += len(expected)
    return count


def test_the_rows_are_those_of_plain_dbt(world, plain, reports) -> None:
    assert agree(world, plain, reports, SETS, seed=1) > 100


@pytest.mark.long
def test_the_rows_are_those_of_plain_dbt_for_200_sets_of_vars(world, plain, reports) -> None:
    assert agree(world, plain, reports, 200, seed=2) > 1000


def test_the_table_of_plain_dbt_is_the_function_without_arguments(world) -> None:
    for name in NAMES:
        query = "select count(*), md5(string_agg(md5(r::text), '' order by md5(r::text))) from"
        both = (name, f"{name.removeprefix('rpt_')}()")
        [built, asked] = (world.rows(f"{query} marts.{one} as r") for one in both)
        assert built == asked


@pytest.mark.parametrize("text", ["{{ 1 / 0 }}", "'; drop table x; --"])
def test_the_message_is_that_of_plain_dbt(plain, reports, text) -> None:
    for report in reports.all().values():
        name = report.variables[-1]
        done = plain(*COMPILE, report.name, vars={name: text})
        with pytest.raises(UsageError) as refused:
            reports.checked(report, {name: text})
        [result] = done.result.results if done.result else [None]
        told = str(done.exception or result.message)
        assert str(refused.value) in " ".join(as_typed(told).split())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["rpt_top_product"], "Did you mean 'rpt_top_products'?"),
        (["rpt_source_horizons"], "takes no variables"),
        (["rpt_top_products", "topn=3"], "Did you mean 'top_n'?"),
        (["rpt_top_products", "join_date=2022-01-01"],
         "does not read the var 'join_date'. It reads: start_date, end_date, top_n."),
        (["rpt_top_products", "top_n=ten"], "Write it without quotes, for example: top_n=10"),
        (["rpt_users_since", "join_date=2022-02-30"], "for example: join_date=2022-01-31"),
        (["rpt_top_products", "start_date=2025-01-02", "end_date=2025-01-01"],
         "start_date=2025-01-01 end_date=2025-01-02"),
        (["rpt_top_products", "10"], "'10' is not a var"),
        (["rpt_top_products", "top_n=1", "top_n=2"], "given twice"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_a_sentence_and_ends_with_2(world, arguments, says) -> None:
    done = command(world, *arguments)

    assert done.returncode == 2
    assert says in done.stderr
    assert not done.stdout


def test_a_warehouse_that_does_not_answer_or_has_no_reports_ends_with_1(world, postgres) -> None:
    assert "cannot be reached" in (done := command(world, NAMES[0], PGPORT="1")).stderr
    assert done.returncode == 1
    postgres.create("empty")
    done = command(world, NAMES[0], PGDATABASE="empty")
    assert done.returncode == 1
    assert "Make them: dbt build" in done.stderr


def test_json_and_csv_hold_all_rows_as_the_table_shows_them(world) -> None:
    asked = ["rpt_top_products", "start_date=2024-01-01", "top_n=2"]
    whole = json.loads(command(world, "--json", *asked).stdout)
    lines = list(csv.DictReader(io.StringIO(command(world, "--csv", *asked).stdout)))
    table = command(world, *asked).stdout

    assert whole["vars"] == {"start_date": "2024-01-01", "end_date": "9999-12-31", "top_n": 2}
    assert [row["sales_rank"] for row in whole["rows"]] == [1, 2]
    assert [row["net_amount"] for row in whole["rows"]] == [row["net_amount"] for row in lines]
    amount = f"{float(whole['rows'][0]['net_amount']):,.2f} {whole['rows'][0]['currency_code']}"
    assert amount in table
    assert "2 rows for start_date=2024-01-01 end_date=9999-12-31 top_n=2." in table


def test_a_text_of_csv_is_no_formula(capsys) -> None:
    row = {"title": "=1+1", "net_amount": -5}
    show.as_csv(Answer(Report("rpt_x", [], ""), list(row), [row], {}, 0.0))
    assert capsys.readouterr().out.splitlines() == ["title,net_amount", "'=1+1,-5"]


def test_help_says_what_each_var_must_be(world) -> None:
    done = command(world, "rpt_top_products", "--help")

    assert done.returncode == 0
    assert "One row per product and currency" in done.stdout
    assert "top_n=  how many ranks are listed: a whole number from 1 to 1000000" in done.stdout
    assert "Without it: 100" in done.stdout
    assert "rpt_users_since join_date=" in command(world).stdout


def test_make_hands_over_exactly_what_was_typed(world) -> None:
    owned = world.folder / "owned"
    typed = f"$(shell touch {owned}) `touch {owned}` $$HOME \"' #"
    asked = ["run", "m=rpt_users_since", f"join_date={typed}"]
    done = subprocess.run(
        ["make", "--silent", "--old-file", "setup", *asked], cwd=PROJECT,
        env=world.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert f'found the text "{typed[:60]}' in done.stderr
    assert not owned.exists()


def test_the_prompt_shows_reports_and_searches(reports, monkeypatch, capsys) -> None:
    """And helps, corrects names, and ends."""
    lines = [
        "help", "rpt_users_since join_date=2024-01-01", "rpt_users_since ?", "rpt_user_since",
        "rpt_top_products 'top_n=1", "coat", "quit", "dress",
    ]  # fmt: skip
    typed, searched = iter(lines), []

    class Prepared:
        def prepare(self) -> None:
            """Be ready."""

    monkeypatch.setattr("apps.search.kept.find", lambda _, given: given)
    monkeypatch.setattr("builtins.input", lambda _: next(typed))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    assert _search_lines(Prepared(), searched.append, show.as_table) == 0
    assert searched == [{"search_terms": "coat"}]
    printed = capsys.readouterr()
    assert "rpt_top_products start_date= end_date= top_n=" in printed.out
    assert "rows for join_date=2024-01-01" in printed.out
    assert "first day of joining that is listed: a day of the calendar" in printed.out
    assert "Did you mean 'rpt_users_since'?" in printed.err
    assert "Close the quotation mark" in printed.err


def test_the_function_refuses_what_the_vars_do(world) -> None:
    for arguments, says in {
        "top_n => 0": "The argument top_n must be a whole number from 1 to 1000000; found 0",
        "top_n => null": "found <NULL>",
        "'2025-01-02', '2025-01-01'": "must not be after end_date; found 2025-01-02 and 2025-01-01",
    }.items():
        with pytest.raises(Exception, match=says):
            world.rows(f"select * from marts.top_products({arguments})")


def test_builds_leave_the_functions_there(world, reports) -> None:
    """Though dbt takes a function for a table of the same name."""
    there = list(reports.all())
    for given in (["--vars", "{top_n: 3, join_date: '2024-01-01'}"], [], []):
        world.dbt("run", "--select", *there, *given)
        assert list(reports.all()) == there


def test_a_report_that_cannot_be_read_says_what_to_do(reports) -> None:
    with pytest.raises(UserError, match=r"dbt build --select \+rpt_gone"):
        reports.ask(Report("rpt_gone", [], ""), {})


@pytest.mark.usefixtures("unchanged")
def test_hostile_values_are_refused_or_mean_what_they_say(reports) -> None:
    refused = 0
    values = [*hostile.ALL, *hostile.UNFIT, "9" * 400, "1e9", "-1", "0", "10.0", "١٠"]
    for report in reports.all().values():
        for name, text in product(report.variables, filter(None, values)):
            try:
                reports.ask(report, {name: text})
            except UsageError as error:
                message = str(error)
                refused += 1
            else:
                message = f"'{name}' must"
                assert re.fullmatch(r"[0-9]{1,7}|[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII)
            assert f"'{name}' must" in message
            assert printing.STEERING.search(message) is None
    assert refused > len(hostile.ALL)


@pytest.mark.parametrize(
    ("name", "declared", "says"),
    [
        ("top_n", "join_date", "its `meta: {vars: […]}` does not name it"),
        ("smallest_amount", "smallest_amount", "has no rule. Add one to macros/vars/var_rules.sql"),
    ],
)
def test_a_var_that_is_not_declared_is_named(
    plain, monkeypatch: pytest.MonkeyPatch, name: str, declared: str, says: str
) -> None:
    [model] = [one for one in plain.models() if one.name == "rpt_users_since"]
    code = model.raw_code.replace("var_sql('join_date')", f"var_sql('{name}')")
    assert code != model.raw_code
    monkeypatch.setattr(model, "raw_code", code)
    monkeypatch.setitem(model.config.meta, "vars", [declared])
    done = plain("compile", "--indirect-selection", "empty", "--select", model.name)
    told = str(done.exception or [one.message for one in done.result.results])
    assert says in " ".join(told.split())
