{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{% if is_incremental() %}{{ delete_outdated_orders(this, ref('fct_orders')) }}{% endif %}",
) }}

with

-- read three times; kept apart, only one core would read them
orders as not materialized (

    select * from {{ ref('fct_orders') }}
    {% if is_incremental() %}
    where built_at > {{ built_until(this) }}
    {% endif %}

),

order_lines as (

    select
        order_lines.*,
        case
            when order_lines.is_cancelled then order_lines.quantity
            else order_lines.returned_quantity
        end as credited_quantity,
        order_lines.cancelled_amount + order_lines.returned_amount as credited_amount
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
        items.quantity,
        items.amount,
        case
            when items.document_type = 'invoice' then order_lines.order_date
            else coalesce({{ utc_date('order_lines.returned_at') }}, order_lines.order_date)
        end as item_date
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
        cast(null as text) as order_line_key,
        items.document_type,
        'shipping' as item_type,
        0 as quantity,
        items.amount,
        orders.order_date as item_date
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
        {{ dbt_utils.generate_surrogate_key([
            'unioned.order_key', 'unioned.order_line_key',
            'unioned.document_type', 'unioned.item_type'
        ]) }} as invoice_item_key,
        {{ dbt_utils.generate_surrogate_key(['unioned.order_key', 'unioned.document_type']) }}
            as invoice_key,
        unioned.order_key,
        unioned.order_line_key,
        unioned.document_type,
        unioned.item_type,
        orders.currency_code,
        unioned.quantity,
        unioned.amount,
        unioned.item_date,
        orders.built_at
    from unioned
    inner join orders
        on unioned.order_key = orders.order_key

)

select * from final
