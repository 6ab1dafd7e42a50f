"""Modes, cursors and repetition: what is loaded twice is there once."""

import os
import threading
from datetime import datetime, timezone
from decimal import Decimal

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from psycopg.conninfo import conninfo_to_dict

from ingest import tables
from ingest.contract import Column
from ingest.load import load_table
from warehouse.errors import UserError

HEADER = "item_id,name,price,sold_on\n"


def checksum(warehouse) -> list[tuple]:
    return warehouse.rows("select count(*), md5(string_agg(items::text, '|' order by items::text))"
                          " from raw_test.items as items")  # fmt: skip


def test_replace_swaps_whole_exports(warehouse, declare, write) -> None:
    write(HEADER + "1,Hat,1,\n2,Cap,2,\n")
    warehouse.load(declare())
    warehouse.connection.execute("create view public.dependent as select * from raw_test.items")
    write(HEADER + "2,Cap,3,\n")
    assert warehouse.load(declare()).loaded == 1
    assert warehouse.rows("select item_id, price from public.dependent") == [(2, Decimal(3))]


def test_an_unchanged_export_is_not_loaded_again(warehouse, declare, write) -> None:
    write(HEADER + "1,Hat,1,\n")
    warehouse.load(declare())
    before = checksum(warehouse)
    assert warehouse.load(declare()).status == "unchanged"
    assert checksum(warehouse) == before
    assert warehouse.load(declare(), full=True).status == "loaded"


def test_a_changed_contract_loads_an_unchanged_export_again(warehouse, declare, write) -> None:
    write(HEADER + "1,Hat,1,\n")
    warehouse.load(declare("item_id bigint, name text"))
    assert warehouse.load(declare("item_id bigint, name text, price numeric")).status == "loaded"
    assert warehouse.rows("select price from raw_test.items") == [(Decimal(1),)]


def test_an_export_in_several_files(warehouse, declare, write, tmp_path) -> None:
    write(HEADER + "1,Hat,1,\n", "items_1.csv")
    write(HEADER + "2,Cap,2,\n1,Hat,1,\n", "items_2.csv")
    result = warehouse.load(declare())
    assert (result.read, result.loaded, result.quarantined) == (3, 2, 1)
    assert warehouse.load(declare()).status == "unchanged"
    (tmp_path / "items_2.csv").unlink()
    warehouse.load(declare())
    assert warehouse.rows("select item_id from raw_test.items") == [(1,)]


def test_append_takes_each_content_once(warehouse, declare, write) -> None:
    table = declare(mode="append", key=())
    write(HEADER + "1,Hat,1,\n", "items_a.csv")
    warehouse.load(table)
    write(HEADER + "1,Hat,1,\n", "items_copy.csv")
    write(HEADER + "1,Hat,1,\n2,Cap,2,\n", "items_b.csv")
    assert warehouse.load(table).loaded == 2
    assert warehouse.load(table).status == "unchanged"
    assert warehouse.rows(
        "select _source_file, count(*) from raw_test.items group by 1 order by 1"
    ) == [
        ("items_a.csv", 1),
        ("items_b.csv", 2),
    ]


def test_a_file_belongs_to_the_longest_name(warehouse, declare, write) -> None:
    write(HEADER + "1,Hat,1,\n", "items.csv")
    write("nonsense\n1\n", "items_sold_2025.csv")
    assert warehouse.load(declare(siblings=("items", "items_sold"))).loaded == 1


def test_parquet_keeps_decimals_and_quarantines(warehouse, declare, tmp_path) -> None:
    columns = {
        "item_id": pa.array([1, 2, 3]),
        "name": pa.array(["a", "", None]),
        "price": pa.array([Decimal("3.3333"), Decimal("1.0000"), None], pa.decimal128(12, 4)),
        "sold_on": pa.array(["2025-01-01", "soon", None]),
        "extra": pa.array([1, 2, 3]),
    }
    pq.write_table(pa.table(columns), tmp_path / "items.parquet")
    result = warehouse.load(declare(reader="parquet"))
    assert (result.loaded, result.quarantined) == (2, 1)
    assert warehouse.rows("select item_id, name, price from raw_test.items order by 1") == [
        (1, "a", Decimal("3.3333")),
        (3, None, None),
    ]
    assert warehouse.quarantine()[0][:2] == ("2", 'sold_on is not date: "soon"')
    assert "left out: extra" in result.notes[0]


