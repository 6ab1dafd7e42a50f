"""Every raw table, snapshot and model as an asset of Dagster, in one lineage."""

import contextlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    Failure,
    MaterializeResult,
    RetryRequested,
    asset,
)
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets

from apps.orchestration import day
from ingest import contract
from ingest.contract import Table
from ingest.load import load_table
from warehouse.errors import UserError

_PARSED = contract.parse()
TABLES = contract.read_tables(_PARSED)
MANIFEST = _PARSED.writable_manifest().to_dict(omit_none=False)
# in dbt's folder; one day is built at a time
RESULTS = day.target() / "orchestrate"


def raw_asset(table: Table) -> AssetsDefinition:
    """Return the asset that loads a raw table; dbt's assets know it by the same key."""
    described = MANIFEST["sources"][f"source.thinkthrift.{table}"]

    @asset(
        key=[table.source, table.name],
        group_name="raw",
        kinds={table.reader},
        description=described["description"],
    )
    def load(context: AssetExecutionContext) -> MaterializeResult:
        result = load_table(table)
        for note in result.notes:
            context.log.warning(note)
        if result.is_transient and context.retry_number < day.RETRIES:
            wait = day.wait_before(context.retry_number)
            raise RetryRequested(max_retries=day.RETRIES, seconds_to_wait=wait)
        if result.status == "failed":
            raise Failure("\n".join(result.notes), allow_retries=False)
        return MaterializeResult(
            metadata={
                "status": result.status,
                **{
                    f"rows_{name}": getattr(result, name)
                    for name in ("read", "loaded", "quarantined", "unchanged", "deleted")
                },
                "seconds": result.seconds,
            }
        )

    return load


class Layers(DagsterDbtTranslator):  # type: ignore[misc]  # it has no types
    """Groups dbt's assets as the project's folders do, and not by who owns them."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Return seeds, snapshots, marts_<team>, or the name of another layer.

        Args:
            dbt_resource_props: what the manifest holds of it.
        """
        kind, folders = dbt_resource_props["resource_type"], dbt_resource_props["fqn"][1:-1]
        if kind == "source":
            return "raw"
        if kind != "model":
            return f"{kind}s"
        layer = folders[:2] if folders[:1] == ["marts"] else folders[:1]
        return re.sub(r"\W", "_", "_".join(layer)) or "models"


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Build while no other day is built; in Dagster's terms it is a Failure if one is."""
    try:
        with day.alone():
            yield
    except UserError as error:
        raise Failure(str(error)) from None


@dbt_assets(manifest=MANIFEST, selector="daily", name="build", dagster_dbt_translator=Layers())
# Dagster would take a return type for that of one output
def built(context: AssetExecutionContext, dbt: DbtCliResource):  # type: ignore[no-untyped-def]
    """Snapshots and models with their tests; what a failed test guards is not built."""
    with alone():
        yield from dbt.cli(["build"], context=context, target_path=RESULTS).stream()


LOADED = [raw_asset(table) for table in TABLES]
