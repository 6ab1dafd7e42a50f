-- days before are moved by so many days as they are compared over
with

days as (

    select
        order_date,
        net_merchandise_value,
        is_complete,
        false as is_before
    from marts.rpt_running_totals
    where
        order_date between %(first_date)s and %(last_date)s
        and currency_code = %(currency)s
        and channel = any(%(channels)s)

    union all

    select
        order_date + cast(%(shift)s as integer) as order_date,
        net_merchandise_value,
        true as is_complete,
        true as is_before
    from marts.rpt_running_totals
    where
        order_date between %(first_date)s - cast(%(shift)s as integer)
        and %(last_date)s - cast(%(shift)s as integer)
        and currency_code = %(currency)s
        and channel = any(%(channels)s)

)

select
    is_before,
    cast(date_trunc(%(step)s, order_date) as date) as start_date,
    sum(net_merchandise_value) as net_merchandise_value,
    -- of all of its days, and of all channels
    bool_and(is_complete)
    and min(order_date) = date_trunc(%(step)s, order_date)
    and max(order_date) + 1
    = date_trunc(%(step)s, order_date) + cast('1 ' || %(step)s as interval) as is_whole
from days
group by is_before, date_trunc(%(step)s, order_date)
order by is_before, start_date
