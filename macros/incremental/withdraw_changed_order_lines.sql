{% macro withdraw_changed_order_lines(
    held, lines, customers, customer_versions, products, promotions, rates, withdrawn_lines
) -%}
    {%- set key = ['source_system', 'order_line_id'] -%}
    {%- set compared = [
        'channel', 'store_id', 'order_id', 'customer_key', 'product_id', 'sku',
        'promotion_code', 'payment_method', 'currency_code', 'quantity', 'returned_quantity',
        'unit_price', 'discount_amount', 'order_shipping_amount', 'is_cancelled',
        'return_moves', 'is_payment_recorded', 'is_price_missing', 'is_order_missing', 'order_date',
        'cancelled_date', 'ordered_at', 'cancelled_at', 'returned_at',
    ] -%}
    {# as text, for 5.0 and 5.00 are equal and yet not the same row #}
    {%- set as_text = ['unit_price', 'discount_amount', 'order_shipping_amount'] -%}
    {# the sources are read once: what differs is kept for the model to add #}
    create temporary table changed_order_lines on commit drop as
    with owned as not materialized (
        select
            lines.*,
            coalesce(customers.customer_key, {{ unknown_member_key() }}) as customer_key
        from {{ lines }} as lines
        left join {{ customers }} as customers
            on lines.customer_record_id = customers.customer_record_id
        where lines.problem is null
    )

    select
        present.order_line_key as held_line_key,
        lines.{{ (key + compared) | join(', lines.') }}
    from (select * from {{ held }} where source_system <> 'history') as present
    full join (select * from owned where source_system <> 'history') as lines
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
    {# of past sales only the person changes: it is asked whether they are there #}
    select
        past.order_line_key as held_line_key,
        lines.{{ (key + compared) | join(', lines.') }}
    from (select * from {{ held }} where source_system = 'history') as past
    full join (select * from owned where source_system = 'history') as lines
        on past.order_line_id = lines.order_line_id
    where past.customer_key is distinct from lines.customer_key;

    {# lines that are as they were, and yet to be written anew #}
    insert into changed_order_lines
    with pointing_elsewhere as (
        select pointing.order_line_key
        from {{ held }} as pointing
        left join {{ customer_versions }} as customer_versions
            on {{ as_of_join('pointing', 'ordered_at', 'customer_versions', 'customer_key') }}
        left join {{ products }} as products
            on {{ as_of_join('pointing', 'ordered_at', 'products', 'product_id') }}
        left join {{ promotions }} as promotions
            on {{ as_of_join('pointing', 'ordered_at', 'promotions', 'promotion_code') }}
        left join {{ rates }} as rates
            on pointing.currency_code = rates.currency_code and pointing.order_date = rates.order_date
        where
            pointing.customer_version_key is distinct from customer_versions.customer_version_key
            or pointing.product_key <> coalesce(products.product_key, {{ unknown_member_key() }})
            or pointing.promotion_key
            <> coalesce(promotions.promotion_key, {{ unknown_member_key() }})
            or pointing.reporting_net_amount
            is distinct from {{ in_reporting_currency('pointing.net_amount', 'pointing.currency_code') }}
    ),

    {# a cluster's workers have no temporary table, but are sent what a materialized CTE holds #}
    found_before as materialized (select held_line_key from changed_order_lines)

    select
        held.order_line_key as held_line_key,
        held.{{ (key + compared) | join(', held.') }}
    from {{ held }} as held
    where
        held.order_line_key in (select order_line_key from pointing_elsewhere)
        and not exists (
            select 1
            from found_before
            where held.order_line_key = found_before.held_line_key
        );

    {# after a merger of many customers these can be millions #}
    analyze changed_order_lines;

    with withdrawn as (
        delete from {{ held }}
        where order_line_key in (select changed.held_line_key from changed_order_lines as changed)
        returning order_line_key, order_key, customer_key, product_id
    )

    insert into {{ withdrawn_lines }} (
        order_line_key, order_key, customer_key, product_id, built_at
    )
    select
        withdrawn.*,
        {{ next_built_at(held, withdrawn_lines) }}
    from withdrawn;

    analyze {{ withdrawn_lines }}
{%- endmacro %}
