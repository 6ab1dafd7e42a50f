with

days as (

    select
        order_date,
        net_merchandise_value,
        'this year' as course
    from marts.rpt_running_totals
    where
        order_date between %(first_date)s and %(last_date)s
        and currency_code = %(currency)s
        and channel = any(%(channels)s)

    union all

    select
        order_date + 364 as order_date,
        net_merchandise_value,
        'year before' as course
    from marts.rpt_running_totals
    where
        order_date between %(first_date)s - 364 and %(last_date)s - 364
        and currency_code = %(currency)s
        and channel = any(%(channels)s)

)

select
    course,
    cast(date_trunc(%(step)s, order_date) as date) as start_date,
    sum(net_merchandise_value) as net_merchandise_value
from days
group by course, date_trunc(%(step)s, order_date)
order by course asc, start_date asc
