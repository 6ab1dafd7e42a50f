with

source as (

    select * from {{ source('history', 'sales') }}

),

final as (

    select
        sale_line_id,
        {{ clean_text('store_id') }} as store_id,
        {{ null_if_unknown('receipt_number') }} as receipt_number,
        {{ null_if_unknown('sku') }} as sku,
        {{ null_if_unknown('product_title') }} as product_title,
        {{ null_if_unknown('category') }} as category,
        {{ normalised_email('customer_email') }} as email,
        upper({{ null_if_unknown('currency_code') }}) as currency_code,
        quantity,
        unit_price,
        discount_amount,
        coalesce(is_returned, false) as is_returned,
        sold_at,
        _loaded_at,
        coalesce(_extracted_at, _loaded_at) as extracted_at
    from source

)

select * from final
