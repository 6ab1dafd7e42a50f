with

customers as (

    select * from {{ ref('dim_customers') }}
    where not is_unknown

),

segments as (

    select * from {{ ref('dim_customer_segments') }}

),

purchases as (

    select
        *,
        (select max(latest.order_date) from {{ ref('fct_orders') }} as latest) as last_date
    from {{ ref('int_customer_orders_summed') }}

),

order_lines as (

    select * from {{ ref('fct_order_lines') }}
    where not is_cancelled and customer_key <> {{ unknown_member_key() }}

),

products as (

    select
        product_key,
        coalesce(category, 'Uncategorised') as category
    from {{ ref('dim_products') }}

),

pieces as (

    select
        order_lines.customer_key,
        products.category,
        order_lines.channel,
        sum(order_lines.quantity) as quantity,
        sum(order_lines.returned_quantity) as returned_quantity,
        sum(sum(order_lines.quantity)) over (
            partition by order_lines.customer_key, products.category
        ) as category_quantity,
        sum(sum(order_lines.quantity)) over (
            partition by order_lines.customer_key, order_lines.channel
        ) as channel_quantity
    from order_lines
    inner join products
        on order_lines.product_key = products.product_key
    group by order_lines.customer_key, products.category, order_lines.channel

),

totals as (

    select
        customer_key,
        {{ first_of('category', 'category_quantity desc, category asc') }} as favourite_category,
        {{ first_of('channel', 'channel_quantity desc, channel asc') }} as favourite_channel,
        cast(sum(quantity) as bigint) as quantity,
        cast(sum(returned_quantity) as bigint) as returned_quantity
    from pieces
    group by customer_key

),

final as (

    select
        customers.customer_key,
        customers.country_code,
        {{ reporting_currency() }} as currency_code,
        coalesce(segments.segment, 'no_purchase') as segment,
        totals.favourite_category,
        totals.favourite_channel,
        coalesce(segments.order_count, 0) as order_count,
        coalesce(segments.unconverted_order_count, 0) as unconverted_order_count,
        coalesce(totals.quantity, 0) as quantity,
        coalesce(totals.returned_quantity, 0) as returned_quantity,
        cast(totals.returned_quantity as numeric) / totals.quantity as returned_share,
        case when segments.customer_key is null then 0 else segments.net_merchandise_value end
            as lifetime_value,
        purchases.average_order_value,
        coalesce(
            purchases.last_order_date > purchases.last_date - interval '12 months', false
        ) as is_active_buyer,
        purchases.first_order_date,
        segments.last_order_date
    from customers
    left join segments on customers.customer_key = segments.customer_key
    left join purchases on customers.customer_key = purchases.customer_key
    left join totals on customers.customer_key = totals.customer_key

)

select * from final
