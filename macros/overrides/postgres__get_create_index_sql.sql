{% macro postgres__get_create_index_sql(relation, index_dict) -%}
    {%- if index_dict.unique and distributed_by() -%}
        {%- set index_dict = dict(index_dict, columns=distributed_key(index_dict.columns)) -%}
    {%- endif -%}
    {{ return(dbt.postgres__get_create_index_sql(relation, index_dict)) }}
{%- endmacro %}
