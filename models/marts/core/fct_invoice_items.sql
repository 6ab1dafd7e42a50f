with

-- read twice; kept apart, all orders would be read for the items of one
orders as not materialized (

    select * from {{ ref('fct_orders') }}

),

order_lines as (

    select
        order_lines.*,
        case
            when order_lines.is_cancelled then order_lines.quantity
            else order_lines.returned_quantity
        end as credited_quantity,
        order_lines.cancelled_amount + order_lines.returned_amount as credited_amount,
        orders.currency_code as order_currency_code,
        orders.built_at as order_built_at
    from {{ ref('fct_order_lines') }} as order_lines
    inner join orders
        on order_lines.order_key = orders.order_key

),

line_items as (

    select
        order_lines.order_key,
        order_lines.order_line_key,
        items.document_type,
        items.item_type,
        order_lines.order_currency_code as currency_code,
        items.quantity,
        items.amount,
        case
            when items.document_type = 'invoice' then order_lines.order_date
            else coalesce({{ utc_date('order_lines.returned_at') }}, order_lines.order_date)
        end as item_date,
        order_lines.order_built_at as built_at
    from order_lines
    -- the discount of a credit note is what is left of its amount, so that nothing is rounded
    cross join
        lateral (
            values
            ('invoice', 'goods', order_lines.quantity, order_lines.gross_amount),
            ('invoice', 'discount', 0, -order_lines.discount_amount),
            (
                'credit_note', 'goods', -order_lines.credited_quantity,
                -order_lines.credited_quantity * order_lines.unit_price
            ),
            (
                'credit_note', 'discount', 0,
                order_lines.credited_quantity * order_lines.unit_price - order_lines.credited_amount
            )
        ) as items (document_type, item_type, quantity, amount)
    where
        (items.item_type = 'goods' and items.quantity <> 0)
        or (items.item_type = 'discount' and items.amount <> 0)

),

shipping_items as (

    select
        orders.order_key,
        cast(null as uuid) as order_line_key,
        items.document_type,
        'shipping' as item_type,
        orders.currency_code,
        0 as quantity,
        items.amount,
        orders.order_date as item_date,
        orders.built_at
    from orders
    cross join
        lateral (
            values
            ('invoice', orders.shipping_amount),
            (
                'credit_note',
                case when orders.is_cancelled then -orders.shipping_amount else 0 end
            )
        ) as items (document_type, amount)
    where items.amount <> 0

),

unioned as (

    select * from line_items
    union all
    select * from shipping_items

),

final as (

    select
        {{ surrogate_key(['order_key', 'order_line_key', 'document_type', 'item_type']) }}
            as invoice_item_key,
        {{ surrogate_key(['order_key', 'document_type']) }} as invoice_key,
        order_key,
        order_line_key,
        document_type,
        item_type,
        currency_code,
        quantity,
        amount,
        item_date,
        built_at
    from unioned

)

select * from final
