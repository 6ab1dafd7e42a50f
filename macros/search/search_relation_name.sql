{% macro search_relation_name(model_name, search_name) %}
    {#- a wrong name is refused by search_vars() before anything is built -#}
    {%- set pattern = '[a-z][a-z0-9_]{0,30}' -%}
    {%- set is_name = search_name is string and modules.re.fullmatch(pattern, search_name) -%}
    {{ return(model_name ~ '__' ~ search_name if is_name else model_name) }}
{% endmacro %}
