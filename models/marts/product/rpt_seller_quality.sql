with

-- read twice; kept apart, all listings would be written down in between
listings as not materialized (

    select
        seller_id,
        product_id,
        is_sold,
        days_to_sell,
        listed_date,
        last_sold_date
    from {{ ref('fct_listing_lifecycle') }}
    where seller_id is not null

),

last_days as (

    select
        last_complete_date,
        cast(last_complete_date - interval '12 months' as date) as year_before
    from (
        select {{ last_day_of_all_sources(ref('rpt_source_horizons')) }} as last_complete_date
    ) as horizons

),

order_lines as (

    select
        order_lines.product_id,
        order_lines.quantity,
        order_lines.returned_quantity
    from {{ ref('fct_order_lines') }} as order_lines
    cross join last_days
    where
        not order_lines.is_cancelled
        and order_lines.order_date > last_days.year_before
        and order_lines.order_date <= last_days.last_complete_date

),

sales as (

    select
        listings.seller_id,
        sum(order_lines.quantity) as sold_quantity,
        sum(order_lines.returned_quantity) as returned_quantity
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
        max(listed_date) as last_listed_date,
        max(last_sold_date) as last_sold_date
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
            greatest(sellers.last_listed_date, sellers.last_sold_date) > last_days.year_before,
            false
        ) as is_active,
        sellers.first_listed_date,
        sellers.last_listed_date,
        sellers.last_sold_date
    from sellers
    left join sales
        on sellers.seller_id = sales.seller_id
    cross join last_days

)

select * from final
