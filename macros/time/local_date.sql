{% macro local_date(moment, time_zone=none) -%}
    {%- set known = 'coalesce(' ~ time_zone ~ ', ' ~ company_time_zone() ~ ')' -%}
    cast({{ moment }} at time zone {{ known if time_zone else company_time_zone() }} as date)
{%- endmacro %}
