with

customer_records as (

    select * from {{ ref('int_customers_unified') }}

),

merged as (

    select
        customer_key,
        -- the latest statement wins; the record's id settles ties
        (
            array_agg(email order by updated_at desc nulls last, customer_record_id asc)
            filter (where email is not null)
        )[1] as email,
        (
            array_agg(phone order by updated_at desc nulls last, customer_record_id asc)
            filter (where phone is not null)
        )[1] as phone,
        (
            array_agg(loyalty_number order by updated_at desc nulls last, customer_record_id asc)
            filter (where loyalty_number is not null)
        )[1] as loyalty_number,
        (
            array_agg(full_name order by updated_at desc nulls last, customer_record_id asc)
            filter (where full_name is not null)
        )[1] as full_name,
        (
            array_agg(username order by updated_at desc nulls last, customer_record_id asc)
            filter (where username is not null)
        )[1] as username,
        (
            array_agg(country_code order by updated_at desc nulls last, customer_record_id asc)
            filter (where country_code is not null)
        )[1] as country_code,
        -- city and postcode are one statement
        (
            array_agg(city order by updated_at desc nulls last, customer_record_id asc)
            filter (where city is not null or postcode is not null)
        )[1] as city,
        (
            array_agg(postcode order by updated_at desc nulls last, customer_record_id asc)
            filter (where city is not null or postcode is not null)
        )[1] as postcode,
        cast(count(*) as integer) as record_count,
        bool_or(is_account) as has_account,
        bool_or(source_system = 'marketplace') as is_marketplace_customer,
        bool_or(source_system = 'shop') as is_shop_customer,
        bool_or(source_system in ('stores', 'history')) as is_store_customer,
        bool_or(source_system = 'catalog') as is_loyalty_member,
        bool_or(source_system = 'events') as is_ticket_buyer,
        coalesce(
            (
                array_agg(
                    has_marketing_consent
                    order by updated_at desc nulls last, customer_record_id asc
                )
                filter (where has_marketing_consent is not null)
            )[1],
            false
        ) as has_marketing_consent,
        false as is_unknown,
        min(joined_date) as joined_date,
        min(first_seen_at) as first_seen_at
    from customer_records
    group by customer_key

),

unknown_member as (

    select
        {{ unknown_member_key() }} as customer_key,
        cast(null as text) as email,
        cast(null as text) as phone,
        cast(null as text) as loyalty_number,
        'Unknown customer' as full_name,
        cast(null as text) as username,
        cast(null as text) as country_code,
        cast(null as text) as city,
        cast(null as text) as postcode,
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
