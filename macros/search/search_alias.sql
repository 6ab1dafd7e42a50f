{% macro search_alias(model_name) %}
    {#- dbt takes an alias while it parses; the quick way, which does not parse, sets it itself -#}
    {%- set search_name = checked_var('search_name') -%}
    {{ return(model_name ~ '__' ~ search_name if search_name else model_name) }}
{% endmacro %}
