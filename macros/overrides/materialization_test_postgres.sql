{%- materialization test, adapter='postgres' -%}
    {%- set claim = keep_claim() | trim -%}
    {%- if claim -%}
        {%- do run_query(claim) -%}
    {%- endif -%}
    {%- set failing_rows -%}
        {{ get_limit_subquery_sql(sql, config.get('limit')) }}
    {%- endset -%}

    {%- set error_if = config.get('error_if') -%}
    {%- set tolerated = config.get('meta', {}).get('tolerated') -%}
    {#- one bad row of a source is to cost itself, and not all that is made of its table -#}
    {%- if tolerated and model.fqn[1] == 'staging' and error_if == '!= 0'
        and model.test_metadata and model.test_metadata.name in [
            'accepted_range', 'accepted_values', 'expression_is_true', 'not_null', 'relationships'
        ] -%}
        {%- set tested = graph.nodes[model.attached_node].relation_name -%}
        {%- set error_if -%}
            > (select greatest({{ tolerated.rows }}, {{ tolerated.share }} * count(*)) from {{ tested }})
        {%- endset -%}
    {%- endif -%}

    {%- call statement('main', fetch_result=True) -%}
        {{ get_test_sql(
            failing_rows, config.get('fail_calc'), config.get('warn_if'), error_if, limit=none
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
