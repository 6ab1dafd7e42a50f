with

source as (

    select * from {{ source('store_mail', 'order_confirmations') }}

),

final as (

    select
        message_id,
        {{ clean_text('store_id') }} as store_id,
        {{ clean_text('receipt_number') }} as receipt_number,
        line_number,
        {{ null_if_unknown('sku') }} as sku,
        {{ null_if_unknown('product_title') }} as product_title,
        {{ normalised_email('customer_email') }} as email,
        quantity,
        unit_price,
        discount_amount,
        upper({{ null_if_unknown('currency_code') }}) as currency_code,
        sold_at,
        received_at,
        _loaded_at,
        coalesce(_extracted_at, _loaded_at) as extracted_at
    from source

)

select * from final
