-- the report rpt_top_products has no channels; with all of them this gives the same rows
with

sold as (

    select
        product_id,
        sum(net_amount - cancelled_amount - returned_amount) as net_merchandise_value,
        sum(quantity) as piece_count
    from marts.fct_order_lines
    where
        order_date between %(first_date)s and %(last_date)s
        and currency_code = %(currency)s
        and channel = any(%(channels)s)
        and product_id <> 'unknown'
    group by product_id
    order by net_merchandise_value desc, piece_count desc, product_id asc
    limit 10

)

select
    cast(row_number() over (
        order by sold.net_merchandise_value desc, sold.piece_count desc, sold.product_id asc
    ) as integer) as sales_rank,
    sold.product_id,
    coalesce(products.title, 'Unknown product') as title,
    products.brand,
    products.category,
    sold.piece_count,
    sold.net_merchandise_value
from sold
left join marts.dim_products as products
    on
        sold.product_id = products.product_id
        and products.is_current
order by sales_rank
