with

orders as (

    select * from {{ ref('fct_orders') }}

),

credit_notes as (

    select * from {{ ref('fct_invoices') }}
    where document_type = 'credit_note'

),

receipts as (

    select
        concat_ws('-', store_id, receipt_id) as order_id,
        payment_method
    from {{ ref('stg_stores__receipts') }}

),

shop_orders as (

    select
        cast(order_id as text) as order_id,
        coalesce(shipping_amount, 0) as shipping_amount
    from {{ ref('stg_shop__orders') }}
    where order_status in ('paid', 'shipped', 'delivered')

),

ticket_orders as (

    select
        ticket_order_id,
        min(customer_key) as customer_key,
        min(currency_code) as currency_code,
        sum(paid_amount + refunded_amount) as paid_amount,
        sum(refunded_amount) as refunded_amount,
        min(order_date) as order_date
    from {{ ref('fct_ticket_sales') }}
    group by ticket_order_id

),

settled as (

    -- what is void at the till is not paid
    select
        orders.order_key,
        orders.customer_key,
        orders.source_system,
        orders.order_id,
        receipts.payment_method,
        orders.currency_code,
        orders.net_amount - orders.cancelled_amount as paid_amount,
        orders.returned_amount as refunded_amount,
        orders.order_date
    from orders
    left join receipts
        on orders.order_id = receipts.order_id
    where orders.source_system = 'stores'

    union all

    select
        orders.order_key,
        orders.customer_key,
        orders.source_system,
        orders.order_id,
        cast(null as text) as payment_method,
        orders.currency_code,
        orders.net_amount + shop_orders.shipping_amount as paid_amount,
        orders.returned_amount as refunded_amount,
        orders.order_date
    from orders
    inner join shop_orders
        on orders.order_id = shop_orders.order_id
    where orders.source_system = 'shop'

    union all

    select
        cast(null as text) as order_key,
        customer_key,
        'events' as source_system,
        ticket_order_id as order_id,
        cast(null as text) as payment_method,
        currency_code,
        paid_amount,
        refunded_amount,
        order_date
    from ticket_orders

),

final as (

    select
        {{ dbt_utils.generate_surrogate_key([
            'settled.source_system', 'settled.order_id', 'movements.movement_type'
        ]) }} as movement_key,
        settled.order_key,
        settled.customer_key,
        settled.source_system,
        settled.order_id,
        movements.movement_type,
        -- how money was given back is not known
        case when movements.movement_type = 'payment' then settled.payment_method end
            as payment_method,
        settled.currency_code,
        movements.amount,
        case
            when movements.movement_type = 'payment' then settled.order_date
            else coalesce(credit_notes.document_date, settled.order_date)
        end as movement_date
    from settled
    cross join
        lateral (
            values
            ('payment', settled.paid_amount),
            ('refund', -settled.refunded_amount)
        ) as movements (movement_type, amount)
    left join credit_notes
        on settled.order_key = credit_notes.order_key
    where movements.amount <> 0

)

select * from final
