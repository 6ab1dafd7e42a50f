{% macro start_of(period, column) -%}
    {#- as a timestamp without zone: as a date it would be turned into a moment and back, which
        takes twice as long -#}
    cast(date_trunc('{{ period }}', cast({{ column }} as timestamp)) as date)
{%- endmacro %}
