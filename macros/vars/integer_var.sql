{% macro integer_var(name, default=none, minimum=1, maximum=1000000) %}
    {{ return(validated_integer(
        name, given_var(name, default), minimum, maximum, exceptions.raise_compiler_error
    )) }}
{% endmacro %}
