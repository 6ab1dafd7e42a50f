{% macro postgres__get_where_subquery(relation) -%}
    {%- set written_at, holders = none, [] -%}
    {%- if execute and invocation_args_dict.get('selector') == 'daily' and model.attached_node -%}
        {%- set tested = graph.nodes.get(model.attached_node, {}).get('config', {}) -%}
        {%- set meta = tested.get('meta', {}) -%}
        {%- set written_at = meta.get('written_at') -%}
        {%- set holders = graph.nodes.values()
            | selectattr('name', 'equalto', meta.get('written_to')) | list -%}
    {%- endif -%}
    {#- sums over whole tables are compared with sums over whole tables -#}
    {%- if
        not written_at
        or config.get('where')
        or model.test_metadata.name.startswith('expect_table_')
    -%}
        {{ return(dbt.default__get_where_subquery(relation)) }}
    {%- endif -%}
    {#- as a constant, for the reason that macros/incremental/built_until.sql gives; not by that macro,
        for when one changes that all tests are made of, dbt 1.11 loses the snapshots until it is
        run with --no-partial-parse -#}
    {%- set holder = holders[0].relation_name if holders else relation -%}
    {%- set query = 'select cast(max(' ~ written_at ~ ') as text) from ' ~ holder -%}
    {%- set latest = run_query(query).columns[0].values()[0] -%}
    {{ return(
        '(select * from ' ~ relation ~ ' where ' ~ written_at ~ " >= cast('" ~ (latest or '-infinity')
        ~ "' as timestamptz) - interval '3 days') as newly_written"
    ) }}
{%- endmacro %}
