{{ config(unique_key='customer_key') }}

with

orders as (

    select * from {{ ref('fct_orders') }}
    where
        customer_key <> {{ unknown_member_key() }}
        and {{ is_touched('customer_key', but_not=unknown_member_key()) }}
        and not is_cancelled

),

final as (

    select
        customer_key,
        count(*) as order_count,
        count(*) filter (where reporting_net_merchandise_value is null) as unconverted_order_count,
        sum(reporting_net_merchandise_value) as net_merchandise_value,
        avg(reporting_net_amount) as average_order_value,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date,
        -- no later than orders are known, if they are not built with this
        (select max(latest.built_at) from {{ ref('fct_orders') }} as latest) as built_at
    from orders
    group by customer_key

)

select * from final
