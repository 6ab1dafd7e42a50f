{% macro postgres__drop_relation(relation) -%}
    {%- if target.name == 'analyst' -%}
        {{ dbt.default__drop_relation(relation) }}
    {%- else -%}
        {#- what a killed build left of it, before the table is made in the same transaction -#}
        {%- if is_cluster() and distributed_by() == 'reference' -%}
            {%- do run_query(ask_all_nodes()) -%}
        {%- endif -%}
        {%- do patiently(get_drop_sql(relation), relation, auto_begin=false) -%}
    {%- endif -%}
{%- endmacro %}
