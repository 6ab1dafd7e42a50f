with

products as (

    select * from {{ ref('dim_products') }}
    where
        is_current
        and not is_deleted
        and coalesce(listing_status, 'available') = 'available'
        and price is not null

),

ranked as (

    select
        product_id,
        title,
        coalesce(category, 'Uncategorised') as category,
        currency_code,
        price,
        count(*) over by_category as product_count,
        row_number() over (by_category order by price asc, product_id asc) as cheapest_rank,
        row_number() over (by_category order by price desc, product_id asc) as dearest_rank
    from products
    window by_category as (partition by coalesce(category, 'Uncategorised'), currency_code)

),

final as (

    select
        category,
        currency_code,
        max(product_id) filter (where cheapest_rank = 1) as cheapest_product_id,
        max(title) filter (where cheapest_rank = 1) as cheapest_title,
        max(product_id) filter (where dearest_rank = 1) as dearest_product_id,
        max(title) filter (where dearest_rank = 1) as dearest_title,
        max(product_count) as product_count,
        max(price) filter (where cheapest_rank = 1) as cheapest_price,
        max(price) filter (where dearest_rank = 1) as dearest_price
    from ranked
    group by category, currency_code

)

select * from final
