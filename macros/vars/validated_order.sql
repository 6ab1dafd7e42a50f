{% macro validated_order(low_name, low, high_name, high, raise_error) %}
    {%- if low is none or high is none or low <= high -%}
        {{ return([low, high]) }}
    {%- endif -%}
    {%- set quote = '"' if low is string else '' -%}
    {{ return(raise_error(
        "The var '" ~ low_name ~ "' must not be " ~ ('after' if low is string else 'above') ~ " '"
        ~ high_name ~ "'; found " ~ low ~ " and " ~ high ~ ". Swap them, for example: --vars '{"
        ~ low_name ~ ": " ~ quote ~ high ~ quote ~ ", "
        ~ high_name ~ ": " ~ quote ~ low ~ quote ~ "}'"
    )) }}
{% endmacro %}
