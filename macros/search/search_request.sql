{% macro search_request() %}
    {{ return(search_request_sql(search_vars())) }}
{% endmacro %}
