{% macro validated_integer(name, value, minimum, maximum, raise_error) %}
    {%- if value is integer and minimum <= value <= maximum -%}
        {{ return(value) }}
    {%- endif -%}
    {{ return(raise_error(
        "The var '" ~ name ~ "' must be a whole number from " ~ minimum ~ " to " ~ maximum
        ~ "; found " ~ described_value(value) ~ ". Write it without quotes, for example: --vars '{"
        ~ name ~ ": " ~ ([minimum, 10, maximum] | sort)[1] ~ "}'"
    )) }}
{% endmacro %}
