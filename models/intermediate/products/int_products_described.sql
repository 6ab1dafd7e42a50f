with

products as (

    select * from {{ ref('int_products_versioned') }}
    where is_current

),

catalog_products as (

    select * from {{ ref('stg_catalog__products') }}
    where sku is not null

),

titles as (

    select * from {{ ref('int_product_titles_read') }}

),

brand_spellings as (

    select * from {{ ref('int_brand_spellings_matched') }}

),

size_names as (

    select * from {{ ref('size_names') }}

),

colour_names as (

    select * from {{ ref('colour_names') }}

),

condition_names as (

    select * from {{ ref('condition_names') }}

),

-- a record of the catalog speaks for its unit and for the marketplace's product that it is
catalog_of_products as (

    select
        'shop:' || sku as product_id,
        'shop:' || sku as unit_product_id,
        *
    from catalog_products

    union all

    select
        'marketplace:' || marketplace_product_id as product_id,
        'shop:' || sku as unit_product_id,
        *
    from catalog_products
    where marketplace_product_id is not null

),

final as (

    select
        products.product_id,
        coalesce(catalog_of_products.unit_product_id, products.product_id) as unit_product_id,
        products.source_system,
        coalesce(products.sku, catalog_of_products.sku) as sku,
        catalog_of_products.marketplace_product_id,
        catalog_of_products.seller_id,
        products.title,
        titles.title_spelling,
        catalog_of_products.description,
        products.category,
        coalesce(brand_spellings.brand, titles.brand, initcap(catalog_of_products.brand)) as brand,
        coalesce(size_names.size, upper(catalog_of_products.size), titles.size) as size,
        coalesce(colour_names.colour, lower(catalog_of_products.colour), titles.colour) as colour,
        coalesce(condition_names.condition, lower(catalog_of_products.condition)) as condition,
        catalog_of_products.listing_status,
        products.currency_code,
        products.price,
        products.is_deleted,
        coalesce(
            catalog_of_products.listed_at,
            case
                when
                    products.first_seen_at
                    > min(products.first_seen_at) over (partition by products.source_system)
                    then products.first_seen_at
            end
        ) as listed_at,
        case
            when products.is_deleted and products.version_number > 1 then products.valid_from
            when products.is_deleted then catalog_of_products.updated_at
        end as delisted_at
    from products
    left join catalog_of_products
        on products.product_id = catalog_of_products.product_id
    left join titles
        on products.title = titles.title
    left join brand_spellings
        on {{ spelling_key('catalog_of_products.brand') }} = brand_spellings.brand_spelling
    left join size_names
        on {{ lookup_text('catalog_of_products.size') }} = size_names.size_variant
    left join colour_names
        on {{ lookup_text('catalog_of_products.colour') }} = colour_names.colour_variant
    left join condition_names
        on {{ lookup_text('catalog_of_products.condition') }} = condition_names.condition_variant

)

select * from final
