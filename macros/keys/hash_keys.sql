{% macro hash_keys() -%}
    secrets.hash_keys
{%- endmacro %}
