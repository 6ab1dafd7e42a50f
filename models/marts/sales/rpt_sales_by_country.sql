with

orders as (

    select * from {{ ref('fct_orders') }}

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

located as (

    select
        orders.*,
        coalesce(
            case orders.channel
                when 'shop' then shop_orders.country_code
                when 'store' then stores.country_code
                else customers.country_code
            end,
            'ZZ'
        ) as country_code,
        {{ start_of('month', 'orders.order_date') }} as month_start_date
    from orders
    left join shop_orders
        on
            orders.order_id = shop_orders.order_id
            and orders.source_system = 'shop'
    left join stores
        on orders.store_id = stores.store_id
    left join customers
        on orders.customer_key = customers.customer_key

),

final as (

    select
        country_code,
        channel,
        currency_code,
        count(*) as order_count,
        sum(net_amount) as gross_merchandise_value,
        sum(net_merchandise_value) as net_merchandise_value,
        month_start_date
    from located
    group by month_start_date, country_code, channel, currency_code

)

select * from final
