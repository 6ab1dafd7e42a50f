{% macro get_incremental_touched_sql(arguments) -%}
    {%- set held, key = arguments.target_relation, arguments.unique_key -%}
    delete from {{ held }} where {{ is_touched(key) }};

    delete from {{ held }} where {{ key }} in (select {{ key }} from {{ arguments.temp_relation }});

    {{ get_insert_into_sql(held, arguments.temp_relation, arguments.dest_columns) }}
{%- endmacro %}
