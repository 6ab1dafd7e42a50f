with

source as (

    select * from {{ source('catalog', 'customers') }}

),

final as (

    select
        {{ clean_text('customer_number') }} as customer_number,
        {{ null_if_unknown('full_name') }} as full_name,
        {{ normalised_email('email') }} as email,
        {{ normalised_phone('phone') }} as phone,
        {{ null_if_unknown('street') }} as street,
        {{ null_if_unknown('city') }} as city,
        {{ null_if_unknown('postcode') }} as postcode,
        {{ null_if_unknown('country') }} as country,
        has_marketing_consent,
        created_at,
        updated_at,
        _loaded_at,
        coalesce(_extracted_at, _loaded_at) as extracted_at
    from source

)

select * from final
