select
    channels.channel,
    channels.channel_name,
    cast(date_trunc(%(step)s, totals.order_date) as date) as start_date,
    sum(totals.net_merchandise_value) as net_merchandise_value,
    bool_and(totals.is_complete)
    and min(totals.order_date) = date_trunc(%(step)s, totals.order_date)
    and max(totals.order_date) + 1
    = date_trunc(%(step)s, totals.order_date) + cast('1 ' || %(step)s as interval) as is_whole
from marts.rpt_running_totals as totals
inner join marts.dim_channels as channels
    on totals.channel = channels.channel
where
    totals.order_date between %(first_date)s and %(last_date)s
    and totals.currency_code = %(currency)s
    and totals.channel = any(%(channels)s)
group by channels.channel, channels.channel_name, date_trunc(%(step)s, totals.order_date)
order by channels.channel_name, start_date
