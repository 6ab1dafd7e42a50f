with

source as (

    select * from {{ source('catalog', 'products') }}

),

final as (

    select
        {{ clean_text('sku') }} as sku,
        marketplace_product_id,
        {{ null_if_unknown('title') }} as title,
        {{ null_if_unknown('description') }} as description,
        {{ null_if_unknown('brand') }} as brand,
        {{ null_if_unknown('category') }} as category,
        {{ null_if_unknown('size') }} as size,
        {{ null_if_unknown('colour') }} as colour,
        {{ null_if_unknown('condition') }} as condition,
        price,
        upper({{ null_if_unknown('currency_code') }}) as currency_code,
        lower({{ null_if_unknown('status') }}) as listing_status,
        {{ null_if_unknown('seller_id') }} as seller_id,
        listed_at,
        updated_at,
        _loaded_at,
        coalesce(_extracted_at, _loaded_at) as extracted_at
    from source

)

select * from final
