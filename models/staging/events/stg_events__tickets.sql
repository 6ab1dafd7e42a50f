with

source as (

    select * from {{ source('events', 'ticket_orders') }}

),

unnested as (

    select
        source.ticket_order_id,
        source._loaded_at,
        source._extracted_at,
        tickets.position,
        tickets.ticket
    from source
    cross join lateral jsonb_array_elements(
        case when jsonb_typeof(source.tickets) = 'array' then source.tickets else '[]' end
    ) with ordinality as tickets (ticket, position)

),

named as (

    select
        *,
        {{ null_if_unknown("ticket ->> 'price'") }} as price,
        {{ null_if_unknown("ticket ->> 'checked_in_at'") }} as checked_in_at
    from unnested

),

final as (

    select
        -- a ticket without a number still is one
        coalesce(
            {{ clean_text("ticket ->> 'ticket_id'") }},
            ticket_order_id || '/' || position
        ) as ticket_id,
        {{ clean_text('ticket_order_id') }} as ticket_order_id,
        upper({{ null_if_unknown("ticket ->> 'type'") }}) as ticket_type,
        {{ null_if_unknown("ticket -> 'attendee' ->> 'name'") }} as full_name,
        {{ normalised_email("ticket -> 'attendee' ->> 'email'") }} as email,
        -- what is nested passes no contract, so it is judged here
        {{ nested_value('price', 'numeric') }} as price,
        {{ nested_value('checked_in_at', 'timestamptz') }} as checked_in_at,
        _loaded_at,
        coalesce(_extracted_at, _loaded_at) as extracted_at
    from named

)

select * from final
