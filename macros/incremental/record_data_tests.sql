{% macro record_data_tests(results) %}
    {%- set held_tests = ref('rpt_data_tests') -%}
    {%- set loads = ref('stg_ingest__loads') -%}
    {%- set rows = [] -%}
    {%- for result in results or [] if execute and result.node.resource_type == 'test' -%}
        {%- set tested = (result.node.attached_node or '').split('.') | last -%}
        {%- do rows.append('(' ~ [
            sql_text(result.node.name),
            sql_text(tested or none),
            sql_text(result.node.column_name),
            sql_text(result.status),
            sql_cast(result.failures, 'bigint'),
        ] | join(', ') ~ ')') -%}
    {%- endfor -%}
    {#- it is not there yet when an empty warehouse's first tests fail -#}
    {%- if rows and load_relation(held_tests) -%}
        {%- set known = [] -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'test' -%}
            {%- do known.append(node.name) -%}
        {%- endfor %}
        create temporary table new_data_tests on commit drop as
        select * from (
            values {{ rows | join(',\n') }}
        ) as results (test_name, relation_name, column_name, verdict, failure_count);

        delete from {{ held_tests }}
        where
            test_name in (select test_name from new_data_tests)
            or test_name <> all ({{ sql_text_array(known) }});

        insert into {{ held_tests }} (
            test_name, relation_name, column_name, verdict, failure_count, data_loaded_at
        )
        select
            new_data_tests.*,
            (select max(finished_at) from {{ loads }})
        from new_data_tests
    {%- endif -%}
{% endmacro %}
