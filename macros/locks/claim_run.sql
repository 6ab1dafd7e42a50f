{% macro claim_run() %}
    {%- if is_claimed() -%}
        {%- set claims = claim_relation() -%}
        {%- do adapter.create_schema(claims.without_identifier()) -%}
        {%- do run_query(
            "select pg_advisory_xact_lock(hashtext('thinkthrift: dbt_runs'));"
            ~ ' create table if not exists ' ~ claims ~ ' ('
            ~ 'only_one boolean primary key default true check (only_one), run_id text not null,'
            ~ ' begun_by text not null default session_user,'
            ~ ' begun_at timestamptz not null default clock_timestamp())'
        ) -%}
        {%- set claim -%}
            insert into {{ claims }} (run_id) values ('{{ invocation_id }}') on conflict do nothing
        {%- endset -%}
        {%- if not run_query(claim ~ ' returning run_id').rows -%}
            {%- set holders = run_query(
                "select format('by %s, begun at %s', begun_by, to_char(begun_at, "
                ~ "'YYYY-MM-DD HH24:MI:SS TZ')) as run from " ~ claims
            ).rows -%}
            {%- do log(
                'Waiting for another run of dbt to end'
                ~ (', ' ~ holders[0].run if holders) ~ '.', info=true
            ) -%}
            {%- call statement('wait', auto_begin=false) -%}
                do $wait$
                declare
                    other text;
                    found_other text;
                    heard_at timestamptz := clock_timestamp();
                begin
                    loop
                        {{ claim }};
                        exit when found;
                        select run_id into found_other from {{ claims }};
                        if found_other is distinct from other then
                            heard_at := clock_timestamp();
                        -- each node of a living run has this lock; between two there is a moment
                        elsif not pg_try_advisory_lock({{ claim_key('found_other') }}) then
                            heard_at := clock_timestamp();
                        elsif clock_timestamp() < heard_at + interval '20 seconds' then
                            perform pg_advisory_unlock({{ claim_key('found_other') }});
                        else
                            -- it was killed. Should it begin a node nevertheless, that waits until
                            -- this connection is closed, and finds its claim gone
                            delete from {{ claims }} where run_id = found_other;
                        end if;
                        other := found_other;
                        perform pg_sleep(0.2);
                    end loop;
                end
                $wait$
            {%- endcall -%}
            {%- do refresh_relations_cache() -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
