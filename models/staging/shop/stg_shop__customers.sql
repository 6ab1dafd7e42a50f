with

source as (

    select * from {{ source('shop', 'customers') }}

),

final as (

    select
        customer_id,
        {{ normalised_email('email') }} as email,
        {{ normalised_phone('phone') }} as phone,
        {{ null_if_unknown('first_name') }} as first_name,
        {{ null_if_unknown('last_name') }} as last_name,
        {{ null_if_unknown('street') }} as street,
        {{ null_if_unknown('city') }} as city,
        {{ null_if_unknown('postcode') }} as postcode,
        {{ null_if_unknown('country_code') }} as country,
        created_at,
        updated_at,
        _loaded_at,
        coalesce(_extracted_at, _loaded_at) as extracted_at
    from source

)

select * from final
