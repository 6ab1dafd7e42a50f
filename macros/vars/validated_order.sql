{% macro validated_order(low_name, low, high_name, high, raise_error) %}
    {%- if low is none or high is none or low <= high -%}
        {{ return([low, high]) }}
    {%- endif -%}
    {{ return(raise_error(
        "The var '" ~ low_name ~ "' must not be above '" ~ high_name ~ "'; found " ~ low ~ " and "
        ~ high ~ ". Swap them, for example: --vars '{" ~ low_name ~ ": " ~ high ~ ", "
        ~ high_name ~ ": " ~ low ~ "}'"
    )) }}
{% endmacro %}
