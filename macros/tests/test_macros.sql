{% macro test_macros() %}
    {%- do check_validated_date() -%}
    {%- do check_validated_integer() -%}
    {%- do check_validated_period() -%}
    {%- do check_validated_var_names() -%}
    {%- do check_described_value() -%}
    {%- do check_sql_text_macros() -%}
    {%- do log('All macro tests passed.', true) -%}
{% endmacro %}
