with

listings as (

    select
        coalesce(category, 'Uncategorised') as category,
        coalesce(brand, 'No brand') as brand,
        observed_days,
        is_sold,
        is_sold_within_7_days,
        is_sold_within_30_days,
        is_sold_within_90_days,
        {{ start_of('month', 'listed_date') }} as listed_month,
        {{ start_of('month', 'first_sold_date') }} as sold_month
    from {{ ref('fct_listing_lifecycle') }}
    where listed_date is not null

),

months as (

    select
        listings.category,
        listings.brand,
        sum(activities.listed_count) as listed_count,
        sum(activities.sold_count) as sold_count,
        {% for days in [7, 30, 90] %}
        count(listings.is_sold_within_{{ days }}_days)
        filter (where activities.listed_count = 1) as known_within_{{ days }}_days_count,
        avg(cast(listings.is_sold_within_{{ days }}_days as integer))
        filter (where activities.listed_count = 1) as sold_within_{{ days }}_days_share,
        {% endfor %}
        activities.month_start_date
    from listings
    cross join
        lateral (
            values
            (listings.listed_month, 1, 0),
            (listings.sold_month, 0, 1)
        ) as activities (month_start_date, listed_count, sold_count)
    where activities.month_start_date is not null
    group by activities.month_start_date, listings.category, listings.brand

),

durations as (

    select
        listed_month,
        category,
        brand,
        array_agg(observed_days) as observed_days,
        array_agg(cast(is_sold as integer)) as sold_counts,
        array_agg(cast(not is_sold as integer)) as unsold_counts
    from listings
    group by listed_month, category, brand

),

medians as (

    select
        durations.listed_month,
        durations.category,
        durations.brand,
        min(curve.days_on_offer) as median_days_to_sell
    from durations
    cross join
        lateral {{ function('sold_shares') }}(
            durations.observed_days, durations.sold_counts, durations.unsold_counts
        ) as curve
    -- logarithms are not exact, halves are
    where curve.sold_share >= 0.499999999
    group by durations.listed_month, durations.category, durations.brand

),

final as (

    select
        months.category,
        months.brand,
        months.listed_count,
        months.sold_count,
        months.known_within_7_days_count,
        months.known_within_30_days_count,
        months.known_within_90_days_count,
        medians.median_days_to_sell,
        months.sold_within_7_days_share,
        months.sold_within_30_days_share,
        months.sold_within_90_days_share,
        cast(months.sold_count as numeric) / nullif(months.listed_count, 0) as liquidity,
        months.month_start_date
    from months
    left join medians
        on
            months.month_start_date = medians.listed_month
            and months.category = medians.category
            and months.brand = medians.brand

)

select * from final
