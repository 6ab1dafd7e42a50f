with

source as (

    select * from {{ source('shop', 'order_items') }}

),

final as (

    select
        order_item_id,
        order_id,
        {{ null_if_unknown('sku') }} as sku,
        quantity,
        unit_price,
        discount_amount,
        returned_at,
        updated_at,
        _loaded_at,
        coalesce(_extracted_at, _loaded_at) as extracted_at
    from source

)

select * from final
