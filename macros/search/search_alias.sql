{% macro search_alias(model_name) %}
    {#- dbt takes an alias while it parses; the quick way, which does not parse, sets it itself -#}
    {%- set search_name = validated_search_var(
        'search_name', given_var('search_name'), exceptions.raise_compiler_error
    ) -%}
    {{ return(model_name ~ '__' ~ search_name if search_name else model_name) }}
{% endmacro %}
