{% macro end_of_time() -%}
    cast('9999-12-31 00:00:00+00' as timestamptz)
{%- endmacro %}
