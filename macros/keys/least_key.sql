{% macro least_key(column) -%}
    cast(min(cast({{ column }} as text)) as uuid)
{%- endmacro %}
