{% macro reporting_period() %}
    {%- set start_date, end_date = date_var('start_date'), date_var('end_date') -%}
    {%- do validated_order(
        'start_date', start_date, 'end_date', end_date, exceptions.raise_compiler_error
    ) -%}
    {{ return({'start_date': start_date, 'end_date': end_date}) }}
{% endmacro %}
