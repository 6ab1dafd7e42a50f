{% macro beginning_of_time() -%}
    {#- not -infinity, which Python's clients cannot represent -#}
    cast('0001-01-01 00:00:00+00' as timestamptz)
{%- endmacro %}
