with

-- read twice; kept apart, all orders would be written down in between
orders as not materialized (

    select
        *,
        {{ start_of('month', 'order_date') }} as month_start_date
    from {{ ref('fct_orders') }}

),

shop_orders as (

    select * from {{ ref('int_shop_orders_located') }}

),

stores as (

    select
        store_id,
        country_code
    from {{ ref('dim_stores') }}
    where is_current

),

customers as (

    select
        customer_key,
        country_code
    from {{ ref('dim_customers') }}

),

-- apart from the others, which are far more and need not be looked for in the shop
located as (

    select
        orders.*,
        shop_orders.country_code
    from orders
    left join shop_orders
        on orders.order_id = shop_orders.order_id
    where orders.source_system = 'shop'

    union all

    select
        orders.*,
        coalesce(stores.country_code, customers.country_code) as country_code
    from orders
    left join stores
        on orders.store_id = stores.store_id
    left join customers
        on orders.customer_key = customers.customer_key
    where orders.source_system <> 'shop'

),

final as (

    select
        coalesce(country_code, 'ZZ') as country_code,
        channel,
        currency_code,
        count(*) as order_count,
        sum(net_amount) as gross_merchandise_value,
        sum(net_merchandise_value) as net_merchandise_value,
        month_start_date
    from located
    group by month_start_date, coalesce(country_code, 'ZZ'), channel, currency_code

)

select * from final
