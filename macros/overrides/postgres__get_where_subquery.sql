{% macro postgres__get_where_subquery(relation) -%}
    {%- set days, meta = none, {} -%}
    {%- if execute -%}
        {%- set days_read = config.get('meta', {}).get('days_read', {}) -%}
        {%- set days = days_read.get(invocation_args_dict.get('selector')) -%}
        {%- set tested = graph.nodes.get(model.attached_node, {}) -%}
        {%- set meta = tested.get('config', {}).get('meta', {}) -%}
    {%- endif -%}
    {#- sums over whole tables are compared with sums over whole tables -#}
    {%- if
        not days
        or not meta.get('written_at')
        or config.get('where')
        or model.test_metadata.name.startswith('expect_table_')
    -%}
        {{ return(dbt.default__get_where_subquery(relation)) }}
    {%- endif -%}
    {%- if not 0 < days | float(0) < 100000 -%}
        {{ exceptions.raise_compiler_error(
            "DAILY_TEST_DAYS is '" ~ days ~ "'. Give a number of days above 0, such as 3."
        ) }}
    {%- endif -%}
    {#- as a constant, for the reason that macros/incremental/built_until.sql gives; not by that
        macro, for when one changes that all tests are made of, dbt 1.11 loses the snapshots until
        it is run with --no-partial-parse -#}
    {%- set holders = graph.nodes.values()
        | selectattr('name', 'equalto', meta.written_to) | list -%}
    {%- set holder = holders[0].relation_name if holders else relation -%}
    {%- set query = 'select cast(max(' ~ meta.written_at ~ ') as text) from ' ~ holder -%}
    {%- set latest = run_query(query).columns[0].values()[0] -%}
    {{ return(
        '(select * from ' ~ relation ~ ' where ' ~ meta.written_at ~ " >= cast('"
        ~ (latest or '-infinity') ~ "' as timestamptz) - interval '" ~ days | float
        ~ " days') as newly_written"
    ) }}
{%- endmacro %}
