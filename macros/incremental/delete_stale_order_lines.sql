{% macro delete_stale_order_lines(
    held, lines, customers, customer_versions, products, promotions, vanished_orders
) -%}
    {# past sales never change: it is asked whether they are there, and no column is read #}
    {%- set compared = [
        'channel', 'store_id', 'order_id', 'customer_record_id', 'product_id', 'sku',
        'promotion_code', 'payment_method', 'currency_code', 'quantity', 'returned_quantity',
        'unit_price', 'discount_amount', 'order_shipping_amount', 'is_cancelled',
        'is_payment_recorded', 'is_price_missing', 'is_order_missing', 'ordered_at', 'returned_at',
    ] -%}
    {# as text, for 5.0 and 5.00 are equal and yet not the same row #}
    {%- set as_text = ['unit_price', 'discount_amount', 'order_shipping_amount'] -%}
    {%- set built_at = next_built_at(held) -%}
    {# found first, deleted then: PostgreSQL uses one core only in a statement that deletes #}
    create temporary table compared_order_lines on commit drop as
    select
        present.order_key,
        present.order_line_key,
        lines.order_line_id is null as has_vanished
    from {{ held }} as present
    left join {{ lines }} as lines
        on
            present.source_system = lines.source_system
            and present.order_line_id = lines.order_line_id
            and lines.source_system <> 'history'
    where
        present.source_system <> 'history'
        and (
            lines.order_line_id is null
            {% for column in compared -%}
            {%- if column in as_text -%}
            or cast(present.{{ column }} as text)
            is distinct from cast(lines.{{ column }} as text)
            {%- else -%}
            or present.{{ column }} is distinct from lines.{{ column }}
            {%- endif %}
            {% endfor %}
        )

    union all

    select
        past.order_key,
        past.order_line_key,
        true as has_vanished
    from {{ held }} as past
    where
        past.source_system = 'history'
        and not exists (
            select 1
            from {{ lines }} as lines
            where
                lines.source_system = 'history'
                and past.order_line_id = lines.order_line_id
        );

    {# of an order that has no line left nothing else would tell the models further down #}
    insert into {{ vanished_orders }} (order_key, built_at)
    select distinct
        order_key,
        {{ built_at }}
    from compared_order_lines
    where has_vanished;

    create temporary table stale_order_lines on commit drop as
    with owned as (
        select
            held.*,
            coalesce(customers.customer_key, {{ unknown_member_key() }}) as current_customer_key
        from {{ held }} as held
        left join {{ customers }} as customers
            on held.customer_record_id = customers.customer_record_id
    ),

    pointing_elsewhere as (
        select pointing.order_line_key
        from owned as pointing
        left join {{ customer_versions }} as customer_versions
            on {{ as_of_join('pointing', 'ordered_at', 'customer_versions', 'customer_key') }}
        left join {{ products }} as products
            on {{ as_of_join('pointing', 'ordered_at', 'products', 'product_id') }}
        left join {{ promotions }} as promotions
            on {{ as_of_join('pointing', 'ordered_at', 'promotions', 'promotion_code') }}
        where
            pointing.customer_key <> pointing.current_customer_key
            or pointing.customer_version_key
            is distinct from customer_versions.customer_version_key
            or pointing.product_key <> coalesce(products.product_key, {{ unknown_member_key() }})
            or pointing.promotion_key
            <> coalesce(promotions.promotion_key, {{ unknown_member_key() }})
    )

    select order_line_key from compared_order_lines
    union all
    select order_line_key from pointing_elsewhere
    union all
    {# what is left of such an order is written anew, by which fct_orders knows of it #}
    select held.order_line_key
    from {{ held }} as held
    inner join {{ vanished_orders }} as vanished
        on held.order_key = vanished.order_key
    where vanished.built_at = {{ built_at }};

    delete from {{ held }}
    where order_line_key in (select stale.order_line_key from stale_order_lines as stale)
{%- endmacro %}
