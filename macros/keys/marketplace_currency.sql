{% macro marketplace_currency() -%}
    'EUR'
{%- endmacro %}
