{% macro validated_amount(name, value, raise_error) %}
    {#- YAML knows .nan and .inf, which no comparison lets through -#}
    {%- if value is number and value is not boolean and 0 <= value <= 1000000000 -%}
        {{ return(value) }}
    {%- endif -%}
    {{ return(raise_error(
        "The var '" ~ name ~ "' must be an amount from 0 to 1000000000; found "
        ~ described_value(value) ~ ". Write a plain number without quotes or a currency,"
        ~ " for example: --vars '{" ~ name ~ ": 59.90}'"
    )) }}
{% endmacro %}
