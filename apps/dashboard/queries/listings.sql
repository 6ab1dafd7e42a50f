-- a share of those for which the days are over, over all months and brands together
select
    sum(listed_count) as listing_count,
    sum(sold_count) as sold_listing_count,
    sum(sold_count) / nullif(sum(listed_count), 0) as liquidity,
    sum(sold_within_7_days_share * known_within_7_days_count)
    / nullif(sum(known_within_7_days_count), 0) as sell_through_7_days,
    sum(sold_within_30_days_share * known_within_30_days_count)
    / nullif(sum(known_within_30_days_count), 0) as sell_through_30_days,
    sum(sold_within_90_days_share * known_within_90_days_count)
    / nullif(sum(known_within_90_days_count), 0) as sell_through_90_days,
    sum(stock_sold_quantity) / nullif(sum(stock_received_quantity), 0) as stock_sell_through
from marts.rpt_sell_through
where
    month_start_date between %(first_date)s and %(last_date)s
    and category = any(%(categories)s)