def test_parquet_keeps_points_in_time_of_any_zone(warehouse, declare, tmp_path) -> None:
    """Berlin was 53 minutes and 28 seconds ahead of Greenwich until 1893."""
    moments = [
        datetime(1890, 1, 1, tzinfo=timezone.utc),
        datetime(2025, 7, 1, 12, 0, 0, 1, timezone.utc),
        None,
    ]
    columns = {
        "item_id": pa.array([1, 2, 3]),
        "sold_at": pa.array(moments, pa.timestamp("us", "Europe/Berlin")),
    }
    pq.write_table(pa.table(columns), tmp_path / "items.parquet")
    warehouse.load(declare("item_id bigint, sold_at timestamptz", reader="parquet"))
    found = warehouse.rows("select sold_at at time zone 'UTC' from raw_test.items order by item_id")
    assert [at and at.replace(tzinfo=timezone.utc) for (at,) in found] == moments


@pytest.fixture(scope="module", params=[16, 18])
def source(request, server_of_version):
    """A server of the oldest and of the newest version that are supported."""
    with server_of_version(request.param) as running:
        yield running


@pytest.fixture
def shop(source):
    """A source database with a table `items` whose cursor is `changed_at`."""
    source.create("shop_source")
    with psycopg.connect(source.conninfo("shop_source"), autocommit=True) as connection:
        connection.execute(
            "create table items (item_id bigint primary key, name text, changed_at timestamptz,"
            " note text)"
        )
        yield connection


@pytest.fixture
def shop_items(declare, source):
    return declare(
        "item_id bigint, name text, changed_at timestamptz",
        reader="postgres",
        location=source.uri("shop_source"),
        mode="merge",
        cursor="changed_at",
        options={"lookback": "1 day"},
    )


def put(connection, item: int, name: str, changed: str) -> None:
    connection.execute(
        "insert into items values (%s, %s, %s) on conflict (item_id) do update"
        " set name = excluded.name, changed_at = excluded.changed_at",
        [item, name, changed],
    )


def names(warehouse) -> list[tuple]:
    return warehouse.rows("select item_id, name from raw_test.items order by 1")


def test_postgres_merges_from_the_cursor_less_the_look_back(warehouse, shop, shop_items) -> None:
    odd = "tab\there, newline\nthere, back\\slash, \\N, umlaut ü, ''"
    put(shop, 1, odd, "2025-01-01")
    put(shop, 2, "", "2025-01-10")
    first = warehouse.load(shop_items)
    assert (first.read, first.loaded, first.unchanged) == (2, 2, 0)
    assert names(warehouse) == [(1, odd), (2, "")]
    assert warehouse.last_load()["cursor_after"] == "2025-01-10 00:00:00+00"
    put(shop, 2, "changed", "2025-01-12")
    put(shop, 3, "late", "2025-01-09 06:00")
    second = warehouse.load(shop_items)
    assert (second.read, second.loaded, second.unchanged) == (2, 2, 0)
    assert warehouse.last_load()["cursor_before"] == "2025-01-10 00:00:00+00"
    assert names(warehouse) == [(1, odd), (2, "changed"), (3, "late")]
    third = warehouse.load(shop_items)
    assert (third.read, third.loaded, third.unchanged) == (1, 1, 1)
    assert "left out: note" in third.notes[0]


def test_each_load_sees_deletions_and_a_full_one_silent_changes(
    warehouse, shop, shop_items
) -> None:
    for item in (1, 2, 3):
        put(shop, item, "old", f"2025-01-{item}1")
    warehouse.load(shop_items)
    shop.execute(
        "delete from items where item_id = 1; update items set name = 'new' where item_id = 2"
    )
    shop.execute("update items set changed_at = '2025-02-01' where item_id = 3")
    assert warehouse.load(shop_items).deleted == 1
    assert names(warehouse) == [(2, "old"), (3, "old")]
    result = warehouse.load(shop_items, full=True)
    assert (result.deleted, result.unchanged) == (0, 1)
    assert names(warehouse) == [(2, "new"), (3, "old")]


def test_postgres_without_new_rows_keeps_its_cursor(warehouse, shop, shop_items) -> None:
    put(shop, 1, "a", "2025-01-01")
    warehouse.load(shop_items)
    shop.execute("delete from items")
    warehouse.load(shop_items)
    assert warehouse.last_load()["cursor_after"] == "2025-01-01 00:00:00+00"


