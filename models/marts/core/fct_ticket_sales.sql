with

tickets as (

    select * from {{ ref('stg_events__tickets') }}

),

ticket_orders as (

    select * from {{ ref('stg_events__ticket_orders') }}

),

events as (

    select * from {{ ref('stg_events__events') }}

),

customers as (

    select
        customer_record_id,
        customer_key
    from {{ ref('int_customers_unified') }}

),

identified as (

    select
        tickets.ticket_id,
        tickets.ticket_order_id,
        tickets.ticket_type,
        tickets.price,
        tickets.checked_in_at,
        ticket_orders.event_id,
        ticket_orders.ticket_order_status,
        ticket_orders.ordered_at,
        'events:' || tickets.ticket_order_id as customer_record_id,
        coalesce(ticket_orders.currency_code, {{ no_currency() }}) as currency_code
    from tickets
    inner join ticket_orders
        on tickets.ticket_order_id = ticket_orders.ticket_order_id

),

final as (

    select
        {{ surrogate_key(['identified.ticket_id']) }} as ticket_key,
        coalesce(customers.customer_key, {{ unknown_member_key() }}) as customer_key,
        identified.customer_record_id,
        identified.ticket_id,
        identified.ticket_order_id,
        identified.event_id,
        events.event_name,
        events.venue_city,
        events.event_status,
        identified.ticket_order_status,
        identified.ticket_type,
        identified.currency_code,
        coalesce(identified.price, 0) as gross_amount,
        case
            when identified.ticket_order_status = 'cancelled' then coalesce(identified.price, 0)
            else 0
        end as cancelled_amount,
        case
            when identified.ticket_order_status = 'refunded' then coalesce(identified.price, 0)
            else 0
        end as refunded_amount,
        case
            when identified.ticket_order_status = 'paid' then coalesce(identified.price, 0)
            else 0
        end as paid_amount,
        identified.price is null as is_price_missing,
        identified.checked_in_at is not null as is_checked_in,
        {{ local_date('identified.ordered_at') }} as order_date,
        identified.ordered_at,
        identified.checked_in_at,
        events.starts_at as event_starts_at
    from identified
    left join events
        on identified.event_id = events.event_id
    left join customers
        on identified.customer_record_id = customers.customer_record_id

)

select * from final
