-- a year before is 52 weeks before, so that weekdays meet their like; without a shift nothing is
-- compared
with

spans (span, first_date, last_date) as (

    values
    ('period', cast(%(first_date)s as date), cast(%(last_date)s as date)),
    (
        'before',
        %(first_date)s - cast(%(shift)s as integer),
        %(last_date)s - cast(%(shift)s as integer)
    ),
    ('day', %(last_date)s, %(last_date)s),
    ('day_last_week', %(last_date)s - 7, %(last_date)s - 7),
    ('day_last_year', %(last_date)s - 364, %(last_date)s - 364)

),

summed as (

    select
        spans.span,
        coalesce(sum(sales.net_merchandise_value), 0) as net_merchandise_value,
        coalesce(sum(sales.net_amount), 0) as gross_merchandise_value,
        coalesce(sum(sales.order_count), 0) as order_count,
        coalesce(sum(sales.quantity), 0) as piece_count,
        sum(sales.cancelled_amount) as cancelled_amount
    from spans
    left join marts.rpt_daily_sales as sales
        on
            sales.order_date between spans.first_date and spans.last_date
            and sales.currency_code = %(currency)s
            and sales.channel = any(%(channels)s)
    group by spans.span

)

select
    span,
    net_merchandise_value,
    gross_merchandise_value,
    order_count,
    piece_count,
    gross_merchandise_value / nullif(order_count, 0) as average_order_value,
    cancelled_amount / nullif(gross_merchandise_value, 0) as cancellation_rate
from summed
