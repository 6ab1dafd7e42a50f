with

products as (

    select * from {{ ref('dim_products') }}
    where not is_unknown

),

current_products as (

    select * from products
    where is_current

),

order_lines as (

    select
        product_id,
        order_line_key,
        unit_price,
        is_price_missing,
        order_date,
        ordered_at
    from {{ ref('fct_order_lines') }}
    where not is_cancelled

),

price_drops as (

    select * from {{ ref('fct_price_drops') }}

),

bounds as (

    select max(order_date) as last_order_date from order_lines

),

listing_prices as (

    select distinct on (product_id)
        product_id,
        price
    from products
    where price is not null
    order by product_id, version_number

),

-- a sale before the day of listing is of another listing
sales_of_listings as (

    select
        order_lines.*,
        row_number() over (
            partition by order_lines.product_id
            order by order_lines.ordered_at, order_lines.order_line_key
        ) as sale_number
    from order_lines
    inner join current_products
        on order_lines.product_id = current_products.product_id
    where
        current_products.listed_at is null
        or order_lines.order_date >= {{ utc_date('current_products.listed_at') }}

),

sales as (

    select
        product_id,
        count(*) as sale_count,
        min(unit_price) filter (where sale_number = 1 and not is_price_missing) as sale_price,
        min(ordered_at) as first_sold_at,
        max(ordered_at) as last_sold_at
    from sales_of_listings
    group by product_id

),

drops as (

    select
        product_id,
        count(*) as price_drop_count,
        max(drop_amount) as largest_drop_amount,
        case
            when bool_or(is_sold_after) then true
            when bool_and(is_observed) then false
        end as is_sold_within_14_days_after_drop
    from price_drops
    group by product_id

),

timed as (

    select
        current_products.*,
        sales.sale_count,
        sales.sale_price,
        sales.first_sold_at,
        sales.last_sold_at,
        {{ utc_date('sales.first_sold_at') }} - {{ utc_date('current_products.listed_at') }}
            as days_to_sell,
        case
            when current_products.listed_at is not null
                then greatest(
                    least(bounds.last_order_date, {{ utc_date('current_products.delisted_at') }})
                    - {{ utc_date('current_products.listed_at') }},
                    0
                )
        end as days_offered
    from current_products
    cross join bounds
    left join sales
        on current_products.product_id = sales.product_id

),

final as (

    select
        timed.product_key,
        timed.product_id,
        timed.canonical_product_id,
        timed.seller_id,
        timed.category,
        timed.brand,
        timed.currency_code,
        coalesce(timed.sale_count, 0) as sale_count,
        timed.days_to_sell,
        coalesce(timed.days_to_sell, timed.days_offered) as observed_days,
        listing_prices.price as listing_price,
        timed.sale_price,
        coalesce(drops.price_drop_count, 0) as price_drop_count,
        coalesce(drops.largest_drop_amount, 0) as largest_drop_amount,
        timed.sale_count is not null as is_sold,
        timed.sale_count is null as is_censored,
        {% for days in [7, 30, 90] %}
        case
            when timed.days_to_sell <= {{ days }} then true
            when coalesce(timed.days_to_sell, timed.days_offered) >= {{ days }} then false
        end as is_sold_within_{{ days }}_days,
        {% endfor %}
        drops.is_sold_within_14_days_after_drop,
        {{ utc_date('timed.listed_at') }} as listed_date,
        timed.listed_at,
        timed.first_sold_at,
        timed.last_sold_at,
        timed.delisted_at
    from timed
    left join listing_prices
        on timed.product_id = listing_prices.product_id
    left join drops
        on timed.product_id = drops.product_id

)

select * from final
