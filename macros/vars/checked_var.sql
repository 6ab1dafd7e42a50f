{% macro checked_var(name) %}
    {{ return(validated_var(
        name, var_rules()[name], given_var(name), exceptions.raise_compiler_error
    )) }}
{% endmacro %}
