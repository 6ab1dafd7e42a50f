{% macro built_until(held) -%}
    (select coalesce(max(held.built_at), '-infinity') from {{ held }} as held)
{%- endmacro %}