def test_a_vanished_source_column_is_named(warehouse, shop, shop_items) -> None:
    shop.execute("alter table items rename column name to title")
    result = warehouse.load(shop_items)
    assert result.status == "failed"
    assert "lacks the declared column name" in result.notes[0]


def test_wrong_types_from_postgres_are_quarantined(warehouse, shop, source, declare) -> None:
    put(shop, 1, "12", "2025-01-01")
    put(shop, 2, "twelve\tor so", "2025-01-01")
    table = declare("item_id bigint, name numeric", reader="postgres",
                    location=source.uri("shop_source"), mode="replace")  # fmt: skip
    assert warehouse.load(table).quarantined == 1
    assert warehouse.quarantine() == [
        ("2", 'name is not numeric: "twelve\tor so"', {"item_id": "2", "name": "twelve\tor so"})
    ]


@pytest.mark.parametrize(
    ("location", "names"),
    [
        ("{uri}", ["{host}/branch_a"]),
        ("postgresql:///branch_a", ["branch_a"]),
        ("{uri}  postgresql:///branch_b", ["{host}/branch_a", "branch_b"]),
        ("postgresql:///branch_[ab]", ["branch_a", "branch_b"]),
        ("{keywords}", ["{host}/branch_a"]),
        ("service=branch", ["branch/"]),
    ],
    ids=["uri", "warehouse's server", "two", "glob", "keywords", "service"],
)
def test_a_location_is_written_as_libpq_takes_it(
    warehouse, postgres, declare, monkeypatch, tmp_path, location, names
) -> None:
    for store in ("a", "b"):
        postgres.create(f"branch_{store}")
        with psycopg.connect(postgres.conninfo(f"branch_{store}"), autocommit=True) as branch:
            branch.execute(
                "create table items as select %s as store, 1::bigint as item_id", [store]
            )
    parameters = conninfo_to_dict(postgres.conninfo("branch_a"))
    lines = [f"{name}={value}" for name, value in parameters.items()]
    (tmp_path / "services").write_text("\n".join(["[branch]", *lines]))
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    forms = {
        "uri": postgres.uri("branch_a"), "host": postgres.host,
        "keywords": postgres.conninfo("branch_a"),
    }  # fmt: skip
    table = declare("store text, item_id bigint", reader="postgres", mode="merge",
                    key=("store", "item_id"), location=location.format(**forms))  # fmt: skip
    assert warehouse.load(table).loaded == len(names)
    loaded = warehouse.rows("select store, _source_file from raw_test.items order by store")
    expected = [name.format(**forms) for name in names]
    assert loaded == list(zip("ab", expected, strict=False))


def test_a_store_that_is_down_is_caught_up_later(warehouse, postgres, declare) -> None:
    table = declare("store text, item_id bigint", reader="postgres", mode="merge", cursor="item_id",
                    key=("store", "item_id"), location="postgresql:///branch_*",
                    unreachable="warn")  # fmt: skip
    for store in ("a", "b"):
        postgres.create(f"branch_{store}")
        with psycopg.connect(postgres.conninfo(f"branch_{store}"), autocommit=True) as branch:
            branch.execute("create table items (store text, item_id bigint)")
            branch.execute("insert into items select %s, generate_series(1, 3)", [store])
    admin = psycopg.connect(postgres.conninfo("postgres"), autocommit=True)
    admin.execute("alter database branch_b allow_connections false")
    down = warehouse.load(table)
    assert (down.status, down.loaded) == ("unreachable", 3)
    assert "branch_b cannot be reached" in down.notes[0]
    admin.execute("alter database branch_b allow_connections true")
    assert warehouse.load(table).status == "loaded"
    assert warehouse.rows("select store, count(*) from raw_test.items group by 1 order by 1") == [
        ("a", 3),
        ("b", 3),
    ]


