{% macro refuse_wrong_vars() %}
    {#- called from on-run-start, which dbt renders while parsing: before anything can run -#}
    {%- do validated_var_names(
        invocation_args_dict.get('vars') or {}, var_rules() | list, exceptions.raise_compiler_error
    ) -%}
    {%- do checked_vars(var_rules()) -%}
    {%- do warn_of_unread_vars() -%}
{% endmacro %}
