with

source as (

    select * from {{ source('events', 'ticket_orders') }}

),

final as (

    select
        {{ clean_text('ticket_order_id') }} as ticket_order_id,
        {{ clean_text('event_id') }} as event_id,
        {{ null_if_unknown('buyer_name') }} as full_name,
        {{ normalised_email('buyer_email') }} as email,
        {{ normalised_phone('buyer_phone') }} as phone,
        lower({{ null_if_unknown('status') }}) as ticket_order_status,
        upper({{ null_if_unknown('currency_code') }}) as currency_code,
        total_amount,
        ordered_at,
        _loaded_at,
        coalesce(_extracted_at, _loaded_at) as extracted_at
    from source

)

select * from final
