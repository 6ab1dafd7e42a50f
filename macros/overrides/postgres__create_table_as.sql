{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- if temporary or not config.get('contract').enforced -%}
        {{ return(dbt.postgres__create_table_as(temporary, relation, sql)) }}
    {%- endif -%}
    {%- set columns = [] -%}
    {%- for column in model.columns.values() -%}
        {%- set name = adapter.quote(column.name) if column.quote else column.name -%}
        {%- do columns.append('cast(' ~ name ~ ' as ' ~ column.data_type ~ ') as ' ~ name) -%}
    {%- endfor -%}

    {{ config.get('sql_header') or '' }}
    {{ get_assert_columns_equivalent(sql) }}
    create {{ 'unlogged ' if config.get('unlogged') }}table {{ relation }} as
    select {{ columns | join(', ') }}
    from ({{ sql }}) as model_subquery
{%- endmacro %}
