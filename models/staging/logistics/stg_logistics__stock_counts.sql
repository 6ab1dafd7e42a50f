with

source as (

    select * from {{ source('logistics', 'stock_counts') }}

),

final as (

    select
        {{ clean_text('location_code') }} as location_code,
        {{ null_if_unknown('sku') }} as sku,
        quantity as quantity_counted,
        counted_at,
        _loaded_at,
        coalesce(_extracted_at, _loaded_at) as extracted_at
    from source

)

select * from final
