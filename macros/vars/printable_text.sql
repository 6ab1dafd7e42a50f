{% macro printable_text(text) %}
    {#- messages go to terminals: cut short, and without what steers them or turns the writing -#}
    {%- set shown = text if text | length <= 60 else text[:60] ~ '…' -%}
    {%- set steering = '[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2066-\\u2069'
        ~ '\\ufeff\\ud800-\\udfff]' -%}
    {{ return(modules.re.sub(steering, '\ufffd', shown)) }}
{% endmacro %}
