{% macro checked_var(name) %}
    {%- if name not in var_rules() -%}
        {{ exceptions.raise_compiler_error(
            "The var '" ~ name ~ "' has no rule. Add one to macros/vars/var_rules.sql, and its"
            ~ " default to dbt_project.yml: see docs/reports.md."
        ) }}
    {%- endif -%}
    {{ return(validated_var(
        name, var_rules()[name], given_var(name), exceptions.raise_compiler_error
    )) }}
{% endmacro %}
