with

customer_records as (

    select * from {{ ref('int_customers_unified') }}

),

merged as (

    select
        customer_key,
        min(email) as email,
        -- the latest statement wins; the record's id settles ties
        (
            array_agg(full_name order by updated_at desc, customer_record_id asc)
            filter (where full_name is not null)
        )[1] as full_name,
        (
            array_agg(username order by updated_at desc, customer_record_id asc)
            filter (where username is not null)
        )[1] as username,
        (
            array_agg(country_code order by updated_at desc, customer_record_id asc)
            filter (where country_code is not null)
        )[1] as country_code,
        cast(count(*) as integer) as record_count,
        bool_or(is_account) as has_account,
        bool_or(source_system = 'marketplace') as is_marketplace_customer,
        bool_or(source_system = 'shop') as is_shop_customer,
        bool_or(source_system in ('stores', 'history')) as is_store_customer,
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
        'Unknown customer' as full_name,
        cast(null as text) as username,
        cast(null as text) as country_code,
        0 as record_count,
        false as has_account,
        false as is_marketplace_customer,
        false as is_shop_customer,
        false as is_store_customer,
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
