with

orders as (

    select
        customer_key,
        order_date,
        {{ start_of('month', 'order_date') }} as order_month
    from {{ ref('fct_orders') }}
    where customer_key <> {{ unknown_member_key() }} and not is_cancelled

),

-- the first day that the data does not reach: a month is over if it ends before it
horizon as (

    select max(order_date) + 1 as open_from from {{ ref('fct_orders') }}

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

    select cast(month_number as integer) as months_since
    from generate_series(
        0,
        coalesce(
            (
                select
                    (extract(year from max(order_month)) - extract(year from min(order_month))) * 12
                    + extract(month from max(order_month)) - extract(month from min(order_month))
                from active
            ),
            -1
        )
    ) as numbers (month_number)

),

cells as (

    select
        cohorts.cohort_month,
        cohorts.customer_count,
        months.months_since,
        cast(cohorts.cohort_month + make_interval(months => months.months_since) as date)
            as order_month
    from cohorts
    cross join months

),

final as (

    select
        cells.months_since,
        cells.customer_count,
        case
            when cells.order_month + interval '1 month' <= horizon.open_from
                then coalesce(active.active_count, 0)
        end as active_count,
        case
            when cells.order_month + interval '1 month' <= horizon.open_from
                then cast(coalesce(active.active_count, 0) as numeric) / cells.customer_count
        end as active_share,
        cells.order_month + interval '1 month' <= horizon.open_from as is_observed,
        cells.cohort_month,
        cells.order_month
    from cells
    cross join horizon
    left join active
        on
            cells.cohort_month = active.cohort_month
            and cells.order_month = active.order_month

)

select * from final
