"""The orchestrator at work: its days, what fails and dies in them, and who is told.

A day takes minutes, so that those are in `make test-long`; `make daily` has one in each run.
"""

import psutil
import pytest
from dagster import DagsterRunStatus
from orchestration.servers import wait_for

KINDS = ("model", "seed", "snapshot")
# made by a search; a day has no terms
SEARCHES = {"search_results", "search_summary", "search_facets"}
# of many lines, for of a few the day only warns
SPOIL = "update raw_shop.order_items set unit_price = -1 - unit_price where unit_price >= 0"
MEND = "update raw_shop.order_items set unit_price = -1 - unit_price where unit_price < 0"


@pytest.fixture(scope="module")
def first_day(orchestrator):
    return orchestrator.run()


def names(manifest: dict, ids: set[str]) -> set[str]:
    found = {manifest["nodes"][one]["name"] for one in ids if one.split(".")[0] in KINDS}
    return found - SEARCHES


def below(manifest: dict, unique_id: str) -> set[str]:
    """Return the ids of all that reads something, and what reads that."""
    found, left = set(), [unique_id]
    while left:
        children = set(manifest["child_map"].get(left.pop(), [])) - found
        found |= children
        left += children
    return found


def everything(manifest: dict) -> set[str]:
    """Return the names of all that a day makes."""
    raw = {
        f"{source['source_name']}.{source['name']}"
        for source in manifest["sources"].values()
        if source["source_meta"].get("ingest")
    }
    own = {
        name
        for name, node in manifest["nodes"].items()
        # of what is a part of other statements there is nothing to make
        if node["config"]["enabled"] and node["config"]["materialized"] != "ephemeral"
    }
    return raw | names(manifest, own)


@pytest.mark.long
def test_a_day_is_green_and_makes_everything(orchestrator, first_day) -> None:
    assert first_day.status is DagsterRunStatus.SUCCESS
    assert set(orchestrator.made(first_day)) == everything(orchestrator.manifest)


def test_the_lineage_is_grouped_by_layer(orchestrator) -> None:
    groups = orchestrator.groups()
    # what loads write down of themselves is shown, too, and made by no run
    books = {name for name in groups if name.startswith("ingest.")}
    assert set(groups) - books == everything(orchestrator.manifest)
    files = {node["name"]: node["original_file_path"] for node in
             orchestrator.manifest["nodes"].values()}  # fmt: skip
    for name in set(groups) - books:
        folders = files.get(name, "models/raw/").removeprefix("models/").split("/")
        assert groups[name] == "_".join(folders[: 1 + (folders[0] == "marts")]), name
    assert {"raw", "staging", "snapshots", "marts_core", "marts_sales"} <= set(groups.values())


@pytest.mark.long
def test_rows_in_the_metadata_are_those_of_the_audit(orchestrator, first_day) -> None:
    audited = orchestrator.world.rows(
        "select source_name || '.' || table_name, sum(rows_read)::int, sum(rows_loaded)::int,"
        " sum(rows_quarantined)::int from raw_ingest.loads group by 1 order by 1"
    )
    told = [
        (name, made["rows_read"], made["rows_loaded"], made["rows_quarantined"])
        for name, made in sorted(orchestrator.made(first_day).items())
        if made.get("rows_read")
    ]
    # on a busy machine, the sensor for new files loads some tables before the day does
    loaded = {row[0] for row in told}
    assert told == [row for row in audited if row[0] in loaded]
    assert "shop.orders" in loaded
    assert sum(row[3] for row in audited) > 0


@pytest.mark.long
def test_verdicts_of_tests_are_metadata(orchestrator, first_day) -> None:
    checks = [
        entry.dagster_event.asset_check_evaluation_data
        for entry in orchestrator.instance.all_logs(first_day.run_id)
        if entry.dagster_event and entry.dagster_event.event_type_value == "ASSET_CHECK_EVALUATION"
    ]
    assert len(checks) > 600
    assert all(check.passed for check in checks)
    assert checks[0].metadata["dagster_dbt/failed_row_count"].value == 0


@pytest.mark.long
def test_the_webhook_is_told_of_a_good_day(orchestrator, first_day) -> None:
    told = orchestrator.summary(0)
    assert (told["run"], told["status"], told["failed"]) == ("daily", "succeeded", [])
    assert set(told["built"]["model"]) == {"success"}
    loaded = {load["table"]: load["rows_loaded"] for load in told["loads"]}
    # files may have been loaded by the sensor, before the day came to them
    assert loaded["shop.orders"] == orchestrator.made(first_day)["shop.orders"]["rows_loaded"]
    is_any_bad = any(load["rows_quarantined"] for load in told["loads"])
    assert ("quarantined: " in told["text"]) == is_any_bad


