{% macro delete_outdated_orders(held, made_from, vanished) -%}
    {%- set until = built_until(held) -%}
    delete from {{ held }}
    where
        order_key in (
            select made_from.order_key
            from {{ made_from }} as made_from
            where made_from.built_at > {{ until }}

            union all

            select vanished.order_key
            from {{ vanished }} as vanished
            where vanished.built_at > {{ until }}
        )
{%- endmacro %}
