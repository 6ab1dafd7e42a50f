"""What neither an analyst nor a dashboard may do, by name; a superuser may do each of it.

{own} stands for a schema in which the one who tries can make tables.
"""

READING = {
    "raw table": "select * from raw_marketplace.users",
    "quarantine": "select payload from raw_ingest.quarantine",
    "loads": "select * from raw_ingest.loads",
    "staging": "select * from staging.stg_shop__customers",
    "intermediate": "select * from intermediate.int_customers_unified",
    "snapshot": "select * from snapshots.snap_shop__customers",
    "test failures": "select * from test_failures.kept",
    "seed": "select * from seeds.customer_match_overrides",
    "another analyst's results": "select * from bob_search.search_results",
}

NAMING = {
    "all columns": "select * from personal.dim_customer_contacts",
    "table": "table personal.dim_customer_contacts",
    "one column": "select email from personal.dim_customer_contacts",
    "of a version": "select full_name from personal.dim_customer_contact_versions",
    "count": "select count(*) from personal.dim_customer_contacts where email like 'a%'",
    "join": "select city from marts.dim_customers natural join personal.dim_customer_contacts",
    "plan": "explain select 1 from personal.dim_customer_contacts where email = 'a@example.com'",
    "row as text": "select people::text from personal.dim_customer_contacts as people",
    "copy of the table": "copy personal.dim_customer_contacts to stdout",
    "copy of a query": "copy (select email from personal.dim_customer_contacts) to stdout",
    "view": "create view {own}.seen as select email from personal.dim_customer_contacts;"
    " select * from {own}.seen",
    "view given away": "create view {own}.seen as select email from personal.dim_customer_contacts;"
    " alter view {own}.seen owner to thinkthrift_transformer",
    "materialized view": "create materialized view {own}.seen as"
    " table personal.dim_customer_contacts",
    "prepared": "prepare taken as select email from personal.dim_customer_contacts; execute taken",
    "cursor": "declare taken cursor for select email from personal.dim_customer_contacts",
    "statistics": "select * from pg_statistic",
    "grant": "grant select on personal.dim_customer_contacts to current_user;"
    " select email from personal.dim_customer_contacts",
    "words of a search": "select * from search.search_listings("
    "(select max(people::text) from personal.dim_customer_contacts as people))",
    "keys of hashes": "select * from secrets.hash_keys",
}

WRITING = {
    "insert": "insert into marts.dim_channels select * from marts.dim_channels where false",
    "update": "update marts.dim_channels set channel_name = 'x'",
    "delete": "delete from marts.dim_channels",
    "truncate": "truncate marts.rpt_top_products",
    "drop": "drop table marts.dim_channels cascade",
    "take over": "alter table marts.dim_channels owner to current_user",
    "index": "create index on marts.dim_channels (channel_name)",
    "rule": "create rule gone as on insert to marts.dim_channels do nothing",
    "comment": "comment on table marts.dim_channels is 'mine'",
    "exclusive lock": "lock table marts.dim_channels in access exclusive mode",
    "row lock": "select channel from marts.dim_channels for update",
    "write to the index": "delete from search.search_documents",
    "truncate the index": "truncate search.search_vocabulary",
    "write to raw": "delete from raw_ingest.quarantine",
    "table in marts": "create table marts.mine (one integer)",
    "table in search": "create table search.mine (one integer)",
    "table in public": "create table public.mine (one integer)",
    "view in marts": "create view marts.mine as select 1 as one",
    "schema": "create schema mine",
}

CODE = {
    "sql function": "create function {own}.one() returns integer language sql as 'select 1'",
    "plpgsql function": "create function {own}.one() returns integer language plpgsql"
    " as 'begin return 1; end'",
    "function with a body": "create function {own}.one() returns integer return 1",
    "procedure": "create procedure {own}.nothing() language plpgsql as 'begin end'",
    "temporary function": "create function pg_temp.one() returns integer language sql"
    " as 'select 1'",
    "internal function": "create function pg_temp.one(text) returns text language internal"
    " as 'upper'",
    "do block": "do 'begin end'",
}

ESCAPING = {
    "role of the transformer": "set role thinkthrift_transformer",
    "role of the loader": "set role thinkthrift_loader",
    "session of a superuser": "set session authorization thinkthrift",
    "membership": "grant thinkthrift_transformer to current_user",
    "attribute": "alter role bob createdb",
    "password of another": "alter role bob password 'guessed'",
    "role": "create role mallory login",
    "default privileges": "alter default privileges for role thinkthrift_transformer"
    " grant select on tables to public",
    "schema of another": "grant usage on schema staging to current_user;"
    " select * from staging.stg_shop__customers",
    "file": "select pg_read_file('PG_VERSION')",
    "folder": "select pg_ls_dir('.')",
    "file as a large object": "select lo_import('/etc/hostname')",
    "copy from a file": "create temporary table lines (line text); copy lines from '/etc/hostname'",
    "copy from a program": "create temporary table lines (line text); copy lines from program 'id'",
    "copy to a program": "copy (select 1) to program 'cat'",
    "settings of others": "alter role thinkthrift_transformer set search_path to public",
}

ATTEMPTS = {
    f"{kind}: {name}": statement
    for kind, statements in {
        "reading": READING,
        "naming": NAMING,
        "writing": WRITING,
        "code": CODE,
        "escaping": ESCAPING,
    }.items()
    for name, statement in statements.items()
}

# what analysts and dashboards may
SEARCHING = {
    "index": "select * from search.search_documents",
    "function": "select * from search.search_listings('denim')",
    "facets": "select * from search.search_listing_facets('denim')",
    "summary": "select * from search.search_listing_summary('denim')",
    "synonyms": "select * from seeds.search_synonyms",
}
