{% set windows = [90, 180, 365] %}

with

-- read twice; kept apart, all orders would be written down in between
orders as not materialized (

    select
        customer_key,
        currency_code,
        order_date,
        net_merchandise_value
    from {{ ref('fct_orders') }}
    where customer_key <> {{ unknown_member_key() }} and not is_cancelled

),

first_orders as (

    select
        customer_key,
        currency_code,
        min(order_date) as first_order_date
    from orders
    group by customer_key, currency_code

),

customers as (

    select
        orders.currency_code,
        first_orders.first_order_date,
        {% for days in windows %}
        sum(orders.net_merchandise_value) filter (
            where orders.order_date <= first_orders.first_order_date + {{ days }}
        ) as value_{{ days }}_days,
        {% endfor %}
        sum(orders.net_merchandise_value) as net_merchandise_value
    from orders
    inner join first_orders
        on
            orders.customer_key = first_orders.customer_key
            and orders.currency_code = first_orders.currency_code
    group by orders.customer_key, orders.currency_code, first_orders.first_order_date

),

cohorts as (

    select
        currency_code,
        {{ start_of('month', 'first_order_date') }} as cohort_month,
        count(*) as customer_count,
        {% for days in windows %}
        avg(value_{{ days }}_days) as value_per_customer_{{ days }}_days,
        {% endfor %}
        sum(net_merchandise_value) as net_merchandise_value
    from customers
    group by currency_code, {{ start_of('month', 'first_order_date') }}

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
        currency_code,
        customer_count,
        net_merchandise_value,
        {% for days in windows %}
        case
            when days_watched >= {{ days }} then value_per_customer_{{ days }}_days
        end as value_per_customer_{{ days }}_days,
        {% endfor %}
        cohort_month
    from watched

)

select * from final
