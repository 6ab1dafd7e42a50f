select
    lines.order_id,
    lines.order_date,
    lines.channel,
    cast(customers.customer_key as text) as customer_key,
    lines.currency_code,
    lines.payment_method,
    lines.product_id,
    coalesce(products.title, 'Unknown product') as title,
    products.category,
    lines.quantity,
    lines.returned_quantity,
    lines.unit_price,
    lines.discount_amount,
    lines.net_amount,
    lines.cancelled_amount,
    lines.returned_amount,
    lines.order_shipping_amount,
    lines.is_cancelled
from marts.fct_order_lines as lines
left join marts.dim_products as products
    on lines.product_key = products.product_key
left join marts.customer_360 as customers
    on lines.customer_key = customers.customer_key
where lines.order_key = %(order_key)s
order by lines.order_line_id
