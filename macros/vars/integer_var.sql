{% macro integer_var(name) %}
    {{ return(validated_integer(
        name, given_var(name), 1, 1000000, exceptions.raise_compiler_error
    )) }}
{% endmacro %}
