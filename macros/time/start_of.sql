{% macro start_of(period, column) -%}
    {#- as a timestamp without zone: a date would be turned into a moment and back -#}
    cast(date_trunc('{{ period }}', cast({{ column }} as timestamp)) as date)
{%- endmacro %}
