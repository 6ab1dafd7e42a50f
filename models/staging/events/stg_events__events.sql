with

source as (

    select * from {{ source('events', 'events') }}

),

final as (

    select
        {{ clean_text('event_id') }} as event_id,
        {{ null_if_unknown('event_name') }} as event_name,
        {{ null_if_unknown('venue_name') }} as venue_name,
        {{ null_if_unknown('venue_city') }} as venue_city,
        {{ null_if_unknown('venue_country') }} as venue_country,
        lower({{ null_if_unknown('status') }}) as event_status,
        capacity,
        starts_at,
        ends_at,
        _loaded_at,
        coalesce(_extracted_at, _loaded_at) as extracted_at
    from source

)

select * from final
