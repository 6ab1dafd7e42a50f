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

category_names as (

    select * from {{ ref('category_names') }}

),

shop_skus as (

    select distinct sku from shop_products

),

unioned as (

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
        catalog_products.dbt_is_deleted = 'True'
        or catalog_products.listing_status is distinct from 'available' as is_deleted,
        catalog_products.updated_at,
        catalog_products.dbt_valid_from,
        catalog_products.dbt_valid_to
    from catalog_products
    left join shop_skus
        on catalog_products.sku = shop_skus.sku
    where shop_skus.sku is null

),

ordered as (

    select
        *,
        min(dbt_valid_from) over (partition by product_id) as first_seen_at,
        lag(dbt_valid_from) over versions as previous_valid_from,
        row_number() over versions as version_number
    from unioned
    -- a version that was corrected at once never held
    where dbt_valid_from < dbt_valid_to
    window versions as (partition by product_id order by dbt_valid_from)

),

dated as (

    select
        *,
        -- updated_at is believed only where it lies between the two statements of the source
        case
            when version_number = 1 then {{ beginning_of_time() }}
            when updated_at > previous_valid_from and updated_at < dbt_valid_from then updated_at
            else dbt_valid_from
        end as valid_from
    from ordered

),

ranged as (

    select
        *,
        lead(valid_from) over (
            partition by product_id
            order by version_number
        ) as next_valid_from
    from dated

),

final as (

    select
        ranged.product_id,
        ranged.source_system,
        ranged.sku,
        ranged.title,
        coalesce(category_names.category, initcap(ranged.category)) as category,
        ranged.currency_code,
        ranged.version_number,
        ranged.price,
        ranged.next_valid_from is null as is_current,
        ranged.is_deleted,
        ranged.first_seen_at,
        ranged.valid_from,
        coalesce(ranged.next_valid_from, {{ end_of_time() }}) as valid_to
    from ranged
    left join category_names
        on {{ lookup_text('ranged.category') }} = category_names.category_variant

)

select * from final
