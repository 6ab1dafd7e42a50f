select
    segment,
    count(*) as customer_count,
    sum(lifetime_value) as lifetime_value,
    avg(order_count) as average_order_count,
    avg(average_order_value) as average_order_value,
    max(last_order_date) as last_order_date
from marts.customer_360
where
    order_count > 0
    and segment = any(%(segments)s)
    and coalesce(country_code, '??') = any(%(countries)s)
group by segment
order by customer_count desc, segment asc
