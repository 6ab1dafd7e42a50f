{% macro argument_sql(name) %}
    {#- qualified, since columns can have the name of an argument -#}
    {{ return(report_function().identifier ~ '.' ~ name) }}
{% endmacro %}
