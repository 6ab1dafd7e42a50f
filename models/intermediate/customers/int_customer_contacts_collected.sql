with

shop_orders as (

    select * from {{ ref('stg_shop__orders') }}

),

shop_customers as (

    select customer_id from {{ ref('stg_shop__customers') }}

),

receipts as (

    select * from {{ ref('stg_stores__receipts') }}

),

confirmations as (

    select * from {{ ref('stg_store_mail__order_confirmations') }}

),

past_sales as (

    select * from {{ ref('stg_history__sales') }}

),

unioned as (

    select
        'shop' as source_system,
        shop_orders.email,
        cast(null as text) as phone,
        shop_orders.country,
        shop_orders.ordered_at as seen_at
    from shop_orders
    left join shop_customers
        on shop_orders.customer_id = shop_customers.customer_id
    -- an order of an account is the account's, whatever address was typed at checkout
    where shop_orders.email is not null and shop_customers.customer_id is null

    union all

    select
        'stores' as source_system,
        email,
        phone,
        cast(null as text) as country,
        sold_at as seen_at
    from receipts
    where email is not null or phone is not null

    union all

    -- a mail speaks for the till that could not
    select
        'stores' as source_system,
        email,
        cast(null as text) as phone,
        cast(null as text) as country,
        coalesce(sold_at, received_at) as seen_at
    from confirmations
    where email is not null

    union all

    select
        'history' as source_system,
        email,
        cast(null as text) as phone,
        cast(null as text) as country,
        sold_at as seen_at
    from past_sales
    where email is not null

),

collected as (

    select
        source_system,
        coalesce(email, phone) as contact,
        min(email) as email,
        -- whoever gives an address has the number given last
        {{ first_of('phone', 'seen_at desc, phone asc', where='phone is not null') }} as phone,
        min(country) as country,
        min(seen_at) as first_seen_at
    from unioned
    group by source_system, coalesce(email, phone)

),

final as (

    select
        source_system || ':' || contact as customer_record_id,
        source_system,
        email,
        phone,
        country,
        first_seen_at
    from collected

)

select * from final
