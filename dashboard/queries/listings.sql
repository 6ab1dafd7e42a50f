-- a share of those for which the days are over: sold, or seen unsold for as long
with

activities as (

    select
        sum(listed_count) as listing_count,
        sum(sold_count) as sold_listing_count
    from marts.rpt_sell_through
    where
        month_start_date between %(first_date)s and %(last_date)s
        and category = any(%(categories)s)

),

sales as (

    select
        sum(sold_count) filter (where observed_days <= 7) as sold_within_7_days,
        sum(sold_count) filter (where observed_days <= 30) as sold_within_30_days,
        sum(sold_count) filter (where observed_days <= 90) as sold_within_90_days,
        sum(sold_count) as sold_within_a_year,
        sum(unsold_count) filter (where observed_days >= 7) as unsold_after_7_days,
        sum(unsold_count) filter (where observed_days >= 30) as unsold_after_30_days,
        sum(unsold_count) filter (where observed_days >= 90) as unsold_after_90_days
    from marts.rpt_days_to_sell
    where
        month_start_date between %(first_date)s and %(last_date)s
        and category = any(%(categories)s)

)

select
    activities.listing_count,
    activities.sold_listing_count,
    activities.sold_listing_count / nullif(activities.listing_count, 0) as liquidity,
    coalesce(sales.sold_within_7_days, 0)
    / nullif(sales.sold_within_a_year + coalesce(sales.unsold_after_7_days, 0), 0)
        as sell_through_7_days,
    coalesce(sales.sold_within_30_days, 0)
    / nullif(sales.sold_within_a_year + coalesce(sales.unsold_after_30_days, 0), 0)
        as sell_through_30_days,
    coalesce(sales.sold_within_90_days, 0)
    / nullif(sales.sold_within_a_year + coalesce(sales.unsold_after_90_days, 0), 0)
        as sell_through_90_days
from activities
cross join sales