@pytest.mark.long
def test_a_failed_test_stops_what_is_below_it_and_nothing_else(orchestrator, first_day) -> None:
    orchestrator.world.connection.execute(SPOIL)

    run = orchestrator.run()

    assert run.status is DagsterRunStatus.FAILURE
    manifest = orchestrator.manifest
    stopped = names(manifest, below(manifest, "model.thinkthrift.stg_shop__order_items"))
    assert "fct_order_lines" in stopped
    everything = set(orchestrator.made(first_day))
    assert everything - set(orchestrator.made(run)) == stopped
    told = orchestrator.summary(1)
    assert told["status"] == "failed"
    assert [one["name"] for one in told["failed"]] == [
        "dbt_utils_accepted_range_stg_shop__order_items_unit_price__0"
    ]
    assert set(told["skipped"]) == stopped


@pytest.mark.long
def test_a_killed_run_is_resumed_without_doubling_a_row(orchestrator, first_day) -> None:
    world = orchestrator.world
    world.connection.execute(MEND)
    world.demo("advance", "--days", "1")
    run_id = orchestrator.start()
    wait_for(lambda: orchestrator.has_made("marts", "fct_orders", run_id))

    worker = orchestrator.worker(run_id)
    children = worker.children(recursive=True)
    worker.kill()

    assert children
    assert not psutil.wait_procs(children, timeout=60)[1]
    assert orchestrator.ended(run_id).status is DagsterRunStatus.FAILURE
    again = wait_for(
        lambda: next(
            (one for one in orchestrator.instance.get_runs() if one.parent_run_id == run_id), None
        )
    )
    assert orchestrator.ended(again.run_id).status is DagsterRunStatus.SUCCESS
    # loads were done, and are not done again
    run = orchestrator.instance.get_run_by_id(run_id)
    loaded = {name for name in orchestrator.made(run) if "." in name}
    assert loaded
    assert not loaded & set(orchestrator.made(again))
    for table, truth in world.truths()["tables"].items():
        source, name = table.split(".")
        # deletions in the shop are seen by full loads only; a store is down from the second day on
        if source in ("shop", "stores"):
            continue
        # appended: a row sent twice is there twice
        expected = truth["rows_good"] + (source == "logistics") * truth["rows_repeated"]
        assert world.rows(f"select count(*) from raw_{source}.{name}") == [(expected,)], table
    # as many lines in the mart as the sources have
    reconciled = "select bool_and(is_reconciled) from marts.rpt_source_reconciliation"
    assert world.rows(reconciled) == [(True,)]


def test_a_new_file_is_loaded_by_itself(orchestrator) -> None:
    def loads() -> list[dict]:
        runs = orchestrator.instance.get_runs()
        made = [orchestrator.made(run) for run in runs if run.job_name == "load_files"]
        return [one for one in made if "logistics.stock_counts" in one]

    wait_for(loads)  # of the files that are there
    counts = orchestrator.world.folder / "demo" / "logistics"
    last = max(counts.glob("stock_counts_*.csv"))
    lines = last.read_text().replace(",2025-", ",2026-").replace(",2026-12-", ",2026-01-")
    (counts / "stock_counts_20260131.csv").write_text(lines)
    expected = len(lines.splitlines()) - 1

    def loaded() -> dict | None:
        found = {one["logistics.stock_counts"].get("rows_read"): one for one in loads()}
        return found.get(expected)

    made = wait_for(loaded)
    assert all("." in name for name in made)  # nothing was built


@pytest.mark.long
def test_the_old_rows_are_tested_once_a_week(orchestrator, first_day) -> None:
    assert orchestrator.run("weekly_tests").status is DagsterRunStatus.SUCCESS
    told = wait_for(
        lambda: next((o for o in orchestrator.told.calls if o["run"] == "weekly_tests"), None)
    )
    assert sum(told["built"]["test"].values()) > 600


def test_no_secret_is_in_the_records(orchestrator) -> None:
    # its databases' logs come and go while it works: no other test may follow
    orchestrator.close()
    secrets = [orchestrator.world.environment["PGPASSWORD"].encode(), b"hooks/s3cret"]
    files = [path for path in orchestrator.home.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) > 1_000_000
    assert [path for path in files for secret in secrets if secret in path.read_bytes()] == []
