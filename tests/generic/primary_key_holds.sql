{% test primary_key_holds(model) %}

{% set tested = declared_primary_key() %}
{% set key = tested.columns | join(', ') %}

    -- a key that the server enforces cannot be broken: the condition is asked once, and no row read
    with

    final as (

        select
            {{ key }},
            count(*) as row_count
        from {{ model }}
        where not exists (
            select 1
            from pg_catalog.pg_constraint
            where
                conrelid = to_regclass({{ sql_text(tested.relation) }})
                and pg_get_constraintdef(oid) = {{ sql_text('PRIMARY KEY (' ~ key ~ ')') }}
        )
        group by {{ key }}
        having count(*) > 1

    )

    select * from final

{% endtest %}
