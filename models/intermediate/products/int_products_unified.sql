with

described as (

    select * from {{ ref('int_products_described') }}

),

unit_groups as (

    select
        product_id,
        first_value(product_id) over (looks order by listed_at nulls first, sku)
            as canonical_product_id,
        count(*) over looks > 1 as is_duplicate_title
    from described
    where source_system <> 'marketplace' and title_spelling is not null
    window looks as (partition by title_spelling, brand, size)

),

final as (

    select
        described.product_id,
        described.unit_product_id,
        described.source_system,
        described.sku,
        described.marketplace_product_id,
        described.seller_id,
        described.title,
        described.title_spelling,
        described.description,
        described.category,
        described.brand,
        described.size,
        described.colour,
        described.condition,
        described.listing_status,
        described.currency_code,
        described.price,
        described.is_deleted,
        described.listed_at,
        described.delisted_at,
        coalesce(unit_groups.canonical_product_id, described.product_id) as canonical_product_id,
        coalesce(unit_groups.is_duplicate_title, false) as is_duplicate_title
    from described
    left join unit_groups
        on described.unit_product_id = unit_groups.product_id

)

select * from final
