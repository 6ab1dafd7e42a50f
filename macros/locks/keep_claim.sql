{% macro keep_claim() %}
    {%- if is_claimed() -%}
        set lock_timeout = '{{ checked_var('lock_patience') }}s';
        -- until the node's connection is closed
        select pg_advisory_lock_shared({{ claim_key(sql_text(invocation_id)) }});
        do $claim$
        begin
            if not exists (
                select from {{ claim_relation() }} where run_id = '{{ invocation_id }}'
            ) then
                raise exception 'Another run of dbt has begun, as nothing was heard of this one.'
                    using hint = 'Run it again.';
            end if;
        end
        $claim$
    {%- endif -%}
{% endmacro %}
