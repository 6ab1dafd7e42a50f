"""The day as one command, for cron; whom it tells, and what it says of wrong settings."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator

import commands
import pytest
from orchestration.servers import Webhook
from world import PROJECT, World


@pytest.fixture(scope="module")
def world(new_world: World) -> World:
    new_world.keep_artifacts()
    new_world.demo("create", "--lines", "900", "--seed", "5")
    return new_world


@pytest.fixture(scope="module")
def untold() -> Iterator[Webhook]:
    """A webhook that wants to hear of problems only."""
    with contextlib.closing(Webhook()) as made:
        yield made


@pytest.fixture(scope="module")
def first_day(world, run_daily, untold) -> tuple[int, str]:
    return run_daily(ALERT_WEBHOOK=untold.address, ALERT_WHEN="problems")


def test_a_day_from_nothing_is_loaded_built_and_told(world, first_day) -> None:
    code, printed = first_day
    assert code == 0, printed[-3000:]
    assert "ThinkThrift: daily run of 20" in printed
    assert "load marketplace.users: loaded" in printed
    assert "model: " in printed
    assert world.rows("select count(*) > 0 from marts.fct_order_lines") == [(True,)]


def test_a_failed_load_builds_nothing_and_everybody_is_told(
    world, first_day, run_daily, webhook, letters
) -> None:
    users = world.folder / "demo" / "marketplace" / "users.csv"
    users.rename(users.with_suffix(".away"))
    webhook.busy = 2
    try:
        code, printed = run_daily(
            ALERT_WEBHOOK=webhook.address, ALERT_MAIL_TO="a@localhost,b@localhost",
            ALERT_MAIL_FROM="warehouse@localhost", ALERT_SMTP=f"smtp://{letters.address}",
        )  # fmt: skip
    finally:
        users.with_suffix(".away").rename(users)

    assert code == 1
    assert "Nothing was built, as loads failed: marketplace.users" in printed
    [told] = webhook.calls  # the third attempt came through
    assert told["status"] == "failed"
    assert told["built"] == {}
    [failed] = [load for load in told["loads"] if load["status"] == "failed"]
    assert failed["table"] == "marketplace.users"
    [letter] = letters.taken
    assert letter["To"] == "a@localhost,b@localhost"
    assert letter["Subject"].endswith(" failed")
    text, attached = letter.get_payload()
    assert "load failed: marketplace.users" in text.get_payload(decode=True).decode()
    assert json.loads(attached.get_payload(decode=True)) == told


def test_a_warehouse_that_is_away_is_told_too(run_daily, webhook) -> None:
    code, _ = run_daily(PGPORT="1", ALERT_WEBHOOK=webhook.address)
    assert code == 1
    assert "cannot be reached" in webhook.calls[0]["text"]


def test_two_days_at_once_are_refused(world, run_daily) -> None:
    world.connection.execute("select pg_advisory_lock(hashtext('thinkthrift day'))")
    try:
        code, printed = run_daily()
    finally:
        world.connection.execute("select pg_advisory_unlock_all()")
    assert code == 1
    assert "Another daily run is building this warehouse" in printed


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"ALERT_WEBHOOK": "http://127.0.0.1:1/s3cret"}, "127.0.0.1 cannot be reached"),
        (
            {
                "ALERT_MAIL_TO": "a@localhost", "ALERT_MAIL_FROM": "b@localhost",
                # pragma: allowlist nextline secret
                "ALERT_SMTP": "smtp://me:s3cret@127.0.0.1:1",
            },
            "127.0.0.1 did not take the mail",
        ),
        (
            {
                "ALERT_MAIL_TO": "a@localhost", "ALERT_MAIL_FROM": "b@localhost",
                # pragma: allowlist nextline secret
                "ALERT_SMTP": "smtp://me:s3cret-é@{letters}",
            },
            "127.0.0.1 did not take the mail",
        ),
    ],
)  # fmt: skip
def test_an_alert_that_cannot_be_sent_is_told_without_its_secret(
    world, first_day, letters, settings, words
) -> None:
    given = {name: text.format(letters=letters.address) for name, text in settings.items()}
    code = (
        "from datetime import datetime, timezone; from pathlib import Path;"
        "from apps.orchestration import alert, summary; import sys\n"
        "found = summary.gather('daily', datetime.now(timezone.utc), Path('none'), ['x'])\n"
        "try: alert.send(found)\n"
        "except alert.AlertError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, env={**world.environment, **given},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert words in done.stdout
    assert "s3cret" not in done.stdout


DAILY = {
    "ALERT_WHEN", "ALERT_WEBHOOK", "ALERT_MAIL_TO", "ALERT_MAIL_FROM", "ALERT_SMTP",
    "LOAD_RETRY_SECONDS",
}  # fmt: skip
MAIL = {
    "ALERT_MAIL_TO": "a@localhost", "ALERT_MAIL_FROM": "b@localhost", "ALERT_SMTP": "smtps://mail"
}  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"ALERT_WHEN": "never"}, "ALERT_WHEN is 'never'. Set it to always or problems."),
        ({"ALERT_WEBHOOK": "http://chat.example/s3cret"}, "does not begin with https://"),
        ({"ALERT_WEBHOOK": "chat.example/s3cret"}, "ALERT_WEBHOOK is no address"),
        ({"ALERT_WEBHOOK": "https://[chat/s3cret"}, "ALERT_WEBHOOK is no address"),
        ({"ALERT_MAIL_TO": "a@localhost"}, "ALERT_MAIL_TO needs ALERT_MAIL_FROM and ALERT_SMTP"),
        # pragma: allowlist nextline secret
        ({**MAIL, "ALERT_SMTP": "smtps://me:s3cret@mail:no"}, "ALERT_SMTP is no address"),
        ({**MAIL, "ALERT_SMTP": "me:s3cret@mail"}, "ALERT_SMTP is no address"),
        ({**MAIL, "ALERT_MAIL_TO": "a@localhost,b"}, "ALERT_MAIL_TO is 'a@localhost,b'"),
        ({**MAIL, "ALERT_MAIL_FROM": "b@localhost\nX: 1"}, "ALERT_MAIL_FROM is 'b@localhost"),
        ({"LOAD_RETRY_SECONDS": "soon"}, "LOAD_RETRY_SECONDS is 'soon'"),
        ({"LOAD_RETRY_SECONDS": "nan"}, "LOAD_RETRY_SECONDS is 'nan'"),
        ({"DAILY_SCHEDULE": "at five"}, "DAILY_SCHEDULE is 'at five' and SCHEDULE_TIMEZONE 'UTC'"),
        ({"WEEKLY_SCHEDULE": "* * * 13 *"}, "WEEKLY_SCHEDULE is '* * * 13 *'"),
        ({"SCHEDULE_TIMEZONE": "Mars"}, "SCHEDULE_TIMEZONE 'Mars'"),
        ({"DAGSTER_HOME": "/proc/dagster"}, "Set DAGSTER_HOME to another folder."),
    ],
)
def test_a_wrong_setting_is_refused_before_anything_is_begun(tmp_path, settings, words) -> None:
    # both would name a warehouse that is not there
    command = "daily" if settings.keys() <= DAILY else "serve"
    done = commands.run(
        "apps.orchestration", command,
        environment={
            **os.environ, "PGHOST": "127.0.0.1", "PGPORT": "1", "DAGSTER_HOME": str(tmp_path),
            **settings,
        },
    )  # fmt: skip
    assert done.returncode == 2
    assert words in done.stderr.splitlines()[0]
    assert "s3cret" not in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_good_day_can_be_kept_quiet(first_day, untold) -> None:
    assert first_day[0] == 0
    assert untold.calls == []
