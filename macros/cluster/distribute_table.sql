{% macro distribute_table(relation, place) -%}
    {%- if place == 'reference' -%}
    select create_reference_table('{{ relation }}')
    {%- else -%}
    select create_distributed_table('{{ relation }}', '{{ place }}')
    {%- endif -%}
{%- endmacro %}
