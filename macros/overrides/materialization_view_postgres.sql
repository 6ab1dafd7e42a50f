{%- materialization view, adapter='postgres' -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set view = this.incorporate(type='view') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- if existing and not existing.is_view -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {%- set statements = get_replace_view_sql(view, sql) -%}
    {#- a view's columns cannot be replaced by others -#}
    {%- if not patiently(statements, view) -%}
        {%- do patiently(['drop view if exists ' ~ view ~ ' cascade', statements], view) -%}
    {%- endif -%}
    {%- do write(statements) -%}
    {%- do store_raw_result('main', 'CREATE VIEW', 'CREATE VIEW', -1) -%}

    {%- do apply_grants(
        view, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=False)
    ) -%}
    {%- do persist_docs(view, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [view]}) }}
{%- endmaterialization -%}
