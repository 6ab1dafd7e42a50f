{% macro settle_gin_indexes(relation) -%}
    select gin_clean_pending_list(held.indexrelid)
    from pg_index as held
    inner join pg_class as indexes
        on held.indexrelid = indexes.oid
    inner join pg_am as methods
        on indexes.relam = methods.oid
    where
        held.indrelid = cast('{{ relation }}' as regclass)
        and methods.amname = 'gin'
{%- endmacro %}
