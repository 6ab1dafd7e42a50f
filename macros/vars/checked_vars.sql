{% macro checked_vars(names) %}
    {%- set given = {} -%}
    {%- for name in names -%}
        {%- do given.update({name: given_var(name)}) -%}
    {%- endfor -%}
    {{ return(validated_vars(given, exceptions.raise_compiler_error)) }}
{% endmacro %}
