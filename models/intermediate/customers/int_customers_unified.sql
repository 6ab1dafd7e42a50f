with

marketplace_users as (

    select * from {{ ref('stg_marketplace__users') }}

),

shop_customers as (

    select * from {{ ref('stg_shop__customers') }}

),

customer_emails as (

    select * from {{ ref('int_customer_emails_collected') }}

),

country_names as (

    select * from {{ ref('country_names') }}

),

unioned as (

    select
        'marketplace:' || user_id as customer_record_id,
        'marketplace' as source_system,
        email,
        cast(null as text) as full_name,
        username,
        country,
        true as is_account,
        joined_date,
        {{ utc_midnight('joined_date') }} as first_seen_at,
        {{ utc_midnight('joined_date') }} as updated_at
    from marketplace_users

    union all

    select
        'shop:' || customer_id as customer_record_id,
        'shop' as source_system,
        email,
        nullif(concat_ws(' ', first_name, last_name), '') as full_name,
        cast(null as text) as username,
        country,
        true as is_account,
        {{ utc_date('created_at') }} as joined_date,
        created_at as first_seen_at,
        updated_at
    from shop_customers

    union all

    select
        customer_record_id,
        source_system,
        email,
        cast(null as text) as full_name,
        cast(null as text) as username,
        country,
        false as is_account,
        cast(null as date) as joined_date,
        first_seen_at,
        first_seen_at as updated_at
    from customer_emails

),

identified as (

    select
        *,
        -- the one place that decides who is who: a match by telephone number belongs here, too
        coalesce('email:' || email, customer_record_id) as person
    from unioned

),

final as (

    select
        identified.customer_record_id,
        {{ dbt_utils.generate_surrogate_key(['identified.person']) }} as customer_key,
        identified.source_system,
        identified.email,
        identified.full_name,
        identified.username,
        coalesce(country_names.country_code, identified.country) as country_code,
        identified.is_account,
        identified.joined_date,
        identified.first_seen_at,
        identified.updated_at
    from identified
    left join country_names
        on {{ lookup_text('identified.country') }} = country_names.country_variant

)

select * from final
