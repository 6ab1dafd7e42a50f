with

source as (

    select * from {{ source('stores', 'receipt_lines') }}

),

final as (

    select
        {{ clean_text('store_id') }} as store_id,
        receipt_line_id,
        receipt_id,
        returned_receipt_line_id,
        lower({{ clean_text('line_type') }}) as line_type,
        {{ null_if_unknown('sku') }} as sku,
        quantity,
        unit_price,
        discount_amount,
        _loaded_at,
        coalesce(_extracted_at, _loaded_at) as extracted_at
    from source

)

select * from final
