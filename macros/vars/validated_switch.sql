{% macro validated_switch(name, value, raise_error) %}
    {%- if value is boolean -%}
        {{ return(value) }}
    {%- endif -%}
    {{ return(raise_error(
        "The var '" ~ name ~ "' must be " ~ described_rule({'kind': 'switch'}) ~ "; found "
        ~ described_value(value) ~ ". Write it without quotes, for example: --vars '{" ~ name
        ~ ": false}'"
    )) }}
{% endmacro %}
