{% macro checked_search() %}
    {{ return(checked_vars(search_var_rules())) }}
{% endmacro %}
