with

customer_months as (

    select
        customer_key,
        {{ start_of('month', 'order_date') }} as month_start_date,
        count(*) as order_count
    from {{ ref('fct_orders') }}
    where not is_cancelled
    group by customer_key, {{ start_of('month', 'order_date') }}

),

-- only periods that are over, so that what is still open looks like nobody lost
customer_periods as (

    select
        periods.period,
        periods.month_count,
        customer_months.customer_key,
        customer_months.customer_key <> {{ unknown_member_key() }} as is_known,
        periods.period_start_date,
        sum(customer_months.order_count) as order_count
    from customer_months
    cross join
        lateral (
            values
            ('month', 1, customer_months.month_start_date),
            ('quarter', 3, {{ start_of('quarter', 'customer_months.month_start_date') }})
        ) as periods (period, month_count, period_start_date)
    where
        periods.period_start_date + make_interval(months => periods.month_count)
        <= {{ first_open_date(ref('rpt_source_horizons'), ref('fct_orders')) }}
    group by
        periods.period,
        periods.month_count,
        customer_months.customer_key,
        periods.period_start_date

),

known_shares as (

    select
        period,
        period_start_date,
        coalesce(sum(order_count) filter (where is_known), 0) / sum(order_count)
            as known_order_share
    from customer_periods
    group by period, period_start_date

),

spans_of_customers as (

    select
        *,
        min(period_start_date) over by_customer as cohort_start_date,
        max(period_start_date) over by_customer as last_start_date
    from customer_periods
    where is_known
    window by_customer as (partition by period, customer_key)

),

active as (

    select
        period,
        month_count,
        cohort_start_date,
        period_start_date,
        count(*) as active_count,
        count(*) filter (where period_start_date = last_start_date) as ended_count
    from spans_of_customers
    group by period, month_count, cohort_start_date, period_start_date

),

cells as (

    select
        cohorts.period,
        cohorts.cohort_start_date,
        cohorts.active_count as customer_count,
        cast(period_starts.period_start_at as date) as period_start_date,
        cast(period_starts.place - 1 as integer) as periods_since
    from active as cohorts
    cross join
        lateral generate_series(
            cast(cohorts.cohort_start_date as timestamp),
            {{ first_open_date(ref('rpt_source_horizons'), ref('fct_orders')) }}
            - make_interval(months => cohorts.month_count),
            make_interval(months => cohorts.month_count)
        ) with ordinality as period_starts (period_start_at, place)
    where cohorts.cohort_start_date = cohorts.period_start_date

),

counted as (

    select
        cells.*,
        known_shares.known_order_share,
        coalesce(active.active_count, 0) as active_count,
        -- whoever is active last in this period or a later one
        cast(
            coalesce(sum(active.ended_count) over (
                partition by cells.period, cells.cohort_start_date
                order by cells.period_start_date desc
            ), 0) as bigint
        ) as rolling_count
    from cells
    left join active
        on
            cells.period = active.period
            and cells.cohort_start_date = active.cohort_start_date
            and cells.period_start_date = active.period_start_date
    left join known_shares
        on
            cells.period = known_shares.period
            and cells.period_start_date = known_shares.period_start_date

),

final as (

    select
        period,
        periods_since,
        customer_count,
        {{ least_customer_count() }} as least_customer_count,
        active_count,
        rolling_count,
        {% for kind in ['active', 'rolling'] %}
        case
            when customer_count >= {{ least_customer_count() }}
                then cast({{ kind }}_count as numeric) / customer_count
        end as {{ kind }}_share,
        {% endfor %}
        known_order_share,
        cohort_start_date,
        period_start_date
    from counted

)

select * from final
