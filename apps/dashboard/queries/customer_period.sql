-- buyers of the period and, if it is compared, of the days before it; without customers unknown
with

spans (span, first_date, last_date) as (

    values
    ('period', cast(%(first_date)s as date), cast(%(last_date)s as date)),
    (
        'before',
        %(first_date)s - cast(%(shift)s as integer),
        %(last_date)s - cast(%(shift)s as integer)
    )

),

buyers as (

    select
        spans.span,
        customers.first_order_date >= spans.first_date as is_new,
        count(*) as order_count,
        count(*) filter (where orders.has_returns) as returned_order_count,
        sum(orders.net_merchandise_value) as net_merchandise_value
    from spans
    inner join marts.fct_orders as orders
        on orders.order_date between spans.first_date and spans.last_date
    inner join marts.customer_360 as customers
        on orders.customer_key = customers.customer_key
    where
        not orders.is_cancelled
        and orders.currency_code = %(currency)s
        and customers.segment = any(%(segments)s)
        and coalesce(customers.country_code, '??') = any(%(countries)s)
    group by spans.span, spans.first_date, customers.customer_key, customers.first_order_date

)

select
    spans.span,
    count(buyers.span) as buyer_count,
    count(*) filter (where buyers.is_new) as new_buyer_count,
    sum(buyers.order_count) / nullif(count(buyers.span), 0) as orders_per_buyer,
    sum(buyers.net_merchandise_value) / nullif(count(buyers.span), 0) as value_per_buyer,
    cast(count(*) filter (where buyers.order_count > 1) as numeric)
    / nullif(count(buyers.span), 0) as repeat_share,
    sum(buyers.returned_order_count) / nullif(sum(buyers.order_count), 0) as returned_order_share
from spans
left join buyers
    on spans.span = buyers.span
group by spans.span
