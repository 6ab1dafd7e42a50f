{% macro next_built_at(held) -%}
    greatest(now(), {{ built_until(held) }} + interval '1 microsecond')
{%- endmacro %}
