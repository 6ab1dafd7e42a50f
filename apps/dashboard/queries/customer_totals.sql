select
    count(*) as customer_count,
    coalesce(sum(unconverted_order_count), 0) as unconverted_order_count,
    count(*) filter (where is_active_buyer) as active_buyer_count,
    sum(lifetime_value) as lifetime_value,
    avg(lifetime_value) as average_lifetime_value,
    cast(count(*) filter (where order_count > 1) as numeric)
    / nullif(count(*), 0) as repeat_buyer_share,
    cast(sum(returned_quantity) as numeric) / nullif(sum(quantity), 0) as return_rate
from marts.customer_360
where
    order_count > 0
    and segment = any(%(segments)s)
    and coalesce(country_code, '??') = any(%(countries)s)
