select
    channels.channel_name as channel,
    cast(date_trunc(%(step)s, sales.order_date) as date) as start_date,
    sum(sales.net_merchandise_value) as net_merchandise_value,
    sum(sales.order_count) as order_count
from marts.rpt_daily_sales as sales
inner join marts.dim_channels as channels
    on sales.channel = channels.channel
where
    sales.order_date between %(first_date)s and %(last_date)s
    and sales.currency_code = %(currency)s
    and sales.channel = any(%(channels)s)
group by channels.channel_name, date_trunc(%(step)s, sales.order_date)
order by channels.channel_name, start_date
