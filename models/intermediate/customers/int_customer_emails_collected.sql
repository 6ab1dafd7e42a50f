with

shop_orders as (

    select * from {{ ref('stg_shop__orders') }}

),

shop_customers as (

    select customer_id from {{ ref('stg_shop__customers') }}

),

receipts as (

    select
        email,
        sold_at
    from {{ ref('stg_stores__receipts') }}

    union all

    -- a till that is down or has lost a receipt leaves the mail as the only one to know
    select
        email,
        sold_at
    from {{ ref('int_store_mails_deduplicated') }}

),

past_sales as (

    select * from {{ ref('stg_history__sales') }}

),

collected as (

    select
        'shop' as source_system,
        shop_orders.email,
        min(shop_orders.country) as country,
        min(shop_orders.ordered_at) as first_seen_at
    from shop_orders
    left join shop_customers
        on shop_orders.customer_id = shop_customers.customer_id
    -- an order of an account is the account's, whatever address was typed at checkout
    where shop_orders.email is not null and shop_customers.customer_id is null
    group by shop_orders.email

    union all

    select
        'stores' as source_system,
        email,
        cast(null as text) as country,
        min(sold_at) as first_seen_at
    from receipts
    where email is not null
    group by email

    union all

    select
        'history' as source_system,
        email,
        cast(null as text) as country,
        min(sold_at) as first_seen_at
    from past_sales
    where email is not null
    group by email

),

final as (

    select
        source_system || ':' || email as customer_record_id,
        *
    from collected

)

select * from final
