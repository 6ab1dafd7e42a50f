select
    order_lines.order_id,
    order_lines.order_date,
    order_lines.channel,
    cast(customers.customer_key as text) as customer_key,
    order_lines.currency_code,
    order_lines.payment_method,
    order_lines.product_id,
    coalesce(products.title, 'Unknown product') as title,
    products.category,
    order_lines.quantity,
    order_lines.returned_quantity,
    order_lines.unit_price,
    order_lines.discount_amount,
    order_lines.net_amount,
    order_lines.cancelled_amount,
    order_lines.returned_amount,
    order_lines.order_shipping_amount,
    order_lines.is_cancelled
from marts.fct_order_lines as order_lines
left join marts.dim_products as products
    on order_lines.product_key = products.product_key
left join marts.customer_360 as customers
    on order_lines.customer_key = customers.customer_key
where order_lines.order_key = %(order_key)s
order by order_lines.order_line_id
