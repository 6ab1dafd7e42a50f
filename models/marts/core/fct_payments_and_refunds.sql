-- tickets are few and are written anew by each build
{{ config(
    materialized='incremental',
    incremental_strategy='touched',
    unique_key='order_key',
    on_schema_change='fail',
    pre_hook="{% if is_incremental() %}delete from {{ this }} where order_key is null{% endif %}",
) }}

with

orders as (

    select * from {{ ref('fct_orders') }}
    where is_payment_recorded and {{ is_touched('order_key') }}

),

invoices as (

    select * from {{ ref('fct_invoices') }}

),

ticket_orders as (

    select
        ticket_order_id,
        {{ least_key('customer_key') }} as customer_key,
        min(currency_code) as currency_code,
        sum(paid_amount + refunded_amount) as paid_amount,
        sum(refunded_amount) as refunded_amount,
        min(order_date) as order_date
    from {{ ref('fct_ticket_sales') }}
    group by ticket_order_id

),

settled as (

    select
        orders.order_key,
        orders.customer_key,
        orders.source_system,
        orders.order_id,
        orders.payment_method,
        orders.currency_code,
        sum(invoices.total_amount) as amount,
        invoices.document_date as movement_date,
        orders.built_at
    from orders
    inner join invoices
        on orders.order_key = invoices.order_key
    group by
        orders.order_key, orders.customer_key, orders.source_system, orders.order_id,
        orders.payment_method, orders.currency_code, orders.built_at, invoices.document_date,
        -- what is void on the day of its sale was not paid, and a refund stays one, whatever is
        -- charged again on its day
        invoices.document_reason = 'return'
        or (
            invoices.document_reason = 'cancellation'
            and invoices.document_date > orders.order_date
        )

    union all

    select
        cast(null as uuid) as order_key,
        ticket_orders.customer_key,
        'events' as source_system,
        ticket_orders.ticket_order_id as order_id,
        cast(null as text) as payment_method,
        ticket_orders.currency_code,
        round(movements.amount, 2) as amount,
        ticket_orders.order_date as movement_date,
        cast(null as timestamptz) as built_at
    from ticket_orders
    cross join
        lateral (
            values (ticket_orders.paid_amount), (-ticket_orders.refunded_amount)
        ) as movements (amount)

),

final as (

    select
        {{ surrogate_key(['source_system', 'order_id', 'amount > 0', 'movement_date']) }}
            as movement_key,
        order_key,
        customer_key,
        source_system,
        order_id,
        case when amount > 0 then 'payment' else 'refund' end as movement_type,
        -- how money was given back is not known
        case when amount > 0 then payment_method end as payment_method,
        currency_code,
        amount,
        movement_date,
        built_at
    from settled
    where amount <> 0

)

select * from final
