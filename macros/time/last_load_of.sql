{% macro last_load_of(table) -%}
    select max(finished_at)
    from {{ graph.sources['source.' ~ project_name ~ '.ingest.loads'].relation_name }}
    where
        status = 'loaded'
        and source_name = '{{ table.source_name }}'
        and table_name = '{{ table.name }}'
{%- endmacro %}
