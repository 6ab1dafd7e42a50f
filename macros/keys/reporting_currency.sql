{% macro reporting_currency() -%}
    'EUR'
{%- endmacro %}
