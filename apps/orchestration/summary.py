"""What a run did: read from the audit of the loads and from dbt's results."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from psycopg.rows import dict_row

import warehouse
from ingest import audit, contract, tables

# of a table in this run: all that was loaded, and how the last load ended
LOADS = """
    select
        source_name || '.' || table_name as "table",
        (array_agg(status order by load_id desc))[1] as status,
        sum(rows_read)::bigint as rows_read,
        sum(rows_loaded)::bigint as rows_loaded,
        sum(rows_quarantined)::bigint as rows_quarantined,
        (array_agg(message order by load_id desc))[1] as message
    from raw_ingest.loads
    where finished_at >= %s
    group by source_name, table_name
    order by 1
"""
# of each saved search, listings that came into its index since; nothing if all of it was made anew
NEWS = """
    select search_name as search, array_agg(product_id order by search_rank) as products
    from search.saved_search_results as found
    where
        %(began)s <= (
            select min(indexed_at) from search.search_documents as documents
            where documents.product_id = found.product_id
        )
        and exists (select from search.search_documents where indexed_at < %(began)s)
    group by search_name
    order by search_name
"""
# of dbt's results: what has no rows and no verdict
UNCOUNTED = ("exposure", "operation")
# how many names a line of the text holds
NAMED = 10
# how many new listings it holds
SHOWN = 3
BAD = ("error", "fail", "runtime error")


@dataclass
class Summary:
    """How a run went.

    Attributes:
        run: its name, such as daily.
        status: succeeded or failed.
        began: when.
        seconds: how long it took.
        loads: for each table that was loaded: table, status, rows_read, rows_loaded,
            rows_quarantined, message.
        built: for each kind of dbt's resources how many ended how.
        failed: for each of dbt's that failed: its name and the message.
        skipped: names of what was not built, for what it reads had failed.
        late: for each table whose last load is too long ago: table, freshness, last_load.
        new: for each saved search that finds listings which the run brought: search, products.
        errors: what else ended the run.
    """

    run: str
    status: str
    began: str
    seconds: float
    loads: list[dict[str, Any]] = field(default_factory=list)
    built: dict[str, dict[str, int]] = field(default_factory=dict)
    failed: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    late: list[dict[str, Any]] = field(default_factory=list)
    new: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def headline(self) -> str:
        """Return the summary of the summary."""
        return f"ThinkThrift: {self.run} run of {self.began[:10]} {self.status}"

    def as_text(self) -> str:
        """Return it for people."""
        lines = [f"{self.headline()} after {self.seconds:.0f} s"]
        read, loaded = (sum(load[f"rows_{n}"] for load in self.loads) for n in ("read", "loaded"))
        lines.append(f"loaded: {len(self.loads)} tables, {read:,} rows read, {loaded:,} accepted")
        for kind, statuses in sorted(self.built.items()):
            ended = ", ".join(f"{count} {status}" for status, count in sorted(statuses.items()))
            lines.append(f"{kind}: {ended}")
        lines += [f"error: {error}" for error in self.errors]
        lines += [
            f"load failed: {load['table']}: {load['message']}"
            for load in self.loads
            if load["status"] == "failed"
        ]
        lines += [f"failed: {one['name']}: {one['message']}" for one in self.failed]
        if self.skipped:
            more = f" and {len(self.skipped) - NAMED} more" if len(self.skipped) > NAMED else ""
            lines.append(f"skipped: {', '.join(self.skipped[:NAMED])}{more}")
        lines += [
            f"{one['freshness']}: {one['table']}, last load {one['last_load'] or 'never'}"
            for one in self.late
        ]
        lines += [
            f"new for the saved search {one['search']}: {len(one['products']):,},"
            f" {', '.join(one['products'][:SHOWN])}"
            for one in self.new
        ]
        lines += [
            f"quarantined: {load['rows_quarantined']:,} rows of {load['table']};"
            f" see python -m ingest quarantine list {load['table']}"
            for load in self.loads
            if load["rows_quarantined"]
        ]
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """Return it for programs; `text` is what chats show of a webhook's call."""
        return {"text": self.as_text(), **asdict(self)}


def gather(run: str, began: datetime, results: Path, errors: list[str]) -> Summary:
    """Return what a run that has just ended did.

    Args:
        run: its name.
        began: when it did.
        results: the folder in which dbt wrote its results, if it came to that.
        errors: what ended the run; none if it succeeded.
    """
    seconds = (datetime.now(timezone.utc) - began).total_seconds()
    found = Summary(
        run, "failed" if errors else "succeeded", began.isoformat(" ", "seconds"), seconds
    )
    found.errors += errors
    try:
        found.loads, found.late = _loads(began)
        found.new = _news(began)
    except Exception as error:
        # who is to be told of this most of all
        found.status = "failed"
        found.errors.append(str(error))
    for result in _results(results / "run_results.json", began):
        kind, _, name = result["unique_id"].split(".")[:3]
        if kind in UNCOUNTED:
            continue
        ended = found.built.setdefault(kind, {})
        ended[result["status"]] = ended.get(result["status"], 0) + 1
        if result["status"] in BAD:
            found.failed.append({"name": name, "message": result["message"] or ""})
        elif result["status"] == "skipped" and kind in ("model", "snapshot"):
            found.skipped.append(name)
    return found


def _loads(began: datetime) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return what was loaded since, and what is late."""
    declared = contract.read_tables()
    with warehouse.connect() as connection:
        tables.ensure(connection, [])
        loads = connection.cursor(row_factory=dict_row).execute(LOADS, [began]).fetchall()
        last = {name: (when, age) for name, when, age, *_ in connection.execute(audit.LAST)}
    late = []
    for table in declared:
        when, age = last.get(str(table), (None, None))
        if (freshness := table.freshness(age)) != "fresh":
            since = when and when.isoformat(" ", "seconds")
            late.append({"table": str(table), "freshness": freshness, "last_load": since})
    return loads, late


def _news(began: datetime) -> list[dict[str, Any]]:
    """Return what is new for saved searches; nothing before they were built."""
    with warehouse.connect() as connection:
        cursor = connection.cursor(row_factory=dict_row)
        [built] = cursor.execute("select to_regclass('search.saved_search_results') as name")
        return cursor.execute(NEWS, {"began": began}).fetchall() if built["name"] else []


def _results(file: Path, began: datetime) -> list[dict[str, Any]]:
    """Return dbt's results, if they are of this run."""
    if not file.exists():
        return []
    found = json.loads(file.read_text())
    made = datetime.fromisoformat(found["metadata"]["generated_at"].replace("Z", "+00:00"))
    results: list[dict[str, Any]] = found["results"]
    return results if made >= began else []
