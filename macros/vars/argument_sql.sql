{% macro argument_sql(name) %}
    {#- qualified, since columns can have the name of an argument -#}
    {{ return(this.identifier ~ '.' ~ name) }}
{% endmacro %}
