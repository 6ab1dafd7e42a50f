"""What Dagster runs, and when: the day, the weekly tests, and the load of new files."""

import hashlib
import json
import os
from datetime import datetime, timezone

from dagster import (
    AssetKey,
    AssetSelection,
    DagsterRun,
    DagsterRunStatus,
    DefaultSensorStatus,
    Definitions,
    Failure,
    OpExecutionContext,
    RunRequest,
    RunsFilter,
    RunStatusSensorContext,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    colored_console_logger,
    define_asset_job,
    in_process_executor,
    job,
    op,
    run_status_sensor,
    sensor,
)
from dagster_dbt import DbtCliResource

import warehouse
from apps.orchestration import alert, day, live, summary
from apps.orchestration.assets import LOADED, RESULTS, TABLES, alone, built
from apps.orchestration.schedules import schedules
from ingest.watch import files_of, is_watchable
from warehouse.errors import UserError

ENDED = {DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED}
# of the runs that die, Dagster begins those parts again that were not done
RESUMED = {"dagster/max_retries": "1", "dagster/retry_strategy": "FROM_FAILURE"}

daily = define_asset_job(
    "daily", AssetSelection.all(), tags=RESUMED, description="Load, snapshot, build and test."
)
load_files = define_asset_job(
    "load_files", AssetSelection.groups("raw"), description="Load what has come; build nothing."
)


@op
def test_all_rows(context: OpExecutionContext, dbt: DbtCliResource) -> None:
    """Test every row; the daily tests read what is new."""
    with alone():
        done = dbt.cli(["test", "--selector", "weekly"], target_path=RESULTS).wait()
        context.log.info(f"{len(done.get_artifact('run_results.json')['results'])} tests")


@job(description="Test all rows of all tables, the old ones, too.")
def weekly_tests() -> None:
    """Run the tests of the weekly selector."""
    test_all_rows()


@sensor(
    job=load_files,
    minimum_interval_seconds=30,
    default_status=DefaultSensorStatus.RUNNING,
    description="Loads files that are new and have not changed between two looks.",
)
def new_files(context: SensorEvaluationContext) -> SensorResult:
    """Ask for a load of each table whose files have changed and are complete."""
    before = json.loads(context.cursor or "{}")
    seen, asked = {}, before.get("asked", {})
    due = []
    for table in filter(is_watchable, TABLES):
        try:
            files = files_of(table)
        except UserError as error:
            context.log.warning(str(error))
            continue
        # ten years of mails are many files; all that counts is whether anything has changed
        state = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()
        seen[str(table)] = state
        settled = state == before.get("seen", {}).get(str(table))
        if settled and state != asked.get(str(table)):
            asked[str(table)] = state
            due.append(AssetKey([table.source, table.name]))
    cursor = json.dumps({"seen": seen, "asked": asked})
    requests = [RunRequest(asset_selection=due)] if due else []
    return SensorResult(run_requests=requests, cursor=cursor)


@op
def build_live(context: OpExecutionContext) -> None:
    """Build the live marts, without tests, as far as they depend on what came."""
    tables = context.run_tags.get("tables")
    try:
        live.build(tables.split() if tables else None)
    except UserError as error:
        raise Failure(str(error)) from None


@job(description="Build the live marts; the day tests them.")
def live_marts() -> None:
    """Build what has the tag `live`."""
    build_live()


@sensor(
    job=live_marts,
    minimum_interval_seconds=30,
    default_status=DefaultSensorStatus.STOPPED,
    description="Builds the live marts whenever a load or replication brought something.",
)
def something_came(context: SensorEvaluationContext) -> SensorResult | SkipReason:
    """Ask for a build of what depends on the tables that something came to, one at a time."""
    last = context.instance.get_runs(RunsFilter(job_name=live_marts.name), limit=1)
    if last and last[0].status not in ENDED:
        return SkipReason("a build is at work")
    built = json.loads(context.cursor) if context.cursor else None
    try:
        now = live.arrived([table for table in TABLES if table.reader == "live"])
    except UserError as error:
        return SkipReason(str(error))
    if now == built:
        return SkipReason("nothing has come")
    # what one that failed left out is made up for by the next
    is_made = bool(last) and last[0].status is DagsterRunStatus.SUCCESS
    came = live.differing(now, built) if is_made else None
    tags = {} if came is None else {"tables": " ".join(came)}
    return SensorResult(run_requests=[RunRequest(tags=tags)], cursor=json.dumps(now))


def tell(context: RunStatusSensorContext) -> None:
    """Send the summary of a run that has ended."""
    run: DagsterRun = context.dagster_run
    record = context.instance.get_run_record_by_id(run.run_id)
    # a run that fails before it starts has no time of start
    began = record.start_time or record.create_timestamp.timestamp()
    failed = run.status is DagsterRunStatus.FAILURE
    message = (context.dagster_event.message or "the run did not start") if failed else ""
    found = summary.gather(
        run.job_name, datetime.fromtimestamp(began, timezone.utc), RESULTS, [message] * failed
    )
    context.log.info(found.as_text())
    alert.send(found)


MONITORED = {
    "monitored_jobs": [daily, weekly_tests], "default_status": DefaultSensorStatus.RUNNING,
}  # fmt: skip
told_of_success = run_status_sensor(
    run_status=DagsterRunStatus.SUCCESS, name="told_of_success", **MONITORED
)(tell)
told_of_failure = run_status_sensor(
    run_status=DagsterRunStatus.FAILURE, name="told_of_failure", **MONITORED
)(tell)

defs = Definitions(
    assets=[*LOADED, built],
    jobs=[daily, load_files, live_marts, weekly_tests],
    schedules=schedules(),
    sensors=[new_files, something_came, told_of_success, told_of_failure],
    resources={
        "dbt": DbtCliResource(
            project_dir=str(warehouse.PROJECT),
            profiles_dir=os.environ.get("DBT_PROFILES_DIR", str(warehouse.PROJECT)),
            dbt_executable=str(day.DBT),
        )
    },
    executor=in_process_executor,
    # each event is on the run's page; the terminal has what needs a look
    loggers={"console": colored_console_logger.configured({"log_level": "WARNING"})},
)
