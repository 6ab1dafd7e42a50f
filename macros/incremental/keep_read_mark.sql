{% macro keep_read_mark(model_name, is_built) -%}
    {%- set marks = ref('int_read_marks') -%}
    {%- if is_built %}
    update {{ marks }} set
        transaction_id = next_transaction_id,
        fingerprint = next_fingerprint,
        built_at = (select max(held.built_at) from {{ this }} as held)
    where relation_name = '{{ model_name }}'
    {%- else %}
    {%- set fingerprint = upstream_fingerprint(model_name) if execute %}
    delete from {{ marks }}
    where
        relation_name = '{{ model_name }}'
        and system_identifier <> (
            select identified.system_identifier from pg_control_system() as identified
        );

    {#- whatever is written by this or a later transaction is not read yet -#}
    insert into {{ marks }} (
        relation_name, next_transaction_id, next_fingerprint, system_identifier
    )
    select
        '{{ model_name }}' as relation_name,
        cast(cast(pg_snapshot_xmin(pg_current_snapshot()) as text) as bigint)
            as next_transaction_id,
        '{{ fingerprint }}' as next_fingerprint,
        identified.system_identifier
    from pg_control_system() as identified
    on conflict (relation_name) do update
    set
        next_transaction_id = excluded.next_transaction_id,
        next_fingerprint = excluded.next_fingerprint
    {%- endif -%}
{%- endmacro %}
