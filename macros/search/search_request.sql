{% macro search_request() %}
    {{ return(search_request_sql(checked_vars(search_var_rules()))) }}
{% endmacro %}
