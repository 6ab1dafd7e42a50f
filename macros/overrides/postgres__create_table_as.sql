{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- set place = none if temporary else distributed_by() -%}
    {%- set is_contracted = config.get('contract').enforced and not temporary -%}
    {%- if not place and not is_contracted -%}
        {%- set created = dbt.postgres__create_table_as(temporary, relation, sql) -%}
        {#- before anything is read, for the rows will be written on all nodes -#}
        {%- set first = ask_all_nodes() ~ ';' if temporary and distributed_by() == 'reference' -%}
        {{ return((first or '') ~ created) }}
    {%- endif -%}
    {%- set columns = [] -%}
    {%- for column in model.columns.values() if is_contracted -%}
        {%- set name = adapter.quote(column.name) if column.quote else column.name -%}
        {%- do columns.append('cast(' ~ name ~ ' as ' ~ column.data_type ~ ') as ' ~ name) -%}
    {%- endfor -%}
    {%- set rows -%}
    select {{ columns | join(', ') or '*' }}
    from ({{ sql }}) as model_subquery
    {%- endset -%}

    {{ config.get('sql_header') or '' }}
    {%- if is_contracted %}
    {{ get_assert_columns_equivalent(sql) }}
    {%- endif %}
    {%- if place == 'reference' %}
    {{ ask_all_nodes() }};
    {%- endif %}
    create {{ 'unlogged ' if config.get('unlogged') }}table {{ relation }} as
    {{ rows }}
    {%- if place %}
    with no data;
    {%- if is_contracted and contract_constraints() %}
    alter table {{ relation }} {{ contract_constraints() | join(', ') }};
    {%- endif %}
    {{ distribute_table(relation, place) }};
    insert into {{ relation }}
    {{ rows }}
    {%- endif %}
{%- endmacro %}
