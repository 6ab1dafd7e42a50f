{% macro var_sql(name) %}
    {{ return(sql_cast(checked_var(name), var_type(var_rules()[name]))) }}
{% endmacro %}
