with

customer_versions as (

    select * from {{ ref('dim_customer_versions') }}
    where not is_unknown

),

contacts as (

    select * from {{ ref('dim_customer_contacts') }}

),

stated as (

    select * from {{ ref('int_customers_versioned') }}

),

final as (

    select
        customer_versions.customer_version_key,
        customer_versions.customer_key,
        -- a person with a history has it from there alone; others are as they are now
        case
            when stated.customer_key is null then contacts.full_name else stated.full_name
        end as full_name,
        stated.postcode,
        customer_versions.version_number,
        customer_versions.is_current,
        customer_versions.valid_from,
        customer_versions.valid_to
    from customer_versions
    inner join contacts
        on customer_versions.customer_key = contacts.customer_key
    left join stated
        on
            customer_versions.customer_key = stated.customer_key
            and customer_versions.version_number = stated.version_number

)

select * from final
