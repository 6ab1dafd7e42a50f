-- name, address and username are not asked for, and the role bi could not read them
select
    cast(customer_key as text) as customer_key,
    country_code,
    currency_code,
    segment,
    favourite_category,
    favourite_channel,
    order_count,
    quantity,
    returned_share,
    lifetime_value,
    average_order_value,
    is_active_buyer,
    first_order_date,
    last_order_date
from marts.customer_360
where customer_key between %(first_key)s and %(last_key)s
order by customer_key
limit 20
