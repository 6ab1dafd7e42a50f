with

shop_customers as (

    select * from {{ ref('snap_shop__customers') }}

),

loyalty_members as (

    select * from {{ ref('snap_catalog__customers') }}

),

customer_records as (

    select
        customer_record_id,
        customer_key
    from {{ ref('int_customers_unified') }}

),

people_by_email as (

    select
        email,
        {{ least_key('customer_key') }} as customer_key
    from {{ ref('int_customers_unified') }}
    where email is not null
    group by email

),

country_names as (

    select * from {{ ref('country_names') }}

),

unioned as (

    select
        'shop:' || customer_id as customer_record_id,
        email,
        nullif(concat_ws(' ', first_name, last_name), '') as full_name,
        country,
        city,
        postcode,
        cast(null as boolean) as has_marketing_consent,
        updated_at,
        dbt_is_deleted = 'True' as is_deleted,
        dbt_valid_from,
        dbt_valid_to
    from shop_customers

    union all

    select
        'catalog:' || customer_number as customer_record_id,
        email,
        full_name,
        country,
        city,
        postcode,
        has_marketing_consent,
        updated_at,
        dbt_is_deleted = 'True' as is_deleted,
        dbt_valid_from,
        dbt_valid_to
    from loyalty_members

),

dated as (

    select
        *,
        -- updated_at is believed only where it lies between the two statements of the source
        case
            when
                updated_at < dbt_valid_from
                and updated_at > lag(dbt_valid_from, 1, {{ beginning_of_time() }}) over (
                    partition by customer_record_id order by dbt_valid_from
                )
                then updated_at
            else dbt_valid_from
        end as stated_at
    from unioned
    -- a version that was corrected at once never held
    where dbt_valid_from < dbt_valid_to

),

final as (

    select
        coalesce(customer_records.customer_key, people_by_email.customer_key) as customer_key,
        dated.customer_record_id,
        dated.full_name,
        coalesce(country_names.country_code, dated.country) as country_code,
        dated.city,
        dated.postcode,
        dated.has_marketing_consent,
        dated.stated_at
    from dated
    left join customer_records
        on dated.customer_record_id = customer_records.customer_record_id
    -- an account that is gone still is of the person with its address
    left join people_by_email on dated.email = people_by_email.email
    left join country_names
        on {{ lookup_text('dated.country') }} = country_names.country_variant
    where
        -- who leaves takes nothing back
        not dated.is_deleted
        and coalesce(customer_records.customer_key, people_by_email.customer_key) is not null

)

select * from final
