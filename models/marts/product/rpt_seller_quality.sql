with

listings as (

    select
        seller_id,
        product_id,
        is_sold,
        days_to_sell,
        listed_date
    from {{ ref('fct_listing_lifecycle') }}
    where seller_id is not null

),

order_lines as (

    select
        product_id,
        quantity,
        returned_quantity,
        order_date
    from {{ ref('fct_order_lines') }}
    where not is_cancelled

),

last_days as (

    select {{ last_day_of_all_sources(ref('rpt_source_horizons')) }} as last_complete_date

),

sales as (

    select
        listings.seller_id,
        sum(order_lines.quantity) as sold_quantity,
        sum(order_lines.returned_quantity) as returned_quantity,
        max(order_lines.order_date) as last_sold_date
    from order_lines
    inner join listings
        on order_lines.product_id = listings.product_id
    group by listings.seller_id

),

sellers as (

    select
        seller_id,
        count(*) as listing_count,
        count(*) filter (where is_sold) as sold_listing_count,
        percentile_disc(0.5) within group (order by days_to_sell) as median_days_to_sell,
        min(listed_date) as first_listed_date,
        max(listed_date) as last_listed_date
    from listings
    group by seller_id

),

final as (

    select
        sellers.seller_id,
        sellers.listing_count,
        sellers.sold_listing_count,
        cast(coalesce(sales.sold_quantity, 0) as bigint) as sold_quantity,
        cast(coalesce(sales.returned_quantity, 0) as bigint) as returned_quantity,
        sellers.median_days_to_sell,
        cast(sellers.sold_listing_count as numeric) / sellers.listing_count as sold_share,
        cast(sales.returned_quantity as numeric) / sales.sold_quantity as returned_share,
        coalesce(sellers.first_listed_date > last_days.last_complete_date - 90, false) as is_new,
        coalesce(
            greatest(sellers.last_listed_date, sales.last_sold_date)
            > last_days.last_complete_date - interval '12 months',
            false
        ) as is_active,
        sellers.first_listed_date,
        sellers.last_listed_date,
        sales.last_sold_date
    from sellers
    left join sales
        on sellers.seller_id = sales.seller_id
    cross join last_days

)

select * from final
