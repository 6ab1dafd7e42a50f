{{ config(unique_key='product_id') }}

with

order_lines as (

    select * from {{ ref('fct_order_lines') }}
    where product_id <> 'unknown' and {{ is_touched('product_id', but_not="'unknown'") }}

),

final as (

    select
        product_id,
        currency_code,
        cast(count(*) as bigint) as line_count,
        cast(sum(quantity) as bigint) as quantity,
        sum(net_amount) as net_amount,
        -- of most products nothing is cancelled or returned, and a sum costs by the product
        coalesce(
            sum(cancelled_amount + returned_amount)
            filter (where cancelled_amount <> 0 or returned_amount <> 0),
            0
        ) as lost_amount,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date,
        {{ touched_until() }} as built_at
    from order_lines
    group by product_id, currency_code

)

select * from final
