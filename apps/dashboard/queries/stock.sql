select
    category,
    week_start_date,
    stock_quantity,
    stocked_product_count,
    low_stock_product_count,
    average_weekly_quantity,
    weeks_of_supply,
    is_low_stock
from marts.rpt_weekly_sales_inventory
where
    week_start_date between %(first_date)s and %(last_date)s
    and category = any(%(categories)s)
    and stock_quantity is not null
order by week_start_date, category
