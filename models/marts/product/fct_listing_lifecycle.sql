with

product_versions as (

    select
        *,
        case
            when first_value(currency_code) over versions = currency_code
                then first_value(price) over versions
        end as listing_price
    from {{ ref('dim_products') }}
    where not is_unknown
    window versions as (partition by product_id order by version_number)

),

listing_sales as (

    select * from {{ ref('int_listing_sales_summed') }}

),

listings as (

    select
        *,
        {{ local_date('listed_at') }} as listed_date,
        {{ local_date('delisted_at') }} as delisted_date,
        {{ last_known_date('source_system', ref('rpt_source_horizons')) }} as last_known_date
    from product_versions
    where is_current

),

sales as (

    select listing_sales.*
    from listings
    inner join listing_sales on listings.product_id = listing_sales.product_id
    where listing_sales.first_sold_date >= listings.listed_date or listings.listed_date is null

    union all

    -- a sale before the day of listing is of another listing
    select
        listings.product_id,
        {{ listing_sales_sums('order_lines') }},
        max(listing_sales.built_at) as built_at
    from listings
    inner join listing_sales on listings.product_id = listing_sales.product_id
    inner join {{ ref('fct_order_lines') }} as order_lines
        on listings.product_id = order_lines.product_id
    where
        listing_sales.first_sold_date < listings.listed_date
        and order_lines.order_date >= listings.listed_date
        and not order_lines.is_cancelled
        and order_lines.returned_quantity < order_lines.quantity
    group by listings.product_id

),

drops as (

    select
        product_id,
        count(*) as price_drop_count,
        max(drop_amount) as largest_drop_amount,
        min(dropped_date) as first_dropped_date,
        case
            when bool_or(is_sold_after) then true
            when bool_and(is_observed) then false
        end as is_sold_within_14_days_after_drop
    from {{ ref('fct_price_drops') }}
    group by product_id

),

final as (

    select
        listings.product_key,
        listings.product_id,
        listings.canonical_product_id,
        listings.seller_id,
        listings.category,
        listings.brand,
        listings.currency_code,
        coalesce(sales.sale_count, 0) as sale_count,
        coalesce(sales.sold_quantity, 0) as sold_quantity,
        sales.first_sold_date - listings.listed_date as days_to_sell,
        case
            when sales.product_id is not null then sales.first_sold_date - listings.listed_date
            when listings.listed_date is not null then greatest(
                least(listings.last_known_date, listings.delisted_date) - listings.listed_date, 0
            )
        end as observed_days,
        listings.listing_price,
        sales.sale_price,
        coalesce(drops.price_drop_count, 0) as price_drop_count,
        coalesce(drops.largest_drop_amount, 0) as largest_drop_amount,
        sales.product_id is not null as is_sold,
        sales.product_id is null as is_censored,
        drops.is_sold_within_14_days_after_drop,
        listings.listed_date,
        drops.first_dropped_date,
        sales.first_sold_date,
        sales.last_sold_date,
        listings.last_known_date,
        listings.listed_at,
        sales.first_sold_at,
        sales.last_sold_at,
        listings.delisted_at
    from listings
    left join sales on listings.product_id = sales.product_id
    left join drops on listings.product_id = drops.product_id

)

select * from final
