with

listings as (

    select
        *,
        coalesce(category, 'Uncategorised') as category_name,
        coalesce(brand, 'No brand') as brand_name,
        cast(date_trunc('month', listed_date) as date) as listed_month,
        cast(date_trunc('month', {{ utc_date('first_sold_at') }}) as date) as sold_month
    from {{ ref('fct_listing_lifecycle') }}
    where listed_date is not null

),

shares as (

    select
        listed_month as month_start_date,
        category_name,
        brand_name,
        count(*) as listed_count,
        {% for days in [7, 30, 90] %}
        cast(count(*) filter (where is_sold_within_{{ days }}_days) as numeric)
        / nullif(count(is_sold_within_{{ days }}_days), 0)
            as sold_within_{{ days }}_days_share{{ ',' if not loop.last }}
        {% endfor %}
    from listings
    group by listed_month, category_name, brand_name

),

sold as (

    select
        sold_month as month_start_date,
        category_name,
        brand_name,
        count(*) as sold_count
    from listings
    where sold_month is not null
    group by sold_month, category_name, brand_name

),

durations as (

    select
        listed_month as month_start_date,
        category_name,
        brand_name,
        observed_days,
        count(*) filter (where is_sold) as sold_count,
        sum(count(*)) over (
            partition by listed_month, category_name, brand_name
            order by observed_days desc
        ) as at_risk_count
    from listings
    group by listed_month, category_name, brand_name, observed_days

),

-- Kaplan-Meier: the share still unsold is the product of (1 - sold / at risk) over the days, so
-- that listings seen for a while only count as long as they were seen
survival as (

    select
        month_start_date,
        category_name,
        brand_name,
        observed_days,
        -- whoever sells last leaves nobody, and 0 has no logarithm
        bool_or(sold_count = at_risk_count) over until_day as is_all_sold,
        sum(ln(1 - sold_count / at_risk_count)) filter (where sold_count < at_risk_count)
            over until_day as log_unsold_share
    from durations
    window until_day as (
        partition by month_start_date, category_name, brand_name
        order by observed_days
    )

),

medians as (

    select
        month_start_date,
        category_name,
        brand_name,
        min(observed_days) as median_days_to_sell
    from survival
    -- logarithms are not exact, halves are
    where is_all_sold or log_unsold_share <= ln(0.5) + 0.000000001
    group by month_start_date, category_name, brand_name

),

final as (

    select
        category_name as category,
        brand_name as brand,
        coalesce(shares.listed_count, 0) as listed_count,
        coalesce(sold.sold_count, 0) as sold_count,
        medians.median_days_to_sell,
        shares.sold_within_7_days_share,
        shares.sold_within_30_days_share,
        shares.sold_within_90_days_share,
        cast(coalesce(sold.sold_count, 0) as numeric) / shares.listed_count as liquidity,
        month_start_date
    from shares
    full outer join sold using (month_start_date, category_name, brand_name)
    left join medians using (month_start_date, category_name, brand_name)

)

select * from final
