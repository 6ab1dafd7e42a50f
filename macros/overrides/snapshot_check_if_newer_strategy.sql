{% macro snapshot_check_if_newer_strategy(
    node, snapshotted_rel, current_rel, model_config, target_exists
) %}
    {%- if execute -%}
        {%- do refuse_doubled_keys(node, model_config['unique_key']) -%}
    {%- endif -%}
    {%- set strategy = dbt.snapshot_check_strategy(
        node, snapshotted_rel, current_rel, model_config, target_exists
    ) -%}
    {%- do strategy.update({
        'row_changed': '(' ~ strategy.row_changed ~ ' and ' ~ current_rel ~ '.'
            ~ strategy.updated_at ~ ' >= ' ~ snapshotted_rel ~ '.dbt_valid_from)'
    }) -%}
    {%- if target_exists and execute -%}
        {#- an empty or an older export is a fault of the export: nobody sold everything at once -#}
        {%- set is_news = run_query(
            'select coalesce(' ~ source_said_at(node)
            ~ ' >= (select max(dbt_valid_from) from ' ~ this ~ '), '
            ~ 'not exists (select 1 from ' ~ this ~ ')) as is_news'
        ).rows[0].is_news -%}
        {%- if not is_news -%}
            {%- do log(this ~ ': the source is empty or older; no row is marked deleted', true) -%}
            {%- do strategy.update({'hard_deletes': 'ignore', 'invalidate_hard_deletes': false}) -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(strategy) }}
{% endmacro %}
