{% macro unknown_member_key() -%}
    {{ surrogate_key(["'unknown'"]) }}
{%- endmacro %}
