"""A run that is killed can be repeated, and nothing is doubled."""

import signal

import pytest

from tools.demo import company
from warehouse.errors import UserError


@pytest.fixture
def kill_at(run):
    """A function that runs a command and kills it as soon as it says a word."""

    def killed(word: str, *arguments: str) -> None:
        process = run(*arguments)
        for line in process.stdout:
            if word in line:
                process.send_signal(signal.SIGKILL)
                break
        process.communicate()
        assert process.returncode == -signal.SIGKILL

    return killed


def test_a_killed_create_starts_over(first_day, make, look, kill_at, tmp_path):
    folder = tmp_path / "killed"
    kill_at("demo_store_cgn01", "create", "--lines", "1500", "--folder", str(folder))
    assert not (folder / "state.json").exists()
    repeated = look(make(folder))
    assert repeated.digests == first_day.digests
    assert repeated.rows == first_day.rows


def test_a_killed_advance_is_repeated(make, look, databases, kill_at, tmp_path):
    clean, folder = look(make(tmp_path / "clean", 3)), make(tmp_path / "killed")
    for word in ("demo_shop: 2026-01-02", "demo_store_ham01", "truths"):
        kill_at(word, "advance", "--days", "3", "--folder", str(folder))
        with pytest.raises(UserError, match="advance --days 3"):
            company.advance(folder, databases, 1)
    company.advance(folder, databases, 3)
    repeated = look(folder)
    assert repeated.digests == clean.digests
    assert repeated.rows == clean.rows
