-- what was paid and given back for an order on a day is what its documents of the day say
with

movements as (

    select * from {{ ref('fct_payments_and_refunds') }}
    where order_key is not null

),

invoices as (

    select * from {{ ref('fct_invoices') }}

),

orders as (

    select * from {{ ref('fct_orders') }}
    where is_payment_recorded

),

moved as (

    select
        order_key,
        movement_date,
        sum(amount) as amount
    from movements
    group by order_key, movement_date

),

documented as (

    select
        invoices.order_key,
        invoices.document_date,
        sum(invoices.total_amount) as amount
    from invoices
    inner join orders
        on invoices.order_key = orders.order_key
    group by invoices.order_key, invoices.document_date

),

final as (

    select
        coalesce(moved.order_key, documented.order_key) as order_key,
        coalesce(moved.movement_date, documented.document_date) as movement_date,
        moved.amount as moved_amount,
        documented.amount as documented_amount
    from moved
    full join documented
        on
            moved.order_key = documented.order_key
            and moved.movement_date = documented.document_date
    where coalesce(moved.amount, 0) <> coalesce(documented.amount, 0)

)

select * from final
