"""A person who is forgotten is nowhere in the warehouse, nor on its disk, and stays out of it.

The tests of this module build on one another, in their order.
"""

import contextlib
import json
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from world import World

NO_TESTS = ("--exclude-resource-type", "test", "unit_test")
PHONE, USERNAME = "0049 (0)30/5550042", "Zqforgetme"
SHARED = "030 5550099"
# of those who share a telephone, and of a guest of the shop without an account
STAYING, LEAVING, GUEST = "zq.stays@mail.example", "zq.leaves@mail.example", "zq.guest@mail.example"
# a member of the loyalty programme, whose data come from an API: others cannot be planted there
MEMBER = """
select lower(trim(email)) from raw_catalog.customers as members
where
    exists (
        select from raw_history.sales where lower(trim(customer_email)) = lower(trim(email))
    )
    and exists (
        select from raw_store_mail.order_confirmations
        where lower(trim(customer_email)) = lower(trim(email))
    )
    and exists (
        select from raw_stores.receipts where lower(trim(customer_email)) = lower(trim(email))
    )
order by customer_number limit 1
"""
AT_THE_SHOP = """
create temporary table busiest as
select customer_id, row_number() over (order by count(*) desc, customer_id) as place
from orders inner join customers using (customer_id) group by customer_id;
update customers set
    email = ' ' || initcap(%(email)s), phone = %(phone)s, first_name = 'Zqfirst',
    last_name = 'Zqlast', street = 'Zqstreet 1', postcode = 'zq123'
where customer_id = (select customer_id from busiest where place = 1);
update orders set customer_email = %(email)s
where customer_id = (select customer_id from busiest where place = 1);
update customers set email = %(leaving)s, phone = %(shared)s
where customer_id = (select customer_id from busiest where place = 2);
update customers set email = %(staying)s, phone = %(shared)s
where customer_id = (select customer_id from busiest where place = 3);
update orders set customer_email = %(guest)s
where order_id = (select max(order_id) from orders where customer_id is null);
"""
AT_THE_TILL = """
update receipts set customer_email = null, customer_phone = %s
where receipt_id = (select min(receipt_id) from receipts where customer_email is null)
"""
SALES = """
select channel, sum(net_amount), sum(gross_amount), count(*), count(distinct order_id)
from marts.fct_order_lines group by channel order by channel
"""
BRIDGE = "select sum(net_merchandise_value), count(*) from marts.rpt_gmv_bridge"


class Planted:
    """Who is in all sources, and what tells them, in small letters."""

    def __init__(self, email: str) -> None:
        self.email = email
        self.texts = [email, "5550042", "zqfirst", "zqlast", "zqstreet", "zq123", "zqforgetme"]


def at(world: World, database: str, statement: str, values: object = None) -> None:
    with psycopg.connect(make_conninfo(world.conninfo(), dbname=database)) as connection:
        psycopg.ClientCursor(connection).execute(statement, values)


def plant_in_files(folder: Path, email: str) -> None:
    """Write the person into the marketplace's export, a bad row of it too, and into tickets."""
    [users] = (folder / "marketplace").glob("users*")
    lines = users.read_text().splitlines()
    number, _, *others = lines[3].split(",")
    others[2] = email.upper()
    lines[3] = ",".join([number, USERNAME, *others])
    lines.append(",".join(["99999", USERNAME + "2", others[0], "no day", *others[2:]]))
    users.write_text("\n".join(lines) + "\n")
    [orders] = (folder / "events").glob("ticket_orders*")
    found = json.loads(orders.read_text())
    buyer = found[0]["order"]["buyer"]
    buyer["name"] = "Zqfirst Zqlast"
    buyer["contact"] = {"email": f"Z <{email}>", "phone": None}
    found[0]["tickets"][0]["attendee"] = {"name": "Zqfirst", "email": None}
    found[-1]["tickets"][0]["attendee"] = {"name": "Zqlast", "email": email}
    orders.write_text(json.dumps(found))


