with

source as (

    select * from {{ source('shop', 'promotions') }}

),

final as (

    select
        promotion_id,
        upper({{ null_if_unknown('promotion_code') }}) as promotion_code,
        {{ null_if_unknown('description') }} as promotion_description,
        discount_percent,
        starts_at,
        ends_at,
        updated_at,
        _loaded_at,
        coalesce(_extracted_at, _loaded_at) as extracted_at
    from source

)

select * from final
