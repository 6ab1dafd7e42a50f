select
    cast(customer_key as text) as customer_key,
    segment,
    country_code,
    order_count,
    lifetime_value,
    last_order_date
from marts.customer_360
where
    order_count > 0
    and segment = any(%(segments)s)
    and coalesce(country_code, '??') = any(%(countries)s)
order by lifetime_value desc nulls last, customer_key asc
limit 100
