{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- if temporary or not config.get('contract').enforced -%}
        {{ return(dbt.postgres__create_table_as(temporary, relation, sql)) }}
    {%- endif -%}
    {%- set columns = [] -%}
    {%- set constraints = [] -%}
    {%- for column in model.columns.values() -%}
        {%- set name = adapter.quote(column.name) if column.quote else column.name -%}
        {%- do columns.append('cast(' ~ name ~ ' as ' ~ column.data_type ~ ') as ' ~ name) -%}
        {%- for constraint in column.constraints -%}
            {%- if constraint.type == 'not_null' -%}
                {%- do constraints.append('alter column ' ~ name ~ ' set not null') -%}
            {%- elif constraint.type == 'primary_key' -%}
                {%- do constraints.append('add primary key (' ~ name ~ ')') -%}
            {%- else -%}
                {%- do exceptions.raise_compiler_error(
                    'A column has the constraint ' ~ constraint.type ~ ', which '
                    ~ 'macros/overrides/postgres__create_table_as.sql does not know. '
                    ~ 'Move it to the constraints of the model, or teach it to the macro.'
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for constraint in adapter.render_raw_model_constraints(model.constraints) -%}
        {%- do constraints.append('add ' ~ constraint) -%}
    {%- endfor -%}

    {{ config.get('sql_header') or '' }}
    {{ get_assert_columns_equivalent(sql) }}
    create {{ 'unlogged ' if config.get('unlogged') }}table {{ relation }} as
    select {{ columns | join(', ') }}
    from ({{ sql }}) as model_subquery;
    {%- if constraints %}
    alter table {{ relation }} {{ constraints | join(', ') }};
    {%- endif %}
{%- endmacro %}
