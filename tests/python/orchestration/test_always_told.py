"""Whatever goes wrong in a day, its summary is sent."""

import pytest
from typer.testing import CliRunner

from apps.orchestration import __main__ as command
from apps.orchestration import alert, day, summary


@pytest.mark.parametrize("fault", [RuntimeError("a library failed"), MemoryError(), KeyError("x")])
def test_the_summary_is_sent_whatever_fails(monkeypatch, fault) -> None:
    told = []

    def fail(*_: object):
        raise fault

    monkeypatch.setattr(day, "run", fail)
    monkeypatch.setattr(summary, "_loads", fail)
    monkeypatch.setattr(alert, "send", told.append)
    done = CliRunner().invoke(command.app, ["daily"])
    assert done.exit_code == 1
    [sent] = told
    assert sent.status == "failed"
    assert any(type(fault).__name__ in error for error in sent.errors)
