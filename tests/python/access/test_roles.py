"""Who may do what: each attempt is refused to those without the right, and works for others."""

import copy
import hashlib
import json
import re
import uuid

import psycopg
import pytest
from access.attempts import ATTEMPTS, SEARCHING
from access.people import PASSWORD, acting
from psycopg.conninfo import make_conninfo

from warehouse.errors import UsageError
from warehouse.roles import Group, add_member

READERS = {"alice": "alice_search", "dashboard": "pg_temp"}
SCHEMAS = ("marts", "search")
# names of columns that may hold what tells who somebody is
PERSONAL = re.compile(
    r"(^|_)(e?mail|phone|telephone|mobile|street|address|postcode|zip|postal|(first|last|full|user)_?name"
    r"|surname|login|birth\w*|loyalty_number|iban|customer_record_id)(_|$)"
)
# such columns that hold no personal data, and why
EXCEPTIONS = {
    "fct_ticket_sales.customer_record_id": "number of the order of tickets",
    "rpt_store_sales_disagreements.mail_sku": "of the line that the order's mail tells",
    "rpt_store_sales_disagreements.mail_quantity": "of the line that the order's mail tells",
    "rpt_store_sales_disagreements.mail_unit_price": "of the line that the order's mail tells",
    "rpt_store_sales_disagreements.mail_discount_amount": "of the line that the order's mail tells",
}
ADDRESS_OR_NUMBER = r"[^@[:space:]]@[[:alnum:]-]+\.[[:alpha:]]|(^|[^[:alnum:]])\+[0-9]{9,}"


def attempt(connection: psycopg.Connection, statement: str) -> None:
    """Run a statement and take what it gives."""
    if statement.endswith("to stdout"):
        with connection.cursor().copy(statement) as rows:
            list(rows)
    else:
        connection.execute(statement)


def refusal(connection: psycopg.Connection, statement: str) -> str | None:
    """Return the SQLSTATE with which a statement ends, or none if it works."""
    try:
        attempt(connection, statement)
    except psycopg.Error as error:
        return error.sqlstate
    finally:
        connection.rollback()
    return None


@pytest.fixture(scope="session")
def columns(world) -> list[tuple[str, str, str]]:
    """Schema, relation and column of all marts and of the search, as they are in the catalog."""
    return world.rows(
        "select relnamespace::regnamespace::text, relname, attname from pg_attribute"
        " inner join pg_class on pg_class.oid = attrelid"
        " where relnamespace::regnamespace::text = any (%s) and relkind in ('r', 'v', 'm', 'p')"
        " and attnum > 0 and not attisdropped order by 1, 2, attnum",
        list(SCHEMAS),
    )


@pytest.fixture(scope="session")
def personal(world) -> set[tuple[str, str, str]]:
    """The columns that the models' YAML declares to hold personal data."""
    manifest = json.loads((world.folder / "target" / "manifest.json").read_text())
    return {
        (node["schema"], node["alias"], name)
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        for name, column in node["columns"].items()
        if column["config"]["meta"].get("contains_personal_data")
    }


@pytest.mark.parametrize("user", READERS)
@pytest.mark.parametrize("name", ATTEMPTS)
def test_an_attempt_is_refused(connect, user: str, name: str) -> None:
    statement = ATTEMPTS[name].format(own=READERS[user])

    assert refusal(connect(user), statement) == "42501"


@pytest.mark.parametrize("name", ATTEMPTS)
def test_a_superuser_may_do_what_is_refused(connect, name: str) -> None:
    """Otherwise the refusals above would show nothing."""
    attempt(connect("superuser"), ATTEMPTS[name].format(own="alice_search"))


@pytest.mark.parametrize("name", SEARCHING)
def test_analysts_and_dashboards_may_search(connect, name: str) -> None:
    assert refusal(connect("alice"), SEARCHING[name]) is None
    assert refusal(connect("dashboard"), SEARCHING[name]) is None


@pytest.mark.parametrize("user", READERS)
def test_all_of_marts_and_search_is_readable(connect, columns, user) -> None:
    for relation in sorted({f"{schema}.{name}" for schema, name, _ in columns}):
        connect(user).execute(f"select * from {relation} limit 1")

    assert len(columns) > 500


def test_names_and_addresses_are_for_a_group_of_their_own(connect, personal) -> None:
    held = {relation for schema, relation, _ in personal if schema == "personal"}

    assert {"dim_customer_contacts", "dim_customer_contact_versions"} == held
    for relation in held:
        statement = f"select * from personal.{relation}"
        assert connect("carol").execute(statement).fetchone()
        assert refusal(connect("alice"), statement) == "42501"
    # with this group alone nothing else is readable
    assert refusal(connect("carol"), "select * from marts.dim_customers") == "42501"


