"""When the day and the weekly tests are run."""

import os

from dagster import DagsterInvalidDefinitionError, DefaultScheduleStatus, ScheduleDefinition

from warehouse.errors import UsageError

# of each job: the setting that says when, as cron does, and what it is otherwise
TIMES = {
    "daily": ("DAILY_SCHEDULE", "0 5 * * *"),
    "weekly_tests": ("WEEKLY_SCHEDULE", "0 9 * * 0"),
}


def schedules() -> list[ScheduleDefinition]:
    """Return the schedule of each job, as the settings say.

    Raises:
        UsageError: a setting is wrong.
    """
    return [_schedule(job, *time) for job, time in TIMES.items()]


def _schedule(job: str, setting: str, otherwise: str) -> ScheduleDefinition:
    when = os.environ.get(setting) or otherwise
    zone = os.environ.get("SCHEDULE_TIMEZONE") or "UTC"
    try:
        return ScheduleDefinition(
            job_name=job,
            cron_schedule=when,
            execution_timezone=zone,
            default_status=DefaultScheduleStatus.RUNNING,
        )
    except DagsterInvalidDefinitionError:
        raise UsageError(
            f"{setting} is {when!r} and SCHEDULE_TIMEZONE {zone!r}, which is no schedule."
            " Write five fields as for cron, such as 0 5 * * *, and a zone such as Europe/Berlin."
        ) from None
