with

marketplace_products as (

    select * from {{ ref('snap_marketplace__products') }}

),

shop_products as (

    select * from {{ ref('snap_shop__inventory_levels') }}

),

catalog_products as (

    select * from {{ ref('snap_catalog__products') }}

),

shop_skus as (

    select distinct sku from shop_products

),

final as (

    select
        'marketplace' as source_system,
        'marketplace:' || product_id as product_id,
        cast(null as text) as sku,
        product_name as title,
        category,
        {{ marketplace_currency() }} as currency_code,
        price,
        dbt_is_deleted = 'True' as is_deleted,
        cast(null as timestamptz) as updated_at,
        dbt_valid_from,
        dbt_valid_to
    from marketplace_products

    union all

    select
        'shop' as source_system,
        'shop:' || sku as product_id,
        sku,
        title,
        category,
        coalesce(currency_code, {{ no_currency() }}) as currency_code,
        unit_price as price,
        dbt_is_deleted = 'True' as is_deleted,
        updated_at,
        dbt_valid_from,
        dbt_valid_to
    from shop_products

    union all

    -- goods that left the shelf before it was first read; for others the shelf is the witness
    select
        'catalog' as source_system,
        'shop:' || catalog_products.sku as product_id,
        catalog_products.sku,
        catalog_products.title,
        catalog_products.category,
        coalesce(catalog_products.currency_code, {{ no_currency() }}) as currency_code,
        catalog_products.price,
        not coalesce(
            catalog_products.dbt_is_deleted = 'False'
            and catalog_products.listing_status = 'available',
            false
        ) as is_deleted,
        catalog_products.updated_at,
        catalog_products.dbt_valid_from,
        catalog_products.dbt_valid_to
    from catalog_products
    left join shop_skus
        on catalog_products.sku = shop_skus.sku
    where shop_skus.sku is null

)

select * from final
