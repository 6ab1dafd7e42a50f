-- warned of and no more: such orders are in all figures but those in the reporting currency
{{ config(severity='warn') }}

with

orders as (

    select * from {{ ref('fct_orders') }}
    where reporting_net_amount is null

),

final as (

    select
        currency_code,
        count(*) as order_count,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date
    from orders
    group by currency_code

)

select * from final
