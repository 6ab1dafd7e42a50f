with

source as (

    select * from {{ source('shop', 'inventory_levels') }}

),

final as (

    select
        {{ null_if_unknown('sku') }} as sku,
        {{ clean_text('title') }} as title,
        {{ null_if_unknown('category') }} as category,
        upper({{ null_if_unknown('currency_code') }}) as currency_code,
        unit_price,
        quantity_on_hand,
        reorder_point,
        updated_at,
        _loaded_at,
        coalesce(_extracted_at, _loaded_at) as extracted_at
    from source

)

select * from final
