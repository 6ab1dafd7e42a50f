{% macro lookup_text(column) -%}
    lower(regexp_replace({{ column }}, '[[:space:]]+', ' ', 'g'))
{%- endmacro %}
