{% macro validated_choice(name, value, choices, raise_error) %}
    {%- if value is string and value in choices -%}
        {{ return(value) }}
    {%- endif -%}
    {%- set nearest = nearest_name(value, choices) if value and value is string else choices[0] -%}
    {{ return(raise_error(
        "The var '" ~ name ~ "' must be " ~ described_rule({'kind': 'choice', 'choices': choices}) ~ "; found "
        ~ described_value(value) ~ ". Did you mean '" ~ nearest ~ "'? Write, for example: --vars '{"
        ~ name ~ ": " ~ nearest ~ "}'"
    )) }}
{% endmacro %}
