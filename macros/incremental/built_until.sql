{% macro built_until(held) -%}
    {#- asked before and written into the statement: of what a subquery gives the planner assumes
        that a third of all rows are later, and reads them all -#}
    {%- set latest = none -%}
    {%- if execute and held.schema and load_relation(held) -%}
        {%- set query = 'select cast(max(built_at) as text) from ' ~ held -%}
        {%- set latest = run_query(query).columns[0].values()[0] -%}
    {%- endif -%}
    cast('{{ latest or "-infinity" }}' as timestamptz)
{%- endmacro %}
