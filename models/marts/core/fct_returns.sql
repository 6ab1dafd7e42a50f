{{ config(
    materialized='incremental',
    incremental_strategy='touched',
    unique_key='order_key',
    on_schema_change='fail',
) }}

with

orders as (

    select * from {{ ref('fct_orders') }}
    where {{ is_touched('order_key') }}

),

order_lines as (

    select * from {{ ref('fct_order_lines') }}
    where returned_quantity > 0 or return_moves is not null

),

stores as (

    select
        store_id,
        time_zone
    from {{ ref('stores') }}

),

-- tills tell of each return; of other lines one return is known, of all that came back
moves as (

    select
        order_lines.*,
        orders.is_returned_whole as is_order_returned_whole,
        orders.built_at as order_built_at,
        stores.time_zone,
        coalesce(moves.move_number, 1) as move_number,
        coalesce(moves.return_number, 1) as return_number,
        coalesce(moves.quantity, order_lines.returned_quantity) as moved_quantity,
        coalesce(moves.moved_at at time zone 'UTC', order_lines.returned_at) as moved_at
    from order_lines
    inner join orders
        on order_lines.order_key = orders.order_key
    left join stores
        on order_lines.store_id = stores.store_id
    left join
        lateral jsonb_to_recordset(order_lines.return_moves) as moves (
            move_number bigint, return_number bigint, quantity integer, moved_at timestamp
        )
        on true

),

dated as (

    select
        *,
        coalesce(
            {{ local_date('moves.moved_at', time_zone_of_sale('moves.source_system', 'moves')) }},
            moves.order_date
        ) as return_date
    from moves

),

-- a return that was void on its own day never happened
weighed as (

    select
        *,
        sum(moved_quantity) over (partition by order_line_key, return_number, return_date)
            as quantity_of_day
    from dated

),

-- more pieces than were sold cannot come back
counted as (

    select
        *,
        least(quantity, sum(moved_quantity) over up_to_here) as pieces_after,
        least(quantity, sum(moved_quantity) over up_to_here - moved_quantity) as pieces_before
    from weighed
    where quantity_of_day <> 0
    window up_to_here as (partition by order_line_key order by move_number)

),

final as (

    select
        {{ surrogate_key(['order_line_key', 'move_number']) }} as return_key,
        order_line_key,
        order_key,
        customer_key,
        product_key,
        source_system,
        channel,
        store_id,
        currency_code,
        cast(pieces_after - pieces_before as integer) as returned_quantity,
        {{ cents_of_pieces('gross_amount', 'pieces_after', 'pieces_before') }} as gross_amount,
        {{ cents_of_pieces('net_amount', 'pieces_after', 'pieces_before') }} as returned_amount,
        -- EU consumers get the delivery back with the last piece (Directive 2011/83, article 13)
        round(case
            when is_order_returned_whole and row_number() over latest = 1
                then order_shipping_amount
            else 0
        end, 2) as shipping_amount,
        order_date,
        return_date,
        moved_at as returned_at,
        order_built_at as built_at
    from counted
    where pieces_after <> pieces_before
    window latest as (
        partition by order_key
        order by return_date desc, moved_at desc, order_line_key asc, move_number asc
    )

)

select * from final
