with

order_items as (

    select * from {{ ref('stg_shop__order_items') }}

),

orders as (

    select * from {{ ref('stg_shop__orders') }}

),

customers as (

    select customer_id from {{ ref('stg_shop__customers') }}

),

states as (

    select * from {{ ref('snap_shop__order_states') }}
    where dbt_is_deleted = 'False'

),

cancellations as (

    select
        order_id,
        changed_at
    from states
    where order_state = 'cancelled' and dbt_valid_to = {{ end_of_time() }}

),

-- the shop forgets of a cancelled order that it had been paid
payments as (

    select distinct order_id
    from states
    where order_state = 'paid' and dbt_valid_to < {{ end_of_time() }}

),

identified as (

    select
        orders.order_id,
        coalesce('shop:' || customers.customer_id, 'shop:' || orders.email) as customer_record_id,
        orders.promotion_code,
        orders.currency_code,
        orders.shipping_amount,
        coalesce(orders.order_status in ('paid', 'shipped', 'delivered'), false)
        or payments.order_id is not null as is_payment_recorded,
        coalesce(orders.order_status = 'cancelled', false) as is_cancelled,
        orders.ordered_at,
        cancellations.changed_at as cancelled_at,
        orders.extracted_at
    from orders
    left join customers
        on orders.customer_id = customers.customer_id
    left join cancellations
        on orders.order_id = cancellations.order_id
    left join payments
        on orders.order_id = payments.order_id

),

final as (

    select
        'shop' as source_system,
        'shop' as channel,
        cast(null as text) as store_id,
        cast(order_items.order_id as text) as order_id,
        cast(order_items.order_item_id as text) as order_line_id,
        identified.customer_record_id,
        coalesce('shop:' || order_items.sku, 'unknown') as product_id,
        order_items.sku,
        identified.promotion_code,
        cast(null as text) as payment_method,
        coalesce(identified.currency_code, {{ no_currency() }}) as currency_code,
        order_items.quantity,
        case
            when order_items.returned_at is null then 0
            -- what comes back of a cancelled order is no return
            when order_items.returned_at >= identified.cancelled_at then 0
            else order_items.quantity
        end as returned_quantity,
        coalesce(order_items.unit_price, 0) as unit_price,
        case
            when order_items.unit_price is null then 0
            else coalesce(order_items.discount_amount, 0)
        end as discount_amount,
        coalesce(identified.shipping_amount, 0) as order_shipping_amount,
        cast(null as jsonb) as return_moves,
        coalesce(identified.is_cancelled, false) as is_cancelled,
        coalesce(identified.is_payment_recorded, false) as is_payment_recorded,
        order_items.unit_price is null as is_price_missing,
        identified.order_id is null as is_order_missing,
        -- a line can be loaded before its order; it must not vanish until the order comes
        coalesce(identified.ordered_at, order_items.updated_at, order_items.extracted_at)
            as ordered_at,
        identified.cancelled_at,
        order_items.returned_at,
        greatest(order_items.extracted_at, identified.extracted_at) as reported_at
    from order_items
    left join identified
        on order_items.order_id = identified.order_id

)

select * from final