@pytest.fixture(scope="module")
def world(new_world: World) -> World:
    new_world.demo("create", "--lines", "3000", "--seed", "6")
    new_world.load("catalog", "history", "stores", "store_mail")
    new_world.planted = Planted(new_world.rows(MEMBER)[0][0])
    email = new_world.planted.email
    plant_in_files(new_world.folder / "demo", email)
    told = {
        "email": email, "phone": PHONE, "leaving": LEAVING, "staying": STAYING, "shared": SHARED,
        "guest": GUEST,
    }  # fmt: skip
    at(new_world, "demo_shop", AT_THE_SHOP, told)
    at(new_world, "demo_store_ber01", AT_THE_TILL, ["(030) 555 00 42"])
    new_world.load("--full")
    new_world.dbt("build", *NO_TESTS)
    new_world.connection.execute(
        "create schema if not exists test_failures;"
        "create table test_failures.failed as select * from staging.stg_shop__customers;"
        # all of its rows will go, and with them what the planner knows of its values
        "analyze raw_shop.customers, raw_stores.receipts, test_failures.failed"
    )
    return new_world


@pytest.fixture(scope="module")
def sales(world: World) -> list[tuple]:
    """What was sold before anybody was forgotten."""
    return world.rows(SALES) + world.rows(BRIDGE)


def forget(world: World, *arguments: str, expect: int = 0) -> str:
    return world.run("ingest", "forget", *arguments, expect=expect)


def places(printed: str) -> list[str]:
    """Return the columns in which `--check` has found somebody."""
    return [line.split()[0] for line in printed.splitlines() if line.count(".") == 2]


def raw_checksum(world: World) -> list[tuple]:
    names = world.rows(
        "select schemaname || '.' || tablename from pg_tables"
        " where schemaname ~ '^(raw_|snapshots|forgotten)' order by 1"
    )
    query = "select count(*), md5(string_agg(md5(t::text), '' order by md5(t::text))) from {} as t"
    return [(name, *world.rows(query.format(name))[0]) for (name,) in names]


def in_tables(world: World, texts: list[str]) -> set[str]:
    """Return which of the texts stand in any table of the warehouse."""
    tables = world.rows(
        "select oid::regclass::text from pg_class where relkind in ('r', 'm')"
        " and relnamespace::regnamespace::text !~ '^(pg_toast|information_schema)'"
    )
    found = set()
    for (table,) in tables:
        copy = f"copy (select lower(t::text) from {table} as t) to stdout"
        with world.connection.cursor().copy(copy) as rows:
            held = b"".join(rows).decode(errors="replace")
        found |= {text for text in texts if text in held}
    return found


def on_disk(world: World, texts: list[str]) -> set[str]:
    """Return which of the texts stand in any file of the warehouse's tables and indexes."""
    world.connection.execute("checkpoint")
    [(folder, database)] = world.rows(
        "select current_setting('data_directory'), oid::text from pg_database"
        " where datname = current_database()"
    )
    found = set()
    for file in (Path(folder) / "base" / database).iterdir():
        # the server removes files meanwhile
        with contextlib.suppress(FileNotFoundError):
            held = file.read_bytes().lower()
            found |= {text for text in texts if text.encode() in held}
    return found


def test_the_person_is_in_many_places(world: World, sales: list[tuple]) -> None:
    planted = world.planted
    found = places(forget(world, "--check", planted.email, PHONE, USERNAME, expect=1))

    assert len(found) >= 12, found
    assert {found_in.split(".")[0] for found_in in found} >= {
        "raw_shop", "raw_stores", "raw_store_mail", "raw_marketplace", "raw_catalog", "raw_events",
        "raw_history", "raw_ingest", "snapshots", "intermediate", "personal", "test_failures",
    }  # fmt: skip
    assert in_tables(world, planted.texts) == on_disk(world, planted.texts) == set(planted.texts)


