select
    order_date,
    channel,
    quantity,
    net_merchandise_value,
    currency_code,
    is_cancelled,
    has_returns
from marts.fct_orders
where customer_key = %(customer_key)s
order by ordered_at desc, order_key asc
limit 200
