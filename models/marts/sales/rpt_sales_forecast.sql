with

known_weeks as (

    select
        category,
        week_start_date,
        sold_quantity,
        average_weekly_quantity
    from {{ ref('rpt_weekly_sales_inventory') }}
    where
        week_start_date + 6
        <= {{ last_day_of_all_sources(ref('rpt_source_horizons')) }}

),

last_weeks as (

    select
        category,
        max(week_start_date) as week_start_date
    from known_weeks
    group by category

),

-- the last 8 known weeks as they were foreseen before them, and the next 8
weeks as (

    select
        last_weeks.category,
        last_weeks.week_start_date + 7 * series.number as week_start_date,
        last_weeks.week_start_date - case when series.number <= 0 then 56 else 0 end
            as foreseen_in,
        series.number > 0 as is_ahead
    from last_weeks
    cross join generate_series(-7, 8) as series (number)

),

foreseen as (

    select
        weeks.category,
        weeks.week_start_date,
        weeks.is_ahead,
        actual.sold_quantity,
        latest.average_weekly_quantity as recent_mean,
        coalesce(year_before.sold_quantity, latest.average_weekly_quantity) as seasonal_naive
    from weeks
    left join known_weeks as actual
        on
            weeks.category = actual.category
            and weeks.week_start_date = actual.week_start_date
    left join known_weeks as latest
        on
            weeks.category = latest.category
            and weeks.foreseen_in = latest.week_start_date
    left join known_weeks as year_before
        on
            weeks.category = year_before.category
            and weeks.week_start_date = year_before.week_start_date + 364

),

errors as (

    select
        category,
        sum(abs(sold_quantity - recent_mean)) / nullif(sum(sold_quantity), 0)
            as recent_mean_error,
        sum(abs(sold_quantity - seasonal_naive)) / nullif(sum(sold_quantity), 0)
            as seasonal_naive_error
    from foreseen
    where not is_ahead
    group by category

),

final as (

    select
        foreseen.category,
        case
            when errors.recent_mean_error < errors.seasonal_naive_error then 'recent_mean'
            else 'seasonal_naive'
        end as forecast_method,
        case
            when errors.recent_mean_error < errors.seasonal_naive_error then foreseen.recent_mean
            else foreseen.seasonal_naive
        end as forecast_quantity,
        least(errors.recent_mean_error, errors.seasonal_naive_error) as forecast_error,
        errors.seasonal_naive_error,
        foreseen.week_start_date
    from foreseen
    inner join errors
        on foreseen.category = errors.category
    where foreseen.is_ahead

)

select * from final