def test_nobody_is_known_by_a_wrong_identifier(world: World) -> None:
    before = raw_checksum(world)

    for nobody in ("nobody@nowhere.example", "+49 30 99999999999", "shop:99999999", "nobody'; --"):
        printed = forget(world, nobody, "--yes", expect=1)
        assert f'Nobody is known by "{nobody}". Nothing was changed.' in printed
    assert raw_checksum(world) == before


def test_a_telephone_of_two_people_tells_nobody(world: World) -> None:
    before = raw_checksum(world)

    assert "2 people are known by" in forget(world, SHARED, "--yes", expect=1)
    assert raw_checksum(world) == before


def test_without_a_yes_nothing_is_erased(world: World) -> None:
    before = raw_checksum(world)
    printed = forget(world, world.planted.email, expect=1)

    assert "would change" in printed
    assert raw_checksum(world) == before


def test_killed_in_the_middle_it_has_changed_nothing(world: World) -> None:
    before = raw_checksum(world)
    world.connection.execute(
        "create function killed() returns trigger language plpgsql as"
        " 'begin perform pg_terminate_backend(pg_backend_pid()); return null; end';"
        "create trigger killed after update on raw_stores.receipts"
        " for each statement execute function killed()"
    )
    forget(world, world.planted.email, "--yes", expect=1)
    world.connection.execute("drop function killed cascade")

    assert raw_checksum(world) == before


def test_they_are_erased_by_two_of_their_identifiers(world: World, sales: list[tuple]) -> None:
    planted = world.planted
    forget(world, planted.email, "marketplace:3", "--yes")

    assert "Nothing is found" in forget(world, "--check", planted.email, PHONE, USERNAME)
    assert in_tables(world, planted.texts) == set()
    assert on_disk(world, planted.texts) == set()
    assert world.rows(SALES) + world.rows(BRIDGE) == sales


@pytest.mark.long
def test_all_is_as_after_a_full_refresh(world: World) -> None:
    def facts() -> dict[str, tuple]:
        sums = world.checksums()
        return {name: sums[name] for name in sums if "dim_customer" in name}

    before = facts()
    owners = "select customer_key, count(*), sum(net_amount) from marts.fct_orders group by 1"
    sold = sorted(world.rows(owners))
    world.dbt("build", "--full-refresh", *NO_TESTS)

    assert facts() == before
    assert sorted(world.rows(owners)) == sold


def test_they_stay_out_when_the_sources_send_them_again(world: World, sales: list[tuple]) -> None:
    planted = world.planted
    for file in (world.folder / "demo" / "store_mail").rglob("*.eml"):
        file.write_bytes(file.read_bytes() + b"\n")  # another content, which is loaded again
    world.load("--full")
    world.dbt("build", "--full-refresh", *NO_TESTS)

    assert "Nothing is found" in forget(world, "--check", planted.email, PHONE, USERNAME)
    assert in_tables(world, planted.texts) == set()
    assert on_disk(world, planted.texts) == set()
    assert world.rows(SALES) + world.rows(BRIDGE) == sales
    assert world.rows(
        "select count(*) from raw_ingest.loads where rows_read <> rows_loaded + rows_quarantined"
    ) == [(0,)]


def test_forgotten_twice(world: World) -> None:
    assert "forgotten before" in forget(world, world.planted.email, "--yes", "--no-build")


@pytest.mark.long
def test_who_shares_a_telephone_keeps_it(world: World, sales: list[tuple]) -> None:
    forget(world, LEAVING, "--yes")
    world.load("--full", "shop")

    assert world.rows("select email, phone from raw_shop.customers where phone = %s", SHARED) == [
        (STAYING, SHARED)
    ]
    assert in_tables(world, [LEAVING]) == set()


@pytest.mark.long
def test_a_guest_is_forgotten(world: World, sales: list[tuple]) -> None:
    forget(world, GUEST, "--yes")
    world.load("--full", "shop")

    assert in_tables(world, [GUEST]) == set()
    assert world.rows(SALES) + world.rows(BRIDGE) == sales
