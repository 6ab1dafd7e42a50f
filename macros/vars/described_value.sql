{% macro described_value(value) %}
    {%- if value is none or value == '' -%}
        {{ return('nothing') }}
    {%- elif value is boolean -%}
        {{ return('the truth value ' ~ value | string | lower) }}
    {%- elif value is string -%}
        {{ return('the text "' ~ printable_text(value) ~ '"') }}
    {%- elif value is number -%}
        {{ return('the number ' ~ printable_text(value | string)) }}
    {%- elif value is mapping -%}
        {{ return('a mapping') }}
    {%- elif value.isoformat is defined -%}
        {{ return('the date or time ' ~ value.isoformat()) }}
    {%- elif value.decode is defined -%}
        {{ return('binary data') }}
    {%- endif -%}
    {{ return('a list') }}
{% endmacro %}
