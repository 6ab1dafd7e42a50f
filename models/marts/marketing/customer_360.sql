with

customers as (

    select * from {{ ref('dim_customers') }}
    where not is_unknown

),

segments as (

    select * from {{ ref('dim_customer_segments') }}

),

orders as (

    select * from {{ ref('fct_orders') }}
    where customer_key <> {{ unknown_member_key() }}

),

order_lines as (

    select
        customer_key,
        product_key,
        channel,
        quantity,
        returned_quantity
    from {{ ref('fct_order_lines') }}
    where customer_key <> {{ unknown_member_key() }} and not is_cancelled

),

products as (

    select
        product_key,
        coalesce(category, 'Uncategorised') as category
    from {{ ref('dim_products') }}

),

horizon as (

    select max(order_date) as last_date from {{ ref('fct_orders') }}

),

purchases as (

    select
        customer_key,
        count(*) as order_count,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date
    from orders
    where not is_cancelled
    group by customer_key

),

pieces as (

    select
        order_lines.customer_key,
        products.category,
        order_lines.channel,
        sum(order_lines.quantity) as quantity,
        sum(order_lines.returned_quantity) as returned_quantity
    from order_lines
    inner join products
        on order_lines.product_key = products.product_key
    group by order_lines.customer_key, products.category, order_lines.channel

),

totals as (

    select
        customer_key,
        cast(sum(quantity) as bigint) as quantity,
        cast(sum(returned_quantity) as bigint) as returned_quantity
    from pieces
    group by customer_key

),

favourite_categories as (

    select
        customer_key,
        category,
        row_number() over (
            partition by customer_key
            order by sum(quantity) desc, category asc
        ) as place
    from pieces
    group by customer_key, category

),

favourite_channels as (

    select
        customer_key,
        channel,
        row_number() over (
            partition by customer_key
            order by sum(quantity) desc, channel asc
        ) as place
    from pieces
    group by customer_key, channel

),

values_in_main_currency as (

    select
        orders.customer_key,
        sum(orders.net_merchandise_value) as lifetime_value,
        sum(orders.net_amount) / count(*) as average_order_value
    from orders
    inner join segments
        on
            orders.customer_key = segments.customer_key
            and orders.currency_code = segments.currency_code
    where not orders.is_cancelled
    group by orders.customer_key

),

final as (

    select
        customers.customer_key,
        customers.email,
        customers.full_name,
        customers.username,
        customers.country_code,
        coalesce(segments.currency_code, {{ no_currency() }}) as currency_code,
        coalesce(segments.segment, 'no_purchase') as segment,
        favourite_categories.category as favourite_category,
        favourite_channels.channel as favourite_channel,
        coalesce(purchases.order_count, 0) as order_count,
        coalesce(totals.quantity, 0) as quantity,
        coalesce(totals.returned_quantity, 0) as returned_quantity,
        cast(totals.returned_quantity as numeric) / totals.quantity as returned_share,
        coalesce(values_in_main_currency.lifetime_value, 0) as lifetime_value,
        values_in_main_currency.average_order_value,
        coalesce(purchases.last_order_date > horizon.last_date - interval '12 months', false)
            as is_active_buyer,
        purchases.first_order_date,
        purchases.last_order_date
    from customers
    cross join horizon
    left join segments on customers.customer_key = segments.customer_key
    left join purchases on customers.customer_key = purchases.customer_key
    left join totals on customers.customer_key = totals.customer_key
    left join favourite_categories
        on
            customers.customer_key = favourite_categories.customer_key
            and favourite_categories.place = 1
    left join favourite_channels
        on
            customers.customer_key = favourite_channels.customer_key
            and favourite_channels.place = 1
    left join values_in_main_currency
        on customers.customer_key = values_in_main_currency.customer_key

)

select * from final
