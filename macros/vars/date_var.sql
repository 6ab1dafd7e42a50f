{% macro date_var(name, default=none) %}
    {{ return(validated_date(name, given_var(name, default), exceptions.raise_compiler_error)) }}
{% endmacro %}