def test_two_loads_at_once_load_once(warehouse, declare, write) -> None:
    table = declare(mode="append", key=())
    write(HEADER + "".join(f"{n},Hat,1,\n" for n in range(20_000)))
    tables.ensure(warehouse.connection, [table])
    results = []
    threads = [threading.Thread(target=lambda: results.append(load_table(table))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.status for result in results) == ["loaded"] + ["unchanged"] * 3
    assert warehouse.rows("select count(*) from raw_test.items") == [(20_000,)]


def test_a_lost_connection_leaves_everything_as_it_was(warehouse, declare, write) -> None:
    write(HEADER + "1,Hat,1,\n")
    warehouse.load(declare())
    write(HEADER + "".join(f"{n},Hat,1,\n" for n in range(200_000)))

    def cut(size: int) -> None:
        warehouse.rows(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name like 'thinkthrift ingest%%'"
        )

    result = load_table(declare(), tick=cut)
    assert result.status == "failed"
    assert warehouse.rows("select count(*) from raw_test.items") == [(1,)]
    assert warehouse.load(declare()).loaded == 200_000


def test_types_are_never_changed_silently(warehouse, declare, write) -> None:
    write("item_id,name,price,sold_on\n1,Hat,1,\n")
    warehouse.load(declare())
    with pytest.raises(UserError, match=r'column "price" is declared as integer, but .* numeric'):
        tables.ensure(warehouse.connection, [declare("item_id bigint, name text, price integer")])
    with pytest.raises(UserError, match=r'column "(price|sold_on)" of .* is declared no more'):
        tables.ensure(warehouse.connection, [declare("item_id bigint, name text")])
    with pytest.raises(UserError, match='PostgreSQL knows no type "money_ish"'):
        tables.ensure(warehouse.connection, [declare("item_id bigint, name money_ish")])


def test_a_table_that_never_held_a_row_is_made_anew(warehouse, declare, write) -> None:
    tables.ensure(warehouse.connection, [declare()])
    warehouse.connection.execute("create view seen as select price from raw_test.items")
    write("item_id,name,price\n1,Hat,5\n")
    result = warehouse.load(declare("item_id bigint, name text, price integer"))
    assert (result.status, result.loaded) == ("loaded", 1)
    assert warehouse.rows("select pg_typeof(price)::text from raw_test.items") == [("integer",)]


def test_the_longest_names_are_told_apart(warehouse, declare, write) -> None:
    for end in "ab":
        name = "x" * 62 + end
        write(f"item_id,name,price,sold_on\n1,{end},1,\n", f"{name}.csv")
        table = declare(name=name, siblings=("x" * 62 + "a", "x" * 62 + "b"))
        assert warehouse.load(table).loaded == 1
        assert warehouse.load(table, full=True).loaded == 1
        assert warehouse.rows(f"select name from raw_test.{name}") == [(end,)]


def test_a_column_can_have_another_name_in_the_source(warehouse, declare, write) -> None:
    write("Item No,name\n5,Hat\n")
    columns = (Column("item_id", "bigint", "Item No"), Column("name", "text", "name"))
    warehouse.load(declare(columns="item_id bigint").__class__(
        **{**declare().__dict__, "columns": columns}))  # fmt: skip
    assert warehouse.rows("select item_id, name from raw_test.items") == [(5, "Hat")]


def test_a_table_is_read_in_parts_at_one_moment(warehouse, declare, postgres) -> None:
    """Rows that change while the parts are read belong to the next load, in every part."""
    postgres.create("wide_source")
    with psycopg.connect(postgres.conninfo("wide_source"), autocommit=True) as source:
        source.execute("create table items as select n as item_id, repeat('x', 200) || n as name"
                       " from generate_series(1, 50000) as n")  # fmt: skip
        table = declare("item_id bigint, name text", reader="postgres", key=(),
                        location="postgresql:///wide_source", options={"parallel": 4})  # fmt: skip
        tables.ensure(warehouse.connection, [table])
        changes = []

        def change(size: int) -> None:
            if not changes:
                changes.append(source.execute("update items set item_id = item_id + 1000000"))
                source.execute("insert into items values (0, 'late')")

        result = load_table(table, tick=change)
        assert (result.status, result.loaded, len(changes)) == ("loaded", 50000, 1)
        assert warehouse.rows("select min(item_id), max(item_id), count(distinct item_id)"
                              " from raw_test.items") == [(1, 50000, 50000)]  # fmt: skip
        # a bad value sends all of it the careful way
        source.execute("alter table items alter item_id type text; update items set item_id = 'x'"
                       " where item_id = '0'")  # fmt: skip
        result = warehouse.load(table)
        assert (result.loaded, result.quarantined) == (50000, 1)


@pytest.fixture
def odd_source(postgres):
    """A source's database with a table whose names are in capitals."""
    postgres.create("odd_source")
    with postgres.connect("odd_source") as connection:
        connection.execute(
            'create table "Items" ("Item_ID" int primary key, "Name" text,'
            ' "Changed At" timestamptz)'
        )
        yield connection


def odd(declare, **settings):
    columns = (
        Column("item_id", "bigint", "Item_ID"), Column("name", "text", "NAME"),
        Column("changed_at", "timestamptz", "changed at"),
    )  # fmt: skip
    table = declare(
        "item_id bigint", reader="postgres", mode="merge", location="postgresql:///odd_source",
        cursor="changed_at", options={"relation": "items"}, **settings,
    )  # fmt: skip
    return table.__class__(**{**table.__dict__, "columns": columns})


def test_names_of_a_database_fit_whatever_their_case(warehouse, declare, odd_source) -> None:
    odd_source.execute("""insert into "Items" values (1, 'Hat', now() - interval '1 day')""")
    assert warehouse.load(odd(declare)).loaded == 1
    odd_source.execute("""insert into "Items" values (2, 'Cap', now())""")
    assert warehouse.load(odd(declare)).loaded == 2
    assert warehouse.rows("select name from raw_test.items order by 1") == [("Cap",), ("Hat",)]


def test_rows_without_a_cursor_are_read_each_time(warehouse, declare, odd_source) -> None:
    odd_source.execute("""insert into "Items" values (1, 'Hat', now()), (2, 'Cap', null)""")
    warehouse.load(odd(declare))
    odd_source.execute("""insert into "Items" values (3, 'Tie', null)""")
    odd_source.execute("""update "Items" set "Name" = 'Beret' where "Item_ID" = 2""")
    warehouse.load(odd(declare))
    assert warehouse.rows("select name from raw_test.items order by item_id") == [
        ("Hat",), ("Beret",), ("Tie",),
    ]  # fmt: skip


@pytest.mark.parametrize("far", ["2099-01-01 00:00+00", "9999-12-31 00:00+00", "infinity"])
def test_a_cursor_ahead_of_the_clock_hides_nothing(warehouse, declare, odd_source, far) -> None:
    odd_source.execute("""insert into "Items" values (1, 'Hat', now())""")
    odd_source.execute("""insert into "Items" values (2, 'Cap', %s)""", [far])
    result = warehouse.load(odd(declare))
    if far == "infinity":
        assert (result.loaded, result.quarantined) == (1, 1)
    else:
        assert "ahead of the source's clock" in result.notes[0]
        assert result.loaded == 2
    odd_source.execute("""insert into "Items" values (3, 'Tie', now())""")
    warehouse.load(odd(declare))
    assert (3,) in warehouse.rows("select item_id from raw_test.items")


def test_special_values_of_a_database_are_set_aside(warehouse, declare, postgres) -> None:
    postgres.create("odd_source")
    with postgres.connect("odd_source") as connection:
        connection.execute(
            "create table items (item_id int, name text, price numeric, sold_on date)"
        )
        connection.execute(r"""insert into items values (1, E'a\tb\\c\nd', 1.5, '2024-05-11'),
            (2, '\.', 'NaN', null), (3, '\N', 1, 'infinity'), (4, null, 'Infinity', null),
            (5, U&'\FEFFmark', 2, '0044-03-15 BC'), (6, U&'\FEFFmark', 2, '9999-12-31')""")
        table = declare(reader="postgres", location="postgresql:///odd_source", max_quarantined=1)
        result = warehouse.load(table)
    assert (result.loaded, result.quarantined) == (2, 4)
    assert warehouse.rows("select item_id, name from raw_test.items order by 1") == [
        (1, "a\tb\\c\nd"), (6, "\ufeffmark"),
    ]  # fmt: skip
    assert [row[0] for row in warehouse.quarantine()] == ["2", "3", "4", "5"]
    assert [row[2]["name"] for row in warehouse.quarantine()] == ["\\.", "\\N", None, "\ufeffmark"]


def test_a_file_from_the_future_is_of_now(warehouse, declare, write) -> None:
    path = write("item_id,name,price,sold_on\n1,Hat,1,\n")
    os.utime(path, (2_240_000_000, 2_240_000_000))
    result = warehouse.load(declare())
    assert "which is not yet" in result.notes[0]
    assert warehouse.rows("select _extracted_at <= now() from raw_test.items") == [(True,)]
