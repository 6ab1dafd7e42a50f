{% macro withdraw_changed_order_lines(
    held, lines, customers, customer_versions, products, promotions, vanished_orders
) -%}
    {%- set key = ['source_system', 'order_line_id'] -%}
    {%- set compared = [
        'channel', 'store_id', 'order_id', 'customer_record_id', 'product_id', 'sku',
        'promotion_code', 'payment_method', 'currency_code', 'quantity', 'returned_quantity',
        'unit_price', 'discount_amount', 'order_shipping_amount', 'is_cancelled',
        'return_moves', 'is_payment_recorded', 'is_price_missing', 'is_order_missing', 'order_date',
        'cancelled_date', 'ordered_at', 'cancelled_at', 'returned_at',
    ] -%}
    {# as text, for 5.0 and 5.00 are equal and yet not the same row #}
    {%- set as_text = ['unit_price', 'discount_amount', 'order_shipping_amount'] -%}
    {# the sources are read once: what differs is kept for the model to add #}
    create temporary table changed_order_lines on commit drop as
    select
        present.order_line_key as held_line_key,
        present.order_key as held_order_key,
        present.order_id is distinct from lines.order_id as has_left_order,
        lines.{{ (key + compared) | join(', lines.') }}
    from (select * from {{ held }} where source_system <> 'history') as present
    full join (select * from {{ lines }} where source_system <> 'history' and problem is null) as lines
        on
            present.source_system = lines.source_system
            and present.order_line_id = lines.order_line_id
    where
        present.order_line_id is null
        or lines.order_line_id is null
        {% for column in compared -%}
        {%- if column in as_text -%}
        or cast(present.{{ column }} as text) is distinct from cast(lines.{{ column }} as text)
        {%- else -%}
        or present.{{ column }} is distinct from lines.{{ column }}
        {%- endif %}
        {% endfor %}
    union all
    {# past sales never change: it is asked whether they are there #}
    select
        past.order_line_key as held_line_key,
        past.order_key as held_order_key,
        past.order_id is distinct from lines.order_id as has_left_order,
        lines.{{ (key + compared) | join(', lines.') }}
    from (select * from {{ held }} where source_system = 'history') as past
    full join (select * from {{ lines }} where source_system = 'history' and problem is null) as lines
        on past.order_line_id = lines.order_line_id
    where past.order_line_id is null or lines.order_line_id is null;

    {# that its last line is gone, or is another order's now, nothing else would tell of an order #}
    insert into {{ vanished_orders }} (order_key, built_at)
    select distinct
        held_order_key,
        {{ next_built_at(held) }}
    from changed_order_lines
    where has_left_order and held_order_key is not null;

    {# lines that are as they were, and yet to be written anew #}
    insert into changed_order_lines
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

    select
        held.order_line_key as held_line_key,
        held.order_key as held_order_key,
        false as has_left_order,
        held.{{ (key + compared) | join(', held.') }}
    from {{ held }} as held
    where
        held.order_line_key in (
            select order_line_key from pointing_elsewhere

            union

            {# what is left of an order that lost a line, by which fct_orders knows of it #}
            select left_over.order_line_key
            from {{ held }} as left_over
            where left_over.order_key in (
                select vanished.held_order_key
                from changed_order_lines as vanished
                where vanished.has_left_order
            )
        )
        and not exists (
            select 1
            from changed_order_lines as changed
            where held.order_line_key = changed.held_line_key
        );

    {# after a merger of many customers these can be millions #}
    analyze changed_order_lines;

    delete from {{ held }}
    where order_line_key in (select changed.held_line_key from changed_order_lines as changed)
{%- endmacro %}
