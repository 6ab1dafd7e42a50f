{% macro delete_outdated_orders(held, made_from) -%}
    {# one `in`, and not two conditions: PostgreSQL can then join, however many orders there are #}
    delete from {{ held }}
    where
        order_key in (
            select made_from.order_key
            from {{ made_from }} as made_from
            where
                made_from.built_at
                > (select coalesce(max(held.built_at), '-infinity') from {{ held }} as held)

            union all

            select held.order_key
            from {{ held }} as held
            where
                not exists (
                    select 1
                    from {{ made_from }} as made_from
                    where held.order_key = made_from.order_key
                )
        )
{%- endmacro %}
