with

marketplace_users as (

    select * from {{ ref('stg_marketplace__users') }}

),

shop_customers as (

    select * from {{ ref('stg_shop__customers') }}

),

loyalty_members as (

    select * from {{ ref('stg_catalog__customers') }}

),

ticket_orders as (

    select * from {{ ref('stg_events__ticket_orders') }}

),

contacts as (

    select * from {{ ref('int_customer_contacts_collected') }}

),

unioned as (

    select
        'marketplace:' || user_id as customer_record_id,
        'marketplace' as source_system,
        email,
        cast(null as text) as phone,
        cast(null as text) as full_name,
        username,
        country,
        cast(null as text) as city,
        cast(null as text) as postcode,
        cast(null as text) as loyalty_number,
        cast(null as boolean) as has_marketing_consent,
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
        phone,
        nullif(concat_ws(' ', first_name, last_name), '') as full_name,
        cast(null as text) as username,
        country,
        city,
        postcode,
        cast(null as text) as loyalty_number,
        cast(null as boolean) as has_marketing_consent,
        true as is_account,
        {{ utc_date('created_at') }} as joined_date,
        created_at as first_seen_at,
        updated_at
    from shop_customers

    union all

    select
        'catalog:' || customer_number as customer_record_id,
        'catalog' as source_system,
        email,
        phone,
        full_name,
        cast(null as text) as username,
        country,
        city,
        postcode,
        customer_number as loyalty_number,
        has_marketing_consent,
        false as is_account,
        cast(null as date) as joined_date,
        created_at as first_seen_at,
        coalesce(updated_at, created_at) as updated_at
    from loyalty_members

    union all

    select
        'events:' || ticket_order_id as customer_record_id,
        'events' as source_system,
        email,
        phone,
        full_name,
        cast(null as text) as username,
        cast(null as text) as country,
        cast(null as text) as city,
        cast(null as text) as postcode,
        cast(null as text) as loyalty_number,
        cast(null as boolean) as has_marketing_consent,
        false as is_account,
        cast(null as date) as joined_date,
        ordered_at as first_seen_at,
        ordered_at as updated_at
    from ticket_orders

    union all

    select
        customer_record_id,
        source_system,
        email,
        phone,
        cast(null as text) as full_name,
        cast(null as text) as username,
        country,
        cast(null as text) as city,
        cast(null as text) as postcode,
        cast(null as text) as loyalty_number,
        cast(null as boolean) as has_marketing_consent,
        false as is_account,
        cast(null as date) as joined_date,
        first_seen_at,
        first_seen_at as updated_at
    from contacts

),

country_names as (

    select * from {{ ref('country_names') }}

),

final as (

    select
        unioned.customer_record_id,
        unioned.source_system,
        unioned.email,
        unioned.phone,
        unioned.full_name,
        unioned.username,
        coalesce(country_names.country_code, unioned.country) as country_code,
        unioned.city,
        unioned.postcode,
        unioned.loyalty_number,
        unioned.has_marketing_consent,
        unioned.is_account,
        unioned.joined_date,
        unioned.first_seen_at,
        unioned.updated_at
    from unioned
    left join country_names
        on {{ lookup_text('unioned.country') }} = country_names.country_variant

)

select * from final
