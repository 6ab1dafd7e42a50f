{% macro date_var(name, default=none) %}
    {{ return(validated_date(name, var(name, default), exceptions.raise_compiler_error)) }}
{% endmacro %}
