"""Whatever goes wrong in a day, its summary is sent."""

from datetime import datetime, timezone
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from apps.orchestration import __main__ as command
from apps.orchestration import alert, day, definitions, summary


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


def test_a_run_that_never_started_is_told_of(monkeypatch) -> None:
    """Dagster knows no time of start of it."""
    told = []
    monkeypatch.setattr(definitions.alert, "send", told.append)
    made = datetime(2025, 1, 1, tzinfo=timezone.utc)
    record = SimpleNamespace(start_time=None, create_timestamp=made)
    definitions.tell(
        SimpleNamespace(
            dagster_run=SimpleNamespace(
                run_id="1", status=definitions.DagsterRunStatus.FAILURE, job_name="daily"
            ),
            instance=SimpleNamespace(get_run_record_by_id=lambda run_id: record),
            dagster_event=SimpleNamespace(message=None),
            log=SimpleNamespace(info=lambda text: None),
        )
    )
    assert "the run did not start" in told[0].errors
