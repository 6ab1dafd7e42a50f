{% macro delete_outdated_orders(held, made_from) -%}
    {# found first, deleted then: PostgreSQL uses one core only in a statement that deletes #}
    create temporary table outdated_orders on commit drop as
    select made_from.order_key
    from {{ made_from }} as made_from
    where made_from.built_at > {{ built_until(held) }}

    union all

    select held.order_key
    from {{ held }} as held
    where
        not exists (
            select 1
            from {{ made_from }} as made_from
            where held.order_key = made_from.order_key
        );

    delete from {{ held }}
    where order_key in (select outdated.order_key from outdated_orders as outdated)
{%- endmacro %}
