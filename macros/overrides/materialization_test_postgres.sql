{%- materialization test, adapter='postgres' -%}
    {%- set failing_rows -%}
        {{ get_limit_subquery_sql(sql, config.get('limit')) }}
    {%- endset -%}

    {%- call statement('main', fetch_result=True) -%}
        {{ get_test_sql(
            failing_rows, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), limit=none
        ) }}
    {%- endcall -%}

    {%- set target = {'database': database, 'schema': schema, 'identifier': model['alias']} -%}
    {%- set stored = adapter.get_relation(**target) -%}
    {%- set _, is_warned, is_failed = load_result('main')['data'][0] -%}
    {%- if should_store_failures() and (stored or is_warned or is_failed) -%}
        {%- if stored -%}
            {%- do adapter.drop_relation(stored) -%}
        {%- endif -%}
        {%- if is_warned or is_failed -%}
            {%- call statement('store', auto_begin=True) -%}
                {{ get_create_table_as_sql(False, api.Relation.create(type='table', **target), failing_rows) }}
            {%- endcall -%}
        {%- endif -%}
        {{ adapter.commit() }}
    {%- endif -%}

    {{ return({'relations': []}) }}
{%- endmaterialization -%}
