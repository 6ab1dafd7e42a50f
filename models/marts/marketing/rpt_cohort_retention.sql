{% set periods = [('month', 1), ('quarter', 3)] %}
{%- set open_date = first_open_date(ref('rpt_source_horizons'), ref('fct_orders')) %}

with

customer_months as (

    select
        customer_key,
        {{ start_of('month', 'order_date') }} as period_start_date,
        count(*) as order_count
    from {{ ref('fct_orders') }}
    where not is_cancelled
    group by customer_key, {{ start_of('month', 'order_date') }}

),

customer_quarters as (

    select
        customer_key,
        {{ start_of('quarter', 'period_start_date') }} as period_start_date,
        sum(order_count) as order_count
    from customer_months
    group by customer_key, {{ start_of('quarter', 'period_start_date') }}

),

-- only periods that are over, so that what is still open looks like nobody lost
{% for period, month_count in periods -%}
spans_by_{{ period }} as (

    select
        customer_key,
        min(period_start_date) as cohort_start_date,
        max(period_start_date) as last_start_date
    from customer_{{ period }}s
    where
        customer_key <> {{ unknown_member_key() }}
        and period_start_date + make_interval(months => {{ month_count }}) <= {{ open_date }}
    group by customer_key

),

{% endfor -%}
-- sales to nobody known are in no cohort
active as (

    {% for period, month_count in periods -%}
    select
        '{{ period }}' as period,
        {{ month_count }} as month_count,
        spans.cohort_start_date,
        customer_periods.period_start_date,
        count(*) as active_count,
        count(*) filter (where customer_periods.period_start_date = spans.last_start_date)
            as ended_count,
        sum(customer_periods.order_count) as order_count
    from customer_{{ period }}s as customer_periods
    left join spans_by_{{ period }} as spans
        on customer_periods.customer_key = spans.customer_key
    where
        customer_periods.period_start_date + make_interval(months => {{ month_count }})
        <= {{ open_date }}
    group by spans.cohort_start_date, customer_periods.period_start_date
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

known_shares as (

    select
        period,
        period_start_date,
        coalesce(sum(order_count) filter (where cohort_start_date is not null), 0)
        / sum(order_count) as known_order_share
    from active
    group by period, period_start_date

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
            {{ open_date }}
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
