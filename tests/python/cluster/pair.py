"""A plain warehouse and one on a cluster, which load and build the same, and what differs."""

import os
from collections.abc import Callable
from datetime import UTC, datetime

from world import World

# made by chance in each warehouse, and part of each customer's key
HASH_KEYS = """
    create schema if not exists secrets;
    create table secrets.hash_keys (
        is_only boolean primary key default true, inner_key bytea not null,
        outer_key bytea not null, made_at timestamptz not null default now()
    );
    insert into secrets.hash_keys (inner_key, outer_key) values (sha256('inner'), sha256('outer'))
"""
# when something was built, and numbers that are given in the order of parallel loads
UNCOMPARED = {
    "built_at", "indexed_at", "retired_at", "counted_at", "measured_at", "hours_behind",
    "load_id", "_load_id", "change_id", "quarantine_id", "quarantined_at", "loaded_at", "seconds",
    # the catalog's port
    "source_file", "_source_file",
}  # fmt: skip
# what tests of dbt found, which run on the cluster alone; who is running; versions of a seed, which
# begin when they are built; what each build withdrew, of which there are more where one is repeated
UNCOMPARED_RELATIONS = {
    "rpt_data_tests", "rpt_data_quality", "dbt_runs", "snap_stores", "int_order_lines_withdrawn",
    # a cluster's nodes count transactions by themselves, so that all lines are compared
    "int_read_marks", "int_order_lines_touched", "int_rows_withdrawn",
}  # fmt: skip
RELATIONS = """
    select table_schema, table_name, array_agg(column_name::text order by ordinal_position)
    from information_schema.columns
    where
        table_schema
        ~ '^(raw_(?!ingest)|staging|intermediate|marts|personal|search|snapshots|seeds)'
        -- a partition, or a shard
        and table_name !~ '_[0-9]+$'
    group by table_schema, table_name
"""


class Spread(World):
    """A warehouse in the database of a cluster, which is there on all nodes."""

    def make_database(self, template: str = "template1") -> None:
        """Connect only."""
        self.connection = self._postgres.connect(self._database)
        self.connection.execute("set client_min_messages to error")


class Pair:
    """Both warehouses.

    Attributes:
        plain: the one on one server.
        spread: the one on a cluster.
    """

    def __init__(self, plain: World, spread: World, server) -> None:
        """Make the sources on a server, and let both warehouses know them by the same name."""
        self.plain, self.spread = plain, spread
        self._loaded = {plain: 0, spread: 0}
        self._moment = datetime.min.replace(tzinfo=UTC)
        spread.environment["DBT_TARGET_PATH"] = str(spread.folder / "target_of_cluster")
        plain.demo("create", "--lines", os.environ.get("CLUSTER_LINES", "1000"))
        for world in self._loaded:
            world.environment["SHOP_LOCATION"] = server.uri("demo_shop")
            world.environment["STORES_LOCATION"] = server.uri("demo_store_*")
            world.connection.execute(HASH_KEYS)

    def load(self, before: Callable[[], None] = lambda: None) -> None:
        """Load both; then let both have been loaded at the same moment, as versions begin at it.

        Args:
            before: is called before the cluster is loaded.
        """
        moment = datetime.now(UTC)
        for world, last in self._loaded.items():
            if world is self.spread:
                before()
            world.load()
            for (table,) in world.rows(
                "select distinct 'raw_' || source_name || '.' || table_name"
                " from raw_ingest.loads where load_id > %s",
                last,
            ):
                world.connection.execute(
                    f"update {table} set _loaded_at = %s, _extracted_at = least(_extracted_at, %s)"
                    " where _load_id > %s",
                    [moment, moment, last],
                )
            world.connection.execute(
                "update raw_ingest.loads set started_at = %s, finished_at = %s,"
                " extracted_at = least(extracted_at, %s) where load_id > %s",
                [moment, moment, moment, last],
            )
            # of rows that are gone
            world.connection.execute(
                "update raw_ingest.changes set committed_at = %s where committed_at > %s",
                [moment, self._moment],
            )
            [(self._loaded[world],)] = world.rows("select max(load_id) from raw_ingest.loads")
        self._moment = moment

    def differences(self) -> dict[str, object]:
        """Return what differs: by relation, its columns, or how many rows either one has."""
        found: dict[str, object] = {}
        here, there = (
            {f'"{schema}"."{name}"': columns for schema, name, columns in world.rows(RELATIONS)
             if name not in UNCOMPARED_RELATIONS}
            for world in (self.plain, self.spread)
        )  # fmt: skip
        assert len(here) > 100
        for relation in sorted(here.keys() | there.keys()):
            if here.get(relation) != there.get(relation):
                found[relation] = "has not the same columns, or is missing"
                continue
            columns = [column for column in here[relation] if column not in UNCOMPARED]
            whole = [self._sums(world, relation, columns) for world in (self.plain, self.spread)]
            if whole[0] != whole[1]:
                found[relation] = [
                    column for column in columns
                    if self._sums(self.plain, relation, [column])
                    != self._sums(self.spread, relation, [column])
                ] or whole  # fmt: skip
        return found

    @staticmethod
    def _sums(world: World, relation: str, columns: list[str]) -> tuple:
        """Return how many rows there are, and a checksum of some of their columns."""
        row = ", ".join(f'"{column}"' for column in columns)
        [sums] = world.rows(
            "select count(*), md5(string_agg(row_hash, '' order by row_hash)) from"
            f" (select md5(cast(row({row}) as text)) as row_hash from {relation}) as hashed"
        )
        return sums