def test_personal_columns_are_declared_in_their_place_alone(columns, personal) -> None:
    """By their declaration and their name; by what they hold see the next two."""
    named = {f"{one[1]}.{one[2]}" for one in columns if PERSONAL.search(one[2])}

    assert {schema for schema, _, _ in personal}.isdisjoint(SCHEMAS)
    assert named <= EXCEPTIONS.keys(), (
        "Move the column to a model of models/marts/personal, or give the reason for an exception:"
        f" {sorted(named - EXCEPTIONS.keys())}"
    )
    assert EXCEPTIONS.keys() <= named


def test_no_readable_column_holds_an_address_or_a_number(world, columns) -> None:
    """Whatever it is named; searches' texts and documents included."""

    def holds(column: tuple[str, str, str]) -> bool:
        schema, relation, name = column
        query = f'select exists (select from {schema}.{relation} where "{name}"::text ~ %s)'
        return world.rows(query, ADDRESS_OR_NUMBER)[0][0]

    assert holds(("personal", "dim_customer_contacts", "email"))
    assert holds(("personal", "dim_customer_contacts", "phone"))
    assert not [column for column in columns if holds(column)]


def test_keys_of_people_say_nothing(world) -> None:
    """Who knows an address cannot tell whose key is whose; who has the keys of the hash can."""
    known = world.rows("select email, customer_key from personal.dim_customer_contacts")
    keys = {str(key) for _, key in known}
    inner, outer = world.rows("select inner_key, outer_key from secrets.hash_keys")[0]

    def keyed(identity: str) -> str:
        inside = hashlib.sha256(inner + identity.encode()).digest()
        return str(uuid.UUID(bytes=hashlib.sha256(outer + inside).digest()[:16]))

    identities = [f"email:{email}" for email, _ in known if email]
    assert len(keys & set(map(keyed, identities))) > 20
    for function in (hashlib.md5, hashlib.sha1, hashlib.sha256):
        for text in (*identities, *(email for email, _ in known if email)):
            assert str(uuid.UUID(bytes=function(text.encode()).digest()[:16])) not in keys


@pytest.mark.parametrize(
    "words",
    [
        "'; select email from personal.dim_customer_contacts --",
        "' union select email from personal.dim_customer_contacts --",
        "$$; select email from personal.dim_customer_contacts; $$",
        "$function$; select email from personal.dim_customer_contacts; $function$",
        "{{ run_query('select email from personal.dim_customer_contacts') }}",
        "denim' <-> (select max(email) from personal.dim_customer_contacts)",
    ],
)
def test_hostile_words_find_nothing(connect, words: str) -> None:
    search = "select * from search.search_listings(%s, search_mode => 'all')"

    assert connect("alice").execute(search, [words]).fetchall() == []
    assert connect("alice").execute(search, ["denim"]).fetchall()


def test_the_loader_writes_to_raw_and_reads_nothing_else(world, connect) -> None:
    statuses = world.rows("select distinct loaded_by, status from raw_ingest.loads")

    assert ("feeder", "loaded") in statuses
    assert owners(world, "^raw_") == [("thinkthrift_loader",)]
    assert refusal(connect("feeder"), "create schema raw_new; create table raw_new.x ()") is None
    for statement in (
        "select * from marts.dim_stores",
        "select * from staging.stg_shop__orders",
        "select * from search.search_documents",
        "create table marts.mine ()",
        "create function pg_temp.one() returns integer language sql as 'select 1'",
        "set role thinkthrift_transformer",
    ):
        assert refusal(connect("feeder"), statement) == "42501", statement


def test_the_transformer_reads_raw_tables_and_writes_none(world, connect) -> None:
    assert owners(world, "^(marts|staging|search|snapshots)$") == [("thinkthrift_transformer",)]
    assert refusal(connect("builder"), "select * from raw_shop.orders") is None
    for statement in (
        "delete from raw_shop.orders",
        "create table raw_shop.mine ()",
        "drop table raw_ingest.quarantine",
        "set role thinkthrift_loader",
        "select pg_read_file('PG_VERSION')",
    ):
        assert refusal(connect("builder"), statement) == "42501", statement


