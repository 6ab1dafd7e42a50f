{% macro search_vars() %}
    {%- set given = {} -%}
    {%- for name in search_var_rules() -%}
        {%- do given.update({name: given_var(name)}) -%}
    {%- endfor -%}
    {{ return(validated_search_vars(given, exceptions.raise_compiler_error)) }}
{% endmacro %}
