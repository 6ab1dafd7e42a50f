select distinct
    sales.channel,
    channels.channel_name,
    sales.currency_code,
    min(sales.order_date) over () as first_date,
    max(sales.order_date) over () as last_date
from marts.rpt_daily_sales as sales
inner join marts.dim_channels as channels
    on sales.channel = channels.channel
order by sales.channel, sales.currency_code
