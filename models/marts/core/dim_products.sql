{{ config(
    materialized='incremental',
    incremental_strategy='compared',
    unique_key='product_key',
    on_schema_change='fail',
    meta={'withdrawn_key': [
        'product_id', 'product_key', 'price', 'valid_from', 'valid_to',
    ]},
) }}
-- depends_on: {{ ref('int_rows_withdrawn') }}

with

product_versions as (

    select * from {{ ref('int_products_versioned') }}

),

products as (

    select * from {{ ref('int_products_unified') }}

),

keyed as (

    select
        {{ surrogate_key([
            'product_versions.product_id', 'product_versions.version_number'
        ]) }} as product_key,
        product_versions.product_id,
        products.canonical_product_id,
        products.seller_id,
        product_versions.source_system,
        product_versions.sku,
        product_versions.title,
        products.description,
        product_versions.category,
        products.brand,
        products.size,
        products.colour,
        products.condition,
        products.listing_status,
        product_versions.currency_code,
        cast(product_versions.version_number as integer) as version_number,
        product_versions.price,
        product_versions.is_current,
        product_versions.is_deleted,
        products.is_duplicate_title,
        false as is_unknown,
        products.listed_at,
        products.delisted_at,
        product_versions.valid_from,
        product_versions.valid_to
    from product_versions
    inner join products
        on product_versions.product_id = products.product_id

),

unknown_member as (

    select
        {{ unknown_member_key() }} as product_key,
        'unknown' as product_id,
        'unknown' as canonical_product_id,
        cast(null as text) as seller_id,
        'unknown' as source_system,
        cast(null as text) as sku,
        'Unknown product' as title,
        cast(null as text) as description,
        cast(null as text) as category,
        cast(null as text) as brand,
        cast(null as text) as size,
        cast(null as text) as colour,
        cast(null as text) as condition,
        cast(null as text) as listing_status,
        {{ no_currency() }} as currency_code,
        1 as version_number,
        cast(null as numeric) as price,
        true as is_current,
        false as is_deleted,
        false as is_duplicate_title,
        true as is_unknown,
        cast(null as timestamptz) as listed_at,
        cast(null as timestamptz) as delisted_at,
        {{ beginning_of_time() }} as valid_from,
        {{ end_of_time() }} as valid_to

),

final as (

    select * from keyed
    union all
    select * from unknown_member

)

select * from final
