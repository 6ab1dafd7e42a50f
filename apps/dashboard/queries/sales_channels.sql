select
    channels.channel,
    channels.channel_name,
    cast(date_trunc(%(step)s, days.order_date) as date) as start_date,
    sum(days.net_merchandise_value) as net_merchandise_value,
    bool_and(days.is_complete)
    and min(days.order_date) = date_trunc(%(step)s, days.order_date)
    and max(days.order_date) + 1
    = date_trunc(%(step)s, days.order_date) + cast('1 ' || %(step)s as interval) as is_whole
from marts.rpt_running_totals as days
inner join marts.dim_channels as channels
    on days.channel = channels.channel
where
    days.order_date between %(first_date)s and %(last_date)s
    and days.currency_code = %(currency)s
    and days.channel = any(%(channels)s)
group by channels.channel, channels.channel_name, date_trunc(%(step)s, days.order_date)
order by channels.channel_name, start_date
