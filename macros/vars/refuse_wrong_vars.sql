{% macro refuse_wrong_vars() %}
    {#- called from on-run-start, which dbt renders while parsing: before anything can run -#}
    {%- do validated_var_names(
        invocation_args_dict.get('vars') or {}, known_vars(), exceptions.raise_compiler_error
    ) -%}
    {%- do date_var('join_date') -%}
    {%- do reporting_period() -%}
    {%- do integer_var('top_n') -%}
    {%- do integer_var('lock_timeout') -%}
    {%- do integer_var('lock_patience') -%}
    {%- do search_vars() -%}
{% endmacro %}
