with

pieces as (

    select
        coalesce(category, 'Uncategorised') as category,
        coalesce(brand, 'No brand') as brand,
        sold_quantity,
        received_quantity,
        observed_days,
        is_sold,
        is_counted,
        is_sold_within_7_days,
        is_sold_within_30_days,
        is_sold_within_90_days,
        {{ start_of('month', 'listed_date') }} as listed_month,
        {{ start_of('month', 'first_sold_date') }} as sold_month
    from {{ ref('fct_piece_lifecycle') }}
    where listed_date is not null

),

months as (

    select
        pieces.category,
        pieces.brand,
        count(*) filter (where activities.is_listing) as listed_count,
        count(*) filter (where activities.is_sale) as sold_count,
        {% for days in [7, 30, 90] %}
        count(pieces.is_sold_within_{{ days }}_days)
        filter (where activities.is_listing) as known_within_{{ days }}_days_count,
        avg(cast(pieces.is_sold_within_{{ days }}_days as integer))
        filter (where activities.is_listing) as sold_within_{{ days }}_days_share,
        {% endfor %}
        coalesce(sum(pieces.sold_quantity) filter (where activities.is_stock), 0)
            as stock_sold_quantity,
        coalesce(sum(pieces.received_quantity) filter (where activities.is_stock), 0)
            as stock_received_quantity,
        activities.month_start_date
    from pieces
    cross join
        lateral (
            values
            (pieces.listed_month, pieces.is_counted, false, pieces.received_quantity is not null),
            (pieces.sold_month, false, pieces.is_counted, false)
        ) as activities (month_start_date, is_listing, is_sale, is_stock)
    where
        activities.month_start_date is not null
        and (activities.is_listing or activities.is_sale or activities.is_stock)
    group by activities.month_start_date, pieces.category, pieces.brand

),

durations as (

    select
        listed_month,
        category,
        brand,
        array_agg(observed_days) as observed_days,
        array_agg(cast(is_sold as integer)) as sold_counts,
        array_agg(cast(not is_sold as integer)) as unsold_counts
    from pieces
    where is_counted
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
        cast(months.stock_sold_quantity as bigint) as stock_sold_quantity,
        cast(months.stock_received_quantity as bigint) as stock_received_quantity,
        medians.median_days_to_sell,
        months.sold_within_7_days_share,
        months.sold_within_30_days_share,
        months.sold_within_90_days_share,
        cast(months.sold_count as numeric) / nullif(months.listed_count, 0) as liquidity,
        months.stock_sold_quantity / nullif(months.stock_received_quantity, 0)
            as stock_sell_through,
        months.month_start_date
    from months
    left join medians
        on
            months.month_start_date = medians.listed_month
            and months.category = medians.category
            and months.brand = medians.brand

)

select * from final
