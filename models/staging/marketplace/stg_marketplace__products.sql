with

source as (

    select * from {{ source('marketplace', 'products') }}

),

final as (

    select
        product_id,
        {{ clean_text('product_name') }} as product_name,
        {{ null_if_unknown('category') }} as category,
        price,
        _loaded_at,
        coalesce(_extracted_at, _loaded_at) as extracted_at
    from source

)

select * from final
