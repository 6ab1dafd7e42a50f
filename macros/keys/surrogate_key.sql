{% macro surrogate_key(columns) -%}
    cast({{ dbt_utils.generate_surrogate_key(columns) }} as uuid)
{%- endmacro %}
