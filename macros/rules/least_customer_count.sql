{% macro least_customer_count() -%}
    10
{%- endmacro %}
