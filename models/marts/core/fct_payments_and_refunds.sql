-- tickets are few and are written anew by each build
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook=[
        "{% if is_incremental() %}{{ delete_outdated_orders(
            this, ref('fct_orders'), ref('int_orders_vanished')
        ) }}{% endif %}",
        "{% if is_incremental() %}delete from {{ this }} where order_key is null{% endif %}",
    ],
) }}
-- depends_on: {{ ref('int_orders_vanished') }}

with

orders as (

    select * from {{ ref('fct_orders') }}
    where
        is_payment_recorded
        {% if is_incremental() %}
        and built_at > {{ built_until(this) }}
        {% endif %}

),

credit_notes as (

    select * from {{ ref('fct_invoices') }}
    where document_type = 'credit_note'

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

    -- what was void at the till was not paid
    select
        order_key,
        customer_key,
        source_system,
        order_id,
        payment_method,
        currency_code,
        case when source_system = 'stores' then net_amount - cancelled_amount else net_amount end
        + shipping_amount as paid_amount,
        returned_amount as refunded_amount,
        order_date,
        built_at
    from orders

    union all

    select
        cast(null as uuid) as order_key,
        customer_key,
        'events' as source_system,
        ticket_order_id as order_id,
        cast(null as text) as payment_method,
        currency_code,
        paid_amount,
        refunded_amount,
        order_date,
        cast(null as timestamptz) as built_at
    from ticket_orders

),

final as (

    select
        {{ surrogate_key([
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
        end as movement_date,
        settled.built_at
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
