{% macro test_macros() %}
    {%- do check_validated_date() -%}
    {%- do check_validated_integer() -%}
    {%- do check_validated_period() -%}
    {%- do check_validated_var_names() -%}
    {%- do check_described_value() -%}
    {%- do check_sql_text_macros() -%}
    {%- do check_printable_text() -%}
    {%- do check_validated_amount() -%}
    {%- do check_validated_choice() -%}
    {%- do check_validated_order() -%}
    {%- do check_validated_texts() -%}
    {%- do check_search_vars() -%}
    {%- do check_unmasked_privilege() -%}
    {%- do log('All macro tests passed.', true) -%}
{% endmacro %}
