select
    cast(order_key as text) as order_key,
    order_id,
    order_date,
    channel,
    cast(customer_key as text) as customer_key,
    quantity,
    net_merchandise_value,
    currency_code,
    is_cancelled,
    has_returns
from marts.fct_orders
where customer_key = %(customer_key)s
order by ordered_at desc, order_key asc
limit 200
