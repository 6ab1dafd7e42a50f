{% macro validated_period(start_date, end_date, raise_error) %}
    {%- if start_date <= end_date -%}
        {{ return({'start_date': start_date, 'end_date': end_date}) }}
    {%- endif -%}
    {{ return(raise_error(
        "The var 'start_date' must not be after 'end_date'; found start_date " ~ start_date
        ~ " and end_date " ~ end_date ~ ". Both days are included. Write, for example:"
        ~ " --vars '{" ~ 'start_date: "' ~ end_date ~ '", end_date: "' ~ start_date ~ '"' ~ "}'"
    )) }}
{% endmacro %}
