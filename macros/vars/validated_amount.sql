{% macro validated_amount(name, value, raise_error) %}
    {#- YAML knows .nan and .inf, which no comparison lets through -#}
    {%- set low, high = var_bounds({'kind': 'amount'}) -%}
    {%- if value is number and value is not boolean and low <= value <= high -%}
        {{ return(value) }}
    {%- endif -%}
    {{ return(raise_error(
        "The var '" ~ name ~ "' must be " ~ described_rule({'kind': 'amount'}) ~ "; found "
        ~ described_value(value) ~ ". Write a plain number without quotes or a currency,"
        ~ " for example: --vars '{" ~ name ~ ": 59.90}'"
    )) }}
{% endmacro %}
