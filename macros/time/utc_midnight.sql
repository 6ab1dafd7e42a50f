{% macro utc_midnight(column) -%}
    cast({{ column }} as timestamp) at time zone 'UTC'
{%- endmacro %}
