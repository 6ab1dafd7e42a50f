with

source as (

    select * from {{ source('shop', 'orders') }}

),

final as (

    select
        order_id,
        customer_id,
        {{ normalised_email('customer_email') }} as email,
        lower({{ null_if_unknown('status') }}) as order_status,
        upper({{ null_if_unknown('promotion_code') }}) as promotion_code,
        upper({{ null_if_unknown('currency_code') }}) as currency_code,
        {{ null_if_unknown('country_code') }} as country,
        shipping_amount,
        ordered_at,
        updated_at,
        _loaded_at,
        coalesce(_extracted_at, _loaded_at) as extracted_at
    from source

)

select * from final
