with

durations as (

    select
        listings.observed_days,
        sum(listings.sold_count) as sold_count,
        sum(sum(listings.sold_count + listings.unsold_count)) over (
            order by listings.observed_days desc
        ) as at_risk_count
    from
        unnest(observed_days, sold_counts, unsold_counts)
            as listings (observed_days, sold_count, unsold_count)
    group by listings.observed_days

)

-- Kaplan-Meier: the share still unsold is the product of (1 - sold / at risk) over the days, so
-- that listings seen for a while only count as long as they were seen
select
    durations.observed_days as days_on_offer,
    first_value(durations.at_risk_count) over until_day as listing_count,
    case
        -- whoever sells last leaves nobody, and 0 has no logarithm
        when bool_or(durations.sold_count = durations.at_risk_count) over until_day then 1
        else 1 - exp(
            coalesce(
                sum(ln(1 - durations.sold_count / durations.at_risk_count))
                filter (where durations.sold_count < durations.at_risk_count) over until_day,
                0
            )
        )
    end as sold_share
from durations
window until_day as (order by durations.observed_days)
