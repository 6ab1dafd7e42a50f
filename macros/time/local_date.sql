{% macro local_date(moment, time_zone=none) -%}
    cast({{ moment }} at time zone {{ time_zone or company_time_zone() }} as date)
{%- endmacro %}
