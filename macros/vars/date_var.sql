{% macro date_var(name) %}
    {{ return(validated_date(name, given_var(name), exceptions.raise_compiler_error)) }}
{% endmacro %}
