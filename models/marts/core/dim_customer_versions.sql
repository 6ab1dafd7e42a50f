{{ config(
    materialized='incremental',
    incremental_strategy='compared',
    unique_key='customer_version_key',
    on_schema_change='fail',
    meta={'withdrawn_key': [
        'customer_key', 'customer_version_key', 'valid_from', 'valid_to',
    ]},
) }}
-- depends_on: {{ ref('int_rows_withdrawn') }}

with

customers as (

    select * from {{ ref('dim_customers') }}

),

versions as (

    select * from {{ ref('int_customers_versioned') }}

),

joined as (

    select
        customers.customer_key,
        -- a person with a history has it from there alone; others are as they are now
        case
            when versions.customer_key is null then customers.country_code
            else versions.country_code
        end as country_code,
        versions.city,
        coalesce(versions.version_number, 1) as version_number,
        coalesce(versions.has_marketing_consent, false) as has_marketing_consent,
        coalesce(versions.is_current, true) as is_current,
        customers.is_unknown,
        coalesce(versions.valid_from, {{ beginning_of_time() }}) as valid_from,
        coalesce(versions.valid_to, {{ end_of_time() }}) as valid_to
    from customers
    left join versions
        on customers.customer_key = versions.customer_key

),

final as (

    select
        {{ surrogate_key(['customer_key', 'version_number']) }} as customer_version_key,
        *
    from joined

)

select * from final
