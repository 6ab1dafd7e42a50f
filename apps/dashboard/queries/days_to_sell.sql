-- the share sold after so many days by Kaplan and Meier, as in rpt_sell_through
with

listings as (

    select
        category,
        observed_days,
        sum(sold_count) as sold_count,
        sum(sum(sold_count + unsold_count)) over (
            partition by category order by observed_days desc
        ) as at_risk_count
    from marts.rpt_days_to_sell
    where
        month_start_date between %(first_date)s and %(last_date)s
        and category = any(%(categories)s)
    group by category, observed_days

),

curves as (

    select
        category,
        observed_days as days_on_offer,
        first_value(at_risk_count) over until_day as listing_count,
        case
            when bool_or(sold_count = at_risk_count) over until_day then 1
            else 1 - exp(
                coalesce(
                    sum(ln(1 - sold_count / at_risk_count))
                    filter (where sold_count < at_risk_count) over until_day,
                    0
                )
            )
        end as sold_share
    from listings
    where observed_days <= 365
    window until_day as (partition by category order by observed_days)

)

select
    category,
    listing_count,
    days_on_offer,
    sold_share,
    -- logarithms are not exact, halves are
    min(days_on_offer) filter (where sold_share >= 0.499999999) over (partition by category)
        as median_days_to_sell
from curves
order by category, days_on_offer
