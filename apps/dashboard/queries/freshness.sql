select
    (select max(order_date) from marts.rpt_daily_sales) as last_order_date,
    (select max(last_loaded_at) from marts.rpt_load_health) as last_loaded_at
