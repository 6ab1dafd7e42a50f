{% macro as_of_join(fact, happened_at, version, key) -%}
    {{ fact }}.{{ key }} = {{ version }}.{{ key }}
    and {{ fact }}.{{ happened_at }} >= {{ version }}.valid_from
    and {{ fact }}.{{ happened_at }} < {{ version }}.valid_to
{%- endmacro %}
