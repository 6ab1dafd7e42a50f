-- a line whose product has a price bears the price that the product had on the day of the sale
with

order_lines as (

    select * from {{ ref('fct_order_lines') }}
    where source_system = 'marketplace'

),

products as (

    select * from {{ ref('dim_products') }}

),

final as (

    select
        order_lines.order_line_key,
        order_lines.unit_price,
        products.price
    from order_lines
    inner join products
        on order_lines.product_key = products.product_key
    where
        order_lines.unit_price is distinct from coalesce(products.price, 0)
        or order_lines.ordered_at < products.valid_from
        or order_lines.ordered_at >= products.valid_to

)

select * from final
