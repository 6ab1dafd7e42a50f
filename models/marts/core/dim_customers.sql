with

customer_records as (

    select * from {{ ref('int_customers_unified') }}

),

merged as (

    select
        customer_key,
        {{ latest_statement('country_code') }} as country_code,
        -- city and postcode are one statement
        {{ latest_statement('city', 'city is not null or postcode is not null') }} as city,
        cast(count(*) as integer) as record_count,
        bool_or(is_account) as has_account,
        bool_or(source_system = 'marketplace') as is_marketplace_customer,
        bool_or(source_system = 'shop') as is_shop_customer,
        bool_or(source_system in ('stores', 'history')) as is_store_customer,
        bool_or(source_system = 'catalog') as is_loyalty_member,
        bool_or(source_system = 'events') as is_ticket_buyer,
        coalesce({{ latest_statement('has_marketing_consent') }}, false) as has_marketing_consent,
        false as is_unknown,
        min(joined_date) as joined_date,
        min(first_seen_at) as first_seen_at
    from customer_records
    group by customer_key

),

unknown_member as (

    select
        {{ unknown_member_key() }} as customer_key,
        cast(null as text) as country_code,
        cast(null as text) as city,
        0 as record_count,
        false as has_account,
        false as is_marketplace_customer,
        false as is_shop_customer,
        false as is_store_customer,
        false as is_loyalty_member,
        false as is_ticket_buyer,
        false as has_marketing_consent,
        true as is_unknown,
        cast(null as date) as joined_date,
        cast(null as timestamptz) as first_seen_at

),

final as (

    select * from merged
    union all
    select * from unknown_member

)

select * from final
