-- the share sold after so many days by Kaplan and Meier, as in rpt_sell_through
with

categories as (

    select
        category,
        array_agg(observed_days) as observed_days,
        array_agg(cast(sold_count as integer)) as sold_counts,
        array_agg(cast(unsold_count as integer)) as unsold_counts
    from marts.rpt_days_to_sell
    where
        month_start_date between %(first_date)s and %(last_date)s
        and category = any(%(categories)s)
    group by category

)

select
    categories.category,
    curves.listing_count,
    curves.days_on_offer,
    curves.sold_share,
    -- logarithms are not exact, halves are
    min(curves.days_on_offer) filter (where curves.sold_share >= 0.499999999)
        over (partition by categories.category) as median_days_to_sell
from categories
cross join
    lateral marts.sold_shares(
        categories.observed_days, categories.sold_counts, categories.unsold_counts
    ) as curves
-- 366 stands for all above a year
where curves.days_on_offer <= 365
order by categories.category, curves.days_on_offer
