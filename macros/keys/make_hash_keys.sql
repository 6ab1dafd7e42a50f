{% macro make_hash_keys() %}
    {#- an analyst builds nothing that is keyed, and may not see what it is keyed with -#}
    {%- if execute and target.name != 'analyst' -%}
        {%- set found = run_query('select to_regclass(' ~ sql_text(hash_keys()) ~ ')') -%}
        {%- if found.rows[0][0] is none -%}
            {%- set random = 'uuid_send(gen_random_uuid())' -%}
            {%- set random_key = 'sha256(' ~ [random, random, random] | join(' || ') ~ ')' -%}
            {#- of two runs at once the second waits, and keeps what the first made -#}
            select pg_advisory_xact_lock(hashtext('thinkthrift: hash keys'));
            create schema if not exists secrets;
            create table if not exists {{ hash_keys() }} (
                is_only boolean primary key default true check (is_only),
                inner_key bytea not null check (length(inner_key) = 32),
                outer_key bytea not null check (length(outer_key) = 32),
                made_at timestamptz not null default now()
            );
            insert into {{ hash_keys() }} (inner_key, outer_key)
            values ({{ random_key }}, {{ random_key }})
            on conflict do nothing
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
