{% macro distributed_key(columns) %}
    {%- set place = distributed_by() -%}
    {%- if place and place != 'reference' and place not in columns -%}
        {{ return(columns + [place]) }}
    {%- endif -%}
    {{ return(columns) }}
{% endmacro %}
