{% set windows = [30, 90, 180, 365] %}

with

orders as (

    select
        customer_key,
        order_date,
        row_number() over (
            partition by customer_key order by ordered_at, order_key
        ) as order_number
    from {{ ref('fct_orders') }}
    where customer_key <> {{ unknown_member_key() }} and not is_cancelled

),

customers as (

    select
        customer_key,
        min(order_date) as first_order_date,
        min(order_date) filter (where order_number = 2) - min(order_date) as days_to_second_order
    from orders
    where order_number <= 2
    group by customer_key

),

cohorts as (

    select
        {{ start_of('month', 'first_order_date') }} as cohort_month,
        count(*) as customer_count,
        {% for days in windows %}
        cast(count(*) filter (where days_to_second_order <= {{ days }}) as numeric)
        / count(*) as repeat_{{ days }}_days_share,
        {% endfor %}
        percentile_disc(0.5) within group (order by days_to_second_order)
        filter (where days_to_second_order <= {{ windows[-1] }}) as median_days_to_second_order
    from customers
    group by {{ start_of('month', 'first_order_date') }}

),

-- how long ago the youngest customer of the month first bought
watched as (

    select
        *,
        {{ last_day_of_all_sources(ref('rpt_source_horizons')) }}
        - cast(cohort_month + interval '1 month - 1 day' as date) as days_watched
    from cohorts

),

final as (

    select
        customer_count,
        case
            when days_watched >= {{ windows[-1] }} then median_days_to_second_order
        end as median_days_to_second_order,
        {% for days in windows %}
        case
            when days_watched >= {{ days }} then repeat_{{ days }}_days_share
        end as repeat_{{ days }}_days_share,
        {% endfor %}
        cohort_month
    from watched

)

select * from final
