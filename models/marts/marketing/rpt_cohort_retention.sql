with

orders as (

    select
        customer_key,
        order_date,
        {{ start_of('month', 'order_date') }} as order_month
    from {{ ref('fct_orders') }}
    where customer_key <> {{ unknown_member_key() }} and not is_cancelled

),

-- the first day that some source does not reach: a month is over if it ends before it
horizon as (

    select
        coalesce(
            min(last_complete_date), (select max(orders.order_date) from orders)
        ) + 1 as open_from
    from {{ ref('rpt_source_horizons') }}
    where not is_closed

),

months_of_customers as (

    select
        customer_key,
        order_month,
        min(order_month) over (partition by customer_key) as cohort_month
    from orders
    group by customer_key, order_month

),

active as (

    select
        cohort_month,
        order_month,
        count(*) as active_count
    from months_of_customers
    group by cohort_month, order_month

),

cohorts as (

    select
        cohort_month,
        active_count as customer_count
    from active
    where order_month = cohort_month

),

months as (

    select
        cast(
            generate_series(0, extract(year from span) * 12 + extract(month from span)) as integer
        ) as months_since
    from (select age(max(order_month), min(order_month)) as span from active) as spans

),

cells as (

    select
        cohorts.cohort_month,
        cohorts.customer_count,
        months.months_since,
        cast(cohorts.cohort_month + make_interval(months => months.months_since) as date)
            as order_month,
        cohorts.cohort_month + make_interval(months => months.months_since + 1)
        <= horizon.open_from as is_observed
    from cohorts
    cross join months
    cross join horizon

),

final as (

    select
        cells.months_since,
        cells.customer_count,
        case when cells.is_observed then coalesce(active.active_count, 0) end as active_count,
        case
            when cells.is_observed
                then cast(coalesce(active.active_count, 0) as numeric) / cells.customer_count
        end as active_share,
        cells.is_observed,
        cells.cohort_month,
        cells.order_month
    from cells
    left join active
        on
            cells.cohort_month = active.cohort_month
            and cells.order_month = active.order_month

)

select * from final
