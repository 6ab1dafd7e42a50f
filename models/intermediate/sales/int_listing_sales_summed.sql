{{ config(unique_key='product_id') }}

with

order_lines as (

    select * from {{ ref('fct_order_lines') }}
    where
        product_id <> 'unknown' and {{ is_touched('product_id', but_not="'unknown'") }}
        -- what all came back is on offer again
        and not is_cancelled and returned_quantity < quantity

),

final as (

    select
        order_lines.product_id,
        {{ listing_sales_sums('order_lines') }},
        {{ touched_until() }} as built_at
    from order_lines
    group by order_lines.product_id

)

select * from final
