select
    category,
    min(month_start_date) as first_month,
    max(month_start_date) as last_month
from marts.rpt_sell_through
group by category
order by category
