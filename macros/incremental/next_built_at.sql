{% macro next_built_at(lines, withdrawn) -%}
    greatest(
        now(),
        {{ built_until(lines) }} + interval '1 microsecond',
        {{ built_until(withdrawn) }} + interval '1 microsecond'
    )
{%- endmacro %}
