{% macro postgres__drop_relation(relation) -%}
    {%- if target.name == 'analyst' -%}
        {{ dbt.default__drop_relation(relation) }}
    {%- else -%}
        {%- do patiently(get_drop_sql(relation), relation, auto_begin=false) -%}
    {%- endif -%}
{%- endmacro %}
