select
    coalesce(country_code, '??') as country_code,
    currency_code,
    segment,
    count(*) as customer_count
from marts.customer_360
where order_count > 0
group by coalesce(country_code, '??'), currency_code, segment
