{% macro time_zone_of_sale(source_system, stores) -%}
    {#- the marketplace gives bare days, kept as midnights in UTC -#}
    case when {{ source_system }} = 'marketplace' then 'UTC' else {{ stores }}.time_zone end
{%- endmacro %}