def test_the_transformer_reads_raw_tables_that_come_later(connect) -> None:
    loader = connect("feeder")
    loader.execute("create schema raw_later; create table raw_later.items as select 1 as one")
    loader.commit()

    assert refusal(connect("builder"), "select one from raw_later.items") is None
    assert refusal(connect("alice"), "select one from raw_later.items") == "42501"
    loader.execute("drop schema raw_later cascade")
    loader.commit()


@pytest.mark.long
def test_who_may_forget_a_person(world, connect) -> None:
    """A member of both groups whose work is on raw tables and on what is built of them."""
    [(email,)] = world.rows(
        "select lower(email) from raw_shop.customers as customers"
        " where email ~ '^[a-z0-9.]+@[a-z.]+$'"
        # of nobody whose values other tests look for
        " and customers::text !~* 'zq|839' order by customer_id desc limit 1"
    )
    printed = acting(world, "feeder").run("ingest", "forget", email, "--yes", expect=1)
    assert "a member of thinkthrift_loader and thinkthrift_transformer" in printed
    add_member(world.connection, Group.loader, "eraser", PASSWORD)
    add_member(world.connection, Group.transformer, "eraser", None)

    built = "^(raw_.*|staging|intermediate|marts|personal|search|snapshots)$"
    before = sorted(owners(world, built))
    printed = acting(world, "eraser").run("ingest", "forget", email, "--yes")

    assert "Nothing is found" in printed
    assert "Run as a superuser: vacuum full pg_catalog.pg_statistic" in printed
    assert sorted(owners(world, built)) == before
    assert owners(world, "^forgotten$") == [("thinkthrift_loader",)]
    for name in ("builder", "alice", "dashboard", "carol"):
        for table in ("hash_key", "identifiers"):
            assert refusal(connect(name), f"select * from forgotten.{table}") == "42501"


def test_a_stranger_cannot_connect(world, connect) -> None:
    world.connection.execute(f"create role stranger login password '{PASSWORD}'")
    try:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            connect("stranger")
    finally:
        world.connection.execute("drop role stranger")


def test_an_analyst_searches_with_plain_dbt_and_the_quick_way(world, connect) -> None:
    alice = acting(world, "alice", DBT_TARGET="analyst")
    before = relations(world)

    alice.dbt(
        "run", "--select", "search_results", "search_facets", "search_summary",
        "--vars", "{search_terms: denim, search_limit: 5}",
    )  # fmt: skip
    printed = alice.run("apps.search", "--json", "denim", "limit=5", "name=quick")

    found = [
        world.rows(f"select product_id from {source} order by search_rank")
        for source in (
            "alice_search.search_results",
            "alice_search.search_results__quick",
            "search.search_listings('denim', result_limit => 5)",
        )
    ]
    assert len(found[0]) == 5
    assert found[0] == found[1] == found[2]
    assert json.loads(printed)["summary"]["found_count"] > 0
    assert relations(world) - before == {
        ("alice_search", name)
        for name in (
            "search_results", "search_facets", "search_summary",
            "search_results__quick", "search_summary__quick", "searches",
        )
    }  # fmt: skip
    assert refusal(connect("bob"), "select * from alice_search.search_results") == "42501"
    assert refusal(connect("dashboard"), "select * from alice_search.search_results") == "42501"
    assert refusal(connect("alice"), "select * from alice_search.search_results") is None


def owners(world, schemas: str) -> list[tuple[str]]:
    """Return who owns tables and views in the schemas of which a pattern holds."""
    return world.rows(
        "select distinct relowner::regrole::text from pg_class"
        " where relnamespace::regnamespace::text ~ %s and relkind in ('r', 'p', 'v')",
        schemas,
    )


def relations(world) -> set[tuple[str, str]]:
    """Return schema and name of all relations."""
    return set(
        world.rows(
            "select relnamespace::regnamespace::text, relname from pg_class"
            " where relkind in ('r', 'v', 'p', 'm')"
        )
    )


def test_setting_up_twice_changes_nothing(world) -> None:
    before = catalog(world)
    world.run("ingest", "roles")
    world.run("ingest", "roles", "analyst", "alice")

    assert catalog(world) == before
    assert len(before["pg_class"]) > 100


