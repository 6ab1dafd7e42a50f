{% macro test_macros() %}
    {%- do check_described_value() -%}
    {%- do check_validated_var_names() -%}
    {%- do check_search_values() -%}
    {%- do check_search_vars() -%}
    {%- do check_sql_text_macros() -%}
    {%- do log('All macro tests passed.', true) -%}
{% endmacro %}
