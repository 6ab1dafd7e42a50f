with

source as (

    select * from {{ source('marketplace', 'users') }}

),

final as (

    select
        user_id,
        {{ null_if_unknown('username') }} as username,
        {{ normalised_email('email') }} as email,
        {{ null_if_unknown('country') }} as country,
        user_rating,
        items_sold as items_sold_count,
        items_bought as items_bought_count,
        join_date as joined_date,
        _loaded_at,
        coalesce(_extracted_at, _loaded_at) as extracted_at
    from source

)

select * from final