def catalog(world) -> dict[str, list]:
    """Return who owns what and who may do what, of all kinds of objects."""
    rights = "array(select acl::text from unnest({}) as acl order by 1)"
    queries = {
        "pg_roles": "select rolname, rolsuper, rolcanlogin, rolinherit, rolcreaterole, rolcreatedb"
        " from pg_roles",
        "pg_authid": "select rolname, rolpassword from pg_authid",
        "pg_auth_members": "select roleid::regrole::text, member::regrole::text, admin_option"
        " from pg_auth_members",
        "pg_db_role_setting": "select setrole::regrole::text, setconfig from pg_db_role_setting",
        "pg_database": f"select datname, {rights.format('datacl')} from pg_database",
        "pg_language": f"select lanname, {rights.format('lanacl')} from pg_language",
        "pg_namespace": f"select nspname, nspowner, {rights.format('nspacl')} from pg_namespace"
        " where nspname !~ '^pg_t'",
        "pg_class": f"select oid::regclass::text, relowner, {rights.format('relacl')} from pg_class"
        " where relnamespace::regnamespace::text !~ '^pg_'",
        "pg_attribute": f"select attrelid::regclass::text, attname, {rights.format('attacl')}"
        " from pg_attribute where attacl is not null",
        "pg_proc": f"select oid::regprocedure::text, proowner, {rights.format('proacl')}"
        " from pg_proc where proowner > 16383",
        "pg_default_acl": "select defaclrole, defaclnamespace, defaclobjtype,"
        f" {rights.format('defaclacl')} from pg_default_acl",
    }
    return {name: sorted(world.rows(query), key=str) for name, query in queries.items()}


def test_who_is_no_superuser_is_told_what_is_needed(world) -> None:
    for arguments in ((), ("analyst", "bob")):
        said = acting(world, "alice").run("ingest", "roles", *arguments, expect=1)
        assert '"alice" may not set up roles: that needs a superuser' in said


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("ghost", 'There is no role "ghost"'),
        ("thinkthrift", '"thinkthrift" is a superuser'),
        ("raw_reader", "nor begins with"),
        ('a"; drop schema marts cascade; --', "no double quote"),
        ("x" * 57, "at most 56"),
    ],
)
def test_a_name_that_cannot_be_an_analysts_is_refused(world, name: str, says: str) -> None:
    before = catalog(world)

    with pytest.raises(UsageError, match=says):
        add_member(world.connection, Group.analyst, name, "" if name == "ghost" else PASSWORD)
    assert catalog(world) == before


def test_a_missing_role_is_told_in_a_sentence(world) -> None:
    said = world.run("ingest", "roles", "analyst", "ghost", expect=2)

    assert 'There is no role "ghost". Create it: create role "ghost" login' in said


def test_a_role_can_be_made_with_a_password_of_the_environment(world, connect) -> None:
    made = copy.copy(world)
    made.environment = {**world.environment, "ROLE_PASSWORD": PASSWORD}
    made.run("ingest", "roles", "bi", "reports")

    assert refusal(connect("reports"), "select * from marts.dim_stores") is None


def test_readers_have_limits_and_keep_those_of_their_own(world) -> None:
    def limits(name: str) -> list[tuple]:
        user = {"user": name, "password": PASSWORD}
        with psycopg.connect(make_conninfo(world.conninfo(), **user)) as connection:
            return connection.execute(
                "select current_setting('idle_in_transaction_session_timeout'),"
                " current_setting('statement_timeout')"
            ).fetchall()

    assert limits("alice") == limits("dashboard") == [("1min", "10min")]
    assert limits("builder") == [("0", "0")]
    world.connection.execute("alter role bob set statement_timeout = '2h'")
    world.connection.execute("alter role bob in database thinkthrift reset statement_timeout")
    add_member(world.connection, Group.analyst, "bob", None)
    assert limits("bob") == [("1min", "2h")]


def test_a_name_is_quoted(world) -> None:
    add_member(world.connection, Group.analyst, "Mary O'Hara; --", PASSWORD)

    assert world.rows(
        "select nspowner::regrole::text from pg_namespace where nspname = %s",
        "Mary O'Hara; --_search",
    ) == [('"Mary O\'Hara; --"',)]


def test_members_connect_to_the_warehouse_only(world, connect) -> None:
    elsewhere = make_conninfo(world.conninfo(), dbname="postgres", user="alice", password=PASSWORD)
    psycopg.connect(elsewhere).close()

    assert "postgres" in world.run("ingest", "roles")
    assert "can connect" not in world.run("ingest", "roles", "--close-others")

    others = world.rows("select datname from pg_database where datname <> 'thinkthrift'")
    for name in {"alice", "dashboard", "feeder", "builder"}:
        for (database,) in others:
            refused = make_conninfo(world.conninfo(), dbname=database, user=name, password=PASSWORD)
            with pytest.raises(
                psycopg.OperationalError, match=r"ermission|not currently accepting"
            ):
                psycopg.connect(refused)
        assert connect(name).execute("select current_database()").fetchone() == ("thinkthrift",)
