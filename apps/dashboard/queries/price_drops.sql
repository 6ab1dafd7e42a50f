select
    drop_band,
    sum(drop_count) as drop_count,
    sum(sold_after_count) as sold_after_count,
    sum(sold_after_count) / sum(drop_count) as sold_after_share,
    sum(quantity_before) as quantity_before,
    sum(quantity_after) as quantity_after
from marts.rpt_price_drop_effect
where category = any(%(categories)s)
group by drop_band
order by min(average_drop_share)
