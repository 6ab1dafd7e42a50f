-- the difference is over drops that could be compared with undropped pieces of the same age
select
    drop_band,
    sum(drop_count) as drop_count,
    sum(sold_after_count) as sold_after_count,
    sum(sold_after_count) / sum(drop_count) as sold_after_share,
    sum(undropped_sold_share * compared_count) / nullif(sum(compared_count), 0)
        as undropped_sold_share,
    sum(sold_share_difference * compared_count) / nullif(sum(compared_count), 0)
        as sold_share_difference
from marts.rpt_price_drop_effect
where category = any(%(categories)s)
group by drop_band
order by min(average_drop_share)
