{% macro search_vars() %}
    {%- set given = {} -%}
    {%- for name in search_var_rules() -%}
        {%- do given.update({name: var(name, none)}) -%}
    {%- endfor -%}
    {{ return(validated_search_vars(given, exceptions.raise_compiler_error)) }}
{% endmacro %}
