with

source as (

    select * from {{ source('stores', 'receipts') }}

),

final as (

    select
        {{ clean_text('store_id') }} as store_id,
        receipt_id,
        {{ null_if_unknown('receipt_number') }} as receipt_number,
        {{ normalised_email('customer_email') }} as email,
        {{ normalised_phone('customer_phone') }} as phone,
        lower({{ null_if_unknown('payment_method') }}) as payment_method,
        upper({{ null_if_unknown('currency_code') }}) as currency_code,
        sold_at,
        _loaded_at,
        coalesce(_extracted_at, _loaded_at) as extracted_at
    from source

)

select * from final
