{% macro company_time_zone() -%}
    'Europe/Berlin'
{%- endmacro %}
